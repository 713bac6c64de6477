"""The heat map that came with the prediction gives way to the one of the method that measured best."""

from pathlib import Path

from playwright.sync_api import Page, expect

from core.config import REPOSITORY
from tests.browser.conftest import serve
from tests.browser.test_inspect_flow import colourfulness

STEEL_POLE = REPOSITORY / "sample_data" / "poles" / "line7_011.jpg"
ENGINE_MS = 120_000  # TensorFlow is loaded for the first map


def test_the_map_of_the_method_that_measured_best_takes_the_others_place(page: Page, tmp_path: Path) -> None:
    with serve(tmp_path / "home") as address:
        page.goto(address)
        page.locator("input[data-part=files]").set_input_files(STEEL_POLE)
        expect(page.locator(".stage[data-state=shown]")).to_be_visible(timeout=ENGINE_MS)
        page.get_by_role("button", name="Heat map").click(timeout=ENGINE_MS)
        title = page.locator("[data-part=heat-title]")
        expect(title).to_have_text("What speaks for: Steel pole (STEEL)")
        own = colourfulness(page)
        expect(title).to_contain_text("by the method that measured best", timeout=ENGINE_MS)
        page.wait_for_timeout(300)
        assert colourfulness(page) != own
