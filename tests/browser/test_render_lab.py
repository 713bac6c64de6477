"""The Render lab as people use it: move a slider, see the picture change, copy the address to a colleague."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import open_page, serve

FIRST_PICTURE_MS = 120_000  # a machine's very first one compiles kernels


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    with serve(tmp_path / "home") as server:
        yield f"{server}render_lab"


def test_a_moved_slider_changes_picture_and_address_and_another_browser_sees_the_same(
    address: str, page: Page, browser: Browser
) -> None:
    page.goto(f"{address}?variant=WTX_WBG&seed=7")
    picture = page.get_by_test_id("stImage").locator("img").first
    expect(picture).to_be_visible(timeout=FIRST_PICTURE_MS)
    expect(page.get_by_text("Against the truth")).to_be_visible()
    before = picture.get_attribute("src") or ""
    worn = page.get_by_role("slider", name="Worn")
    worn.focus()
    page.keyboard.press("Home")
    expect(page.get_by_text("Truth: worn 0 %")).to_be_visible()
    expect(picture).not_to_have_attribute("src", before)
    expect(page).to_have_url(re.compile("worn_fraction=0"))
    with open_page(browser) as colleague:
        colleague.goto(page.url)
        expect(colleague.get_by_text("Truth: worn 0 %")).to_be_visible(timeout=FIRST_PICTURE_MS)
        expect(colleague.get_by_role("slider", name="Worn")).to_have_value("0")
