"""From a dropped file to a finding on screen, in a real browser against the real server."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from core.config import REPOSITORY, read_settings
from core.runtime.model_config import find_models
from core.services.file_list import find_photo_files
from tests.browser.conftest import serve
from tests.services.toys import write_photo

FIELD_PHOTOS = REPOSITORY.parent / "shared" / "real_photos" / "norway_drone"
SAMPLES = REPOSITORY / "sample_data" / "poles"
DROP = """(zone, content) => {
  const bytes = Uint8Array.from(atob(content), (character) => character.charCodeAt(0));
  const dropped = new DataTransfer();
  dropped.items.add(new File([bytes], "dropped.jpg", { type: "image/jpeg" }));
  zone.dispatchEvent(new DragEvent("drop", { dataTransfer: dropped, bubbles: true, cancelable: true }));
}"""
BAD_NAME = 'not a photo <b> "x".jpg'
pytestmark = pytest.mark.timeout(240)


@pytest.fixture(scope="module")
def photos() -> list[Path]:
    """Field photos where they are at hand, else renders."""
    if not find_models(read_settings().models_dir):
        pytest.skip("no models installed")
    folder = FIELD_PHOTOS if FIELD_PHOTOS.is_dir() else SAMPLES
    if not folder.is_dir():
        pytest.skip(f"neither {FIELD_PHOTOS} nor {SAMPLES} is there")
    return [path for path in find_photo_files([folder]) if "mask" not in str(path)][:6]


def test_from_drop_to_finding_and_back_again(page: Page, photos: list[Path], tmp_path: Path) -> None:
    bad = tmp_path / BAD_NAME
    bad.write_text("this is text")
    home = tmp_path / "home"
    with serve(home) as address:
        page.goto(address)
        page.locator("input[data-part=files]").set_input_files([*photos, bad])
        expect(page.get_by_text(f"{len(photos)} photos received").first).to_be_visible()
        expect_results(page, len(photos))
        expect_the_error(page)
        open_the_photo_with_a_box(page)
        expect_box_and_heat_map(page)
        page.reload()
        expect_results(page, len(photos))
        expect_the_error(page)
        expect_box_and_heat_map(page)
        own_address = page.url.removeprefix(address)
    with serve(home) as address:
        page.goto(address + own_address)
        expect_box_and_heat_map(page)


@pytest.mark.usefixtures("photos")
def test_folders_are_walked_and_full_resolution_comes_with_zooming(page: Page, tmp_path: Path) -> None:
    folder = tmp_path / "flight"
    write_photo(folder / "deeper" / "one.jpg", 1, 4800, 3200)
    (folder / "notes.txt").write_text("weather fine")
    with serve(tmp_path / "home") as address:
        page.goto(address)
        page.locator("input[data-part=folder]").set_input_files(folder)
        expect(page.get_by_text("1 photo received · 1 other file left out").first).to_be_visible()
        expect_results(page, 1)
        expect(page.locator(".stage[data-detail=standard]")).to_be_visible()
        for _ in range(6):
            page.get_by_role("button", name="Zoom in").click()
        expect(page.locator(".stage[data-detail=tiles]")).to_be_visible()


def test_a_dropped_file_survives_a_broken_connection(page: Page, photos: list[Path], tmp_path: Path) -> None:
    broken: list[str] = []

    def break_once(route: Route) -> None:
        if broken:
            route.continue_()
        else:
            broken.append(route.request.url)
            route.abort("connectionreset")

    with serve(tmp_path / "home") as address:
        page.route("**/api/v1/photos?*", break_once)
        page.goto(address)
        content = base64.b64encode(photos[0].read_bytes()).decode()
        page.locator(".drop-zone").evaluate(DROP, content)
        expect(page.get_by_text("1 photo received").first).to_be_visible()
        assert len(broken) == 1
        expect_results(page, 1)


def test_it_can_be_used_on_a_phone(page: Page, photos: list[Path], tmp_path: Path) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    with serve(tmp_path / "home") as address:
        page.goto(address)
        page.locator("input[data-part=files]").set_input_files(photos[:1])
        expect_results(page, 1)
        expect(page.locator(".stage[data-state=shown]")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        expect(page.locator("canvas[role=img]")).to_have_attribute("aria-label", re.compile("^Photo .* pixels"))


def expect_results(page: Page, count: int) -> None:
    """Every photo has a card with a severity, and nothing is going on any more."""
    expect(page.locator(".gallery li")).to_have_count(count, timeout=120_000)
    expect(page.get_by_role("button", name="Stop", exact=True)).to_have_count(0, timeout=120_000)
    badges = page.locator(".gallery .badge")
    expect(badges.first).to_have_text(re.compile("Look now|Look soon|Unsure|In order"))
    expect(page.locator(".gallery").get_by_text("working…")).to_have_count(0)


def expect_the_error(page: Page) -> None:
    """The bad file is named with its reason, as text."""
    page.get_by_text("1 could not be read").click()
    expect(page.get_by_text(BAD_NAME)).to_be_visible()
    expect(page.get_by_text(re.compile("expected a JPEG, PNG, TIFF or WebP photo, received text"))).to_be_visible()
    page.keyboard.press("Escape")


def open_the_photo_with_a_box(page: Page) -> None:
    """Lower the thresholds until one of the photos shows a box, however modest the models are."""
    page.goto(page.url + "&topcap.whole_top_cap=1&topcap.whole_missing_top_cap=1")
    cards = page.locator(".gallery li button")
    expect(cards.first).to_be_visible()
    for number in range(cards.count()):
        cards.nth(number).click()
        expect(cards.nth(number)).to_have_attribute("aria-current", "true")
        expect(page.locator(".stage[data-state=shown]")).to_be_visible()
        if page.locator(".viewer .chip").count():
            return
    pytest.fail("no photo has a box, even at a threshold of 1 %")


def expect_box_and_heat_map(page: Page) -> None:
    expect(page.locator(".stage[data-state=shown]")).to_be_visible()
    expect(page.locator(".viewer .chip").first).to_contain_text(re.compile("Top cap (in place|missing), .*% sure"))
    toggle = page.get_by_role("button", name="Heat map")
    before = colourfulness(page)
    toggle.click()
    expect(page.locator(".legend")).to_be_visible()
    expect(page.locator(".legend")).to_contain_text("strongest")
    expect(page.locator("[data-part=scale-high]")).to_contain_text("(")  # the map itself has come
    page.wait_for_timeout(300)
    assert colourfulness(page) != before
    toggle.click()


def colourfulness(page: Page) -> int:
    """A sum over the canvas's pixels: changes when a heat map lies on them."""
    return int(
        page.locator("canvas[role=img]").evaluate(
            "c => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.reduce((a, b) => a + b, 0)"
        )
    )
