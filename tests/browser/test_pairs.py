"""The pair viewer in a real browser: one zoom for both, and a divider that moves."""

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import serve

PIXELS = "canvases => canvases.map(canvas => canvas.toDataURL())"


def test_both_pictures_zoom_together_and_the_slider_uncovers_one(page: Page, tmp_path: Path) -> None:
    with serve(tmp_path / "home") as address:
        page.goto(f"{address}pairs")
        canvases = page.locator("section.pair canvas")
        expect(canvases).to_have_count(2)
        page.wait_for_timeout(2000)
        before = canvases.evaluate_all(PIXELS)
        assert before[0] != before[1]
        canvases.first.focus()
        page.keyboard.press("+")
        page.wait_for_timeout(300)
        nearer = canvases.evaluate_all(PIXELS)
        assert all(one != other for one, other in zip(before, nearer, strict=True))
        page.keyboard.press("0")
        page.wait_for_timeout(300)
        assert canvases.evaluate_all(PIXELS) == before
        page.get_by_text("Under a slider").click()
        expect(canvases).to_have_count(1)
        page.wait_for_timeout(500)
        half = canvases.evaluate_all(PIXELS)
        canvases.first.focus()
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(300)
        assert canvases.evaluate_all(PIXELS) != half
