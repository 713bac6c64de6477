"""The Datasets page as people use it: samples, an address for a colleague, and an import that outlives the page."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import open_page, serve
from tests.services.toys import write_photo


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    with serve(tmp_path / "home") as server:
        yield f"{server}datasets"


def test_samples_examples_and_changes_have_an_address_that_another_browser_understands(
    address: str, page: Page, browser: Browser
) -> None:
    page.goto(address)
    expect(page.get_by_text("A version never changes; every change makes a new one")).to_be_visible()
    page.get_by_role("button", name="Load the sample datasets").click()
    expect(page.get_by_text("sample poles").first).to_be_visible()
    expect(page).to_have_url(re.compile("dataset=[0-9a-f]{10}"))
    expect(page.get_by_role("button", name="Check the photos")).to_be_visible()
    page.get_by_text("Examples", exact=True).click()
    expect(page.get_by_test_id("stImage").locator("img").first).to_be_visible()
    expect(page).to_have_url(re.compile("view=examples"))
    with open_page(browser) as colleague:
        colleague.goto(page.url)
        expect(colleague.get_by_text("sample poles").first).to_be_visible()
        expect(colleague.get_by_test_id("stImage").locator("img").first).to_be_visible()
    page.get_by_text("Change", exact=True).first.click()
    page.get_by_role("button", name="Split", exact=True).click()
    expect(page.get_by_text(re.compile("Lineage: 1 before, 0 after"))).to_be_visible()


def test_an_import_goes_on_when_its_page_is_closed(address: str, browser: Browser, tmp_path: Path) -> None:
    root = tmp_path / "poles"
    write_photo(root / "TREE" / "a.jpg")
    os.mkfifo(root / "TREE" / "z.jpg")  # whoever reads it waits for a writer
    with open_page(browser) as page:
        page.goto(address)
        page.get_by_label("File or folder on the server").fill(str(root))
        page.get_by_role("button", name="Import", exact=True).click()
        expect(page.get_by_text("being read")).to_be_visible()
    with open_page(browser) as later:
        later.goto(address)
        expect(later.get_by_text("being read")).to_be_visible()
        later.get_by_role("button", name="Stop", exact=True).click()
        (root / "TREE" / "z.jpg").unlink()
        later.get_by_role("button", name="Go on").click()
        later.get_by_role("button", name="Show", exact=True).click()
        expect(later.get_by_text(re.compile("1 photo · read folders of poles"))).to_be_visible()
        expect(later.get_by_role("button", name="Put away")).to_have_count(0)
