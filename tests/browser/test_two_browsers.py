"""Two people drop photos at the same time on one server; neither sees or loses anything of the other's."""

from __future__ import annotations

import hashlib
import re
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from core.config import REPOSITORY, read_settings
from core.runtime.model_config import find_models
from core.services.context import open_context
from tests.browser.conftest import open_page, serve
from tests.browser.test_inspect_flow import expect_results
from tests.services.toys import toy_settings

SAMPLES = REPOSITORY / "sample_data" / "poles"
BEGIN_BATCH = "**/api/v1/batches"
pytestmark = pytest.mark.timeout(240)


@pytest.fixture
def parts() -> tuple[list[Path], list[Path]]:
    """Different photos for each browser, and more for one than for the other."""
    if not find_models(read_settings().models_dir):
        pytest.skip("no models installed")
    found = sorted(SAMPLES.glob("*.jpg"))
    return found[:5], found[5:12]


def test_two_browsers_drop_at_once_and_each_gets_its_own(
    browser: Browser, parts: tuple[list[Path], list[Path]], tmp_path: Path
) -> None:
    home = tmp_path / "home"
    with ExitStack() as stack:
        address = stack.enter_context(serve(home, workers=2))
        pages = [stack.enter_context(open_page(browser)) for _ in parts]
        for page in pages:
            page.goto(address)
            expect(page.locator("input[data-part=files]")).to_be_attached()
        drop_at_once(pages, parts)
        for page, photos in zip(pages, parts, strict=True):
            expect(page.get_by_text(f"{len(photos)} photos received", exact=True).first).to_be_visible()
        for page, photos in zip(pages, parts, strict=True):
            expect_own_batch(page, len(photos))
            page.reload()
            expect_own_batch(page, len(photos))
        assert len({batch_of(page) for page in pages}) == 2
    expect_each_photo_once_in_the_store(home, parts)


def drop_at_once(pages: list[Page], parts: tuple[list[Path], list[Path]]) -> None:
    """Hold the browsers' first requests until all have dropped, then let go of them together."""
    held: list[Route] = []
    for page, photos in zip(pages, parts, strict=True):
        page.route(BEGIN_BATCH, lambda route: held.append(route))  # Playwright takes no built-ins
        with page.expect_request(BEGIN_BATCH):
            page.locator("input[data-part=files]").set_input_files(photos)
    while len(held) < len(pages):
        pages[0].wait_for_timeout(20)
    for route in held:
        route.continue_()


def expect_own_batch(page: Page, count: int) -> None:
    expect_results(page, count)
    expect(page.get_by_text(f"{count} photos", exact=True).first).to_be_visible()
    expect(page.get_by_text(re.compile("could not be (read|sent)")).filter(visible=True)).to_have_count(0)
    expect(page.locator("[data-testid=stAlert], [data-testid=stException]")).to_have_count(0)


def batch_of(page: Page) -> str:
    found = re.search(r"batch=([0-9a-f]{32})", page.url)
    assert found, page.url
    return found[1]


def expect_each_photo_once_in_the_store(home: Path, parts: tuple[list[Path], list[Path]]) -> None:
    store = open_context(toy_settings(home, read_settings().models_dir)).store
    try:
        dropped = sorted(hashlib.sha256(path.read_bytes()).hexdigest() for photos in parts for path in photos)
        assert sorted(row.photo.sha256 for row in store.photos()) == dropped
        assert all(store.findings(sha256) for sha256 in dropped)
        counts = sorted(store.progress(batch.id).done for batch in store.batches())
        assert counts == sorted(len(photos) for photos in parts)
    finally:
        store.close()
