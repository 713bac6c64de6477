"""The viewer's own arithmetic, run where it runs: in a browser."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from core.config import REPOSITORY

WEB = REPOSITORY / "components" / "photo_viewer" / "web"
PHOTO = {"width_px": 6000, "height_px": 4000, "standard_side_px": 2048}
STAGE = {"width": 900, "height": 500}


@pytest.fixture(scope="module")
def evaluate(browser: Browser) -> Any:
    page: Page = browser.new_page()
    scripts = "\n".join((WEB / name).read_text() for name in ("geometry.js", "heat.js", "drawing.js", "paint.js"))

    def run(expression: str, **values: Any) -> Any:
        names = ", ".join(values)
        return page.evaluate(f"({{{names}}}) => {{ {scripts}; return {expression}; }}", values)

    yield run
    page.close()


def test_a_fitting_photo_is_centred_and_whole(evaluate: Any) -> None:
    place = evaluate("placePhoto(FITTING_VIEW, photo, stage)", photo=PHOTO, stage=STAGE)
    assert place["scale"] == pytest.approx(500 / 4000)
    assert (place["left"], place["top"]) == pytest.approx(((900 - 750) / 2, 0))


@pytest.mark.parametrize("point", [(300, 200), (450, 250), (700, 480)])
def test_zooming_keeps_the_point_under_the_pointer(evaluate: Any, point: tuple[float, float]) -> None:
    x, y = point
    before = evaluate("zoomAround(FITTING_VIEW, 4, 450, 250, photo, stage)", photo=PHOTO, stage=STAGE)
    after = evaluate("zoomAround(view, 1.5, x, y, photo, stage)", view=before, x=x, y=y, photo=PHOTO, stage=STAGE)
    places = [evaluate("placePhoto(view, photo, stage)", view=v, photo=PHOTO, stage=STAGE) for v in (before, after)]
    seen = [((x - p["left"]) / p["width"], (y - p["top"]) / p["height"]) for p in places]
    assert seen[0] == pytest.approx(seen[1])


def test_nobody_pans_away_from_the_photo(evaluate: Any) -> None:
    view = evaluate("panBy({x: 0.5, y: 0.5, zoom: 4}, 1e6, -1e6, photo, stage)", photo=PHOTO, stage=STAGE)
    place = evaluate("placePhoto(view, photo, stage)", view=view, photo=PHOTO, stage=STAGE)
    assert place["left"] == pytest.approx(0)
    assert place["top"] + place["height"] == pytest.approx(STAGE["height"])


def test_a_drawn_box_is_in_pixels_of_the_photo_and_within_it(evaluate: Any) -> None:
    # At 8 times the fitting size one photo px is one screen px, and the stage's centre is (3000, 2000).
    near = {"x": 0.5, "y": 0.5, "zoom": 8}
    at = "boxBetween(photoPoint(ax, ay, view, photo, stage), photoPoint(bx, by, view, photo, stage), least)"
    values = {"photo": PHOTO, "stage": STAGE, "view": near, "least": 2}
    assert evaluate(at, ax=500, ay=300, bx=450.26, by=250, **values) == pytest.approx([3000.3, 2000, 3050, 2050])
    assert evaluate(at, ax=500, ay=300, bx=501, by=400, **values) is None
    fitting = {**values, "view": {"x": 0.5, "y": 0.5, "zoom": 1}}
    assert evaluate(at, ax=-50, ay=-9, bx=2000, by=900, **fitting) == [0, 0, 6000, 4000]


def test_the_box_that_is_being_drawn_is_seen(evaluate: Any) -> None:
    painted = """(() => {
      const context = new OffscreenCanvas(stage.width, stage.height).getContext("2d");
      const drawing = { from: { x: 3050, y: 2000 }, to: { x: 3000, y: 2040 } };
      paintDrawing({ context, drawing }, placePhoto(view, photo, stage));
      const { data } = context.getImageData(0, 0, stage.width, stage.height);
      const seen = [];
      for (let at = 0; at < data.length / 4; at += 1) if (data[at * 4 + 3]) seen.push(at);
      const x = seen.map((at) => at % stage.width);
      const least = (all) => all.reduce((a, b) => Math.min(a, b));
      const most = (all) => all.reduce((a, b) => Math.max(a, b));
      const y = seen.map((at) => Math.floor(at / stage.width));
      return [least(x), least(y), most(x) + 1, most(y) + 1];
    })()"""
    near = {"x": 0.5, "y": 0.5, "zoom": 8}
    assert evaluate(painted, photo=PHOTO, stage=STAGE, view=near) == [448, 248, 502, 292]  # lines of 4 px


def test_tiles_are_asked_for_only_where_the_standard_picture_is_too_coarse(evaluate: Any) -> None:
    assert evaluate("neededTiles(FITTING_VIEW, photo, stage, 1)", photo=PHOTO, stage=STAGE) == []
    full = {"x": 0.5, "y": 0.5, "zoom": 8}  # one photo px on one screen px
    tiles = evaluate("neededTiles(view, photo, stage, 1)", view=full, photo=PHOTO, stage=STAGE)
    # 900 × 500 px around (3000, 2000): columns 2550..3450 / 512 = 4..6, rows 1750..2250 / 512 = 3..4
    assert {(t["level"], t["column"], t["row"]) for t in tiles} == {(0, c, r) for c in (4, 5, 6) for r in (3, 4)}


def test_a_small_photo_needs_no_tiles_however_close(evaluate: Any) -> None:
    small = {"width_px": 1000, "height_px": 800, "standard_side_px": 2048}
    view = {"x": 0.5, "y": 0.5, "zoom": 10}
    assert evaluate("neededTiles(view, photo, stage, 2)", view=view, photo=small, stage=STAGE) == []


def test_heat_is_exact_at_the_networks_own_cells(evaluate: Any) -> None:
    grid = {"width": 3, "height": 2, "values": [0, 1, 2, 3, 4, 5]}
    for cell, value in enumerate(grid["values"]):
        x, y = (cell % 3 + 0.5) / 3, (cell // 3 + 0.5) / 2
        assert evaluate("sampleGrid(grid, x, y)", grid=grid, x=x, y=y) == pytest.approx(value)


def test_what_says_nothing_is_transparent(evaluate: Any) -> None:
    assert evaluate("heatColour(0, false)[3]") == 0
    assert evaluate("heatColour(0, true)[3]") == 0
    assert evaluate("heatColour(1, false)[3]") == 255
    assert evaluate("heatColour(-1, true)[3]") == 255
