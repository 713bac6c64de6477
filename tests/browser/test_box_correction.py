"""A box drawn with the mouse and one taken away, kept in pixels of the photo."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from core.config import REPOSITORY, read_settings
from core.runtime.model_config import find_models
from core.store import open_store
from tests.browser.conftest import serve
from tests.services.toys import toy_settings

POLE = REPOSITORY / "sample_data" / "poles" / "line7_002.jpg"


def test_a_box_is_drawn_and_taken_away_and_kept(page: Page, tmp_path: Path) -> None:
    if "topcap" not in find_models(read_settings().models_dir) or "polecat" not in find_models(
        read_settings().models_dir
    ):
        pytest.skip("no models installed")
    home = tmp_path / "home"
    with serve(home) as address:
        page.goto(address)
        page.locator("input[data-part=files]").set_input_files(POLE)
        page.get_by_role("button", name="Correct the boxes").click(timeout=120_000)
        expect(page.locator(".stage[data-state=shown]")).to_be_visible()
        expect(page.get_by_text("correct the boxes")).to_be_visible()
        now = page.get_by_text(re.compile(r"^\d+ box(es)? now$"))
        count = int(now.inner_text().split()[0])
        remove = page.get_by_role("button", name="Take away")
        for left in reversed(range(count)):
            expect(remove).to_have_count(left + 1)
            remove.first.click()
        expect(page.get_by_text("0 boxes now")).to_be_visible()
        stage = page.locator("canvas[role=img]").bounding_box()
        assert stage is not None
        centre = (stage["x"] + stage["width"] / 2, stage["y"] + stage["height"] / 2)
        page.mouse.move(*centre)
        page.mouse.down()
        page.mouse.move(centre[0] + 30, centre[1] + 20)
        page.mouse.move(centre[0] + 60, centre[1] + 40)
        page.mouse.up()
        expect(page.get_by_text("1 box now")).to_be_visible()
        expect(remove).to_have_count(1)
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_text("1 box drawn by a person")).to_be_visible()
    store = open_store(toy_settings(home))
    (row,) = store.photos()
    (entry,) = store.metadata(row.photo.sha256)["topcap.boxes"]
    store.close()
    x_min, y_min, x_max, y_max = entry["box_xyxy_px"]
    scale = max(row.photo.width_px / stage["width"], row.photo.height_px / stage["height"])
    assert (x_min, y_min) == pytest.approx((row.photo.width_px / 2, row.photo.height_px / 2), abs=2 * scale)
    assert (x_max - x_min, y_max - y_min) == pytest.approx((60 * scale, 40 * scale), abs=2 * scale)
