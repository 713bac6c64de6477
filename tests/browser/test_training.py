"""The Training page as people use it: tick runs, change the scale, copy the address to a colleague."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import open_page, serve
from tests.services.training_toys import epoch, write_run

ROW_PX = 36


@pytest.fixture
def address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GRIDLENS_RUNS", str(tmp_path / "runs"))
    for number, name in enumerate(("newest-v1-1", "middle-v1-2", "oldest-v1-3")):
        records = [epoch(k, val_loss=1 / k) for k in range(1, 5)]
        write_run(tmp_path / "runs", name, epochs=records, ended_at=f"2026-01-0{3 - number}T00:00:00+00:00")
    with serve(tmp_path / "home") as server:
        yield f"{server}training"


def tick(page: Page, row: int) -> None:
    """Press the box of a row of the table, which is painted on a canvas."""
    table = page.get_by_test_id("stDataFrame").first
    expect(table).to_be_visible()
    page.wait_for_timeout(1500)  # the canvas paints after the element is there
    table.click(position={"x": 16, "y": ROW_PX * (row + 1.5)})


def test_ticked_runs_and_scale_are_in_the_address_and_another_browser_sees_the_same(
    address: str, page: Page, browser: Browser
) -> None:
    page.goto(address)
    legend = page.locator(".legendtext")
    expect(legend).to_have_text(["newest-v1-1"])
    tick(page, 1)
    expect(legend).to_have_text(["newest-v1-1", "middle-v1-2"])
    page.get_by_text("Log", exact=True).first.click()
    expect(page).to_have_url(re.compile("scale=log"))
    expect(page).to_have_url(re.compile("runs=newest-v1-1(,|%2C)middle-v1-2"))
    with open_page(browser) as colleague:
        colleague.goto(page.url)
        expect(colleague.locator(".legendtext")).to_have_text(["newest-v1-1", "middle-v1-2"])
        expect(colleague.get_by_text("Settings that differ")).to_be_visible()
