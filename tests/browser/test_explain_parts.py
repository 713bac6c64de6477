"""What the Explain page does in the browser alone: maps made larger and coloured, and the strip of layers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from core.config import REPOSITORY

COMPONENTS = REPOSITORY / "components"
MAP_SCRIPTS = ("photo_viewer/web/geometry.js", "photo_viewer/web/heat.js", "map_panels/web/colours.js")
BARS = [
    {"name": "conv1", "shape": "112 × 112 × 32", "height": 1, "share": 0.2},
    {"name": "block_1", "shape": "56 × 56 × 24", "height": 0.8, "share": 0.5},
    {"name": "last", "shape": "7 × 7 × 1280", "height": 0.3, "share": None},
]


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 600, "height": 400})
    yield page
    page.close()


def read(*names: str) -> str:
    return "\n".join((COMPONENTS / name).read_text("utf-8") for name in names)


def test_a_map_is_made_larger_as_the_viewer_does_it_and_coloured_from_a_table(page: Page) -> None:
    found: dict[str, Any] = page.evaluate(
        f"""() => {{ {read(*MAP_SCRIPTS)};
        const grid = {{ width: 3, height: 2, values: [0, 1, -0.5, 0.3, 0.4, 0.9] }};
        const map = resampled(grid, {{ width_px: 640, height_px: 400 }});
        let worst = 0;
        for (let row = 0; row < map.height; row += 1) for (let column = 0; column < map.width; column += 1) {{
          const value = sampleGrid(grid, (column + 0.5) / map.width, (row + 0.5) / map.height);
          worst = Math.max(worst, Math.abs(value - map.strengths[row * map.width + column]));
        }}
        const flat = {{ width: 4, height: 1, strengths: new Float32Array([0, 0.3, 1, -1]) }};
        const painted = (diverging, threshold) => [...paintMap(flat, diverging, {{ colours: "viridis", threshold }})
          .getContext("2d").getImageData(0, 0, 4, 1).data];
        return {{ size: [map.width, map.height], worst, one: painted(false, 0), two: painted(true, 50) }};
        }}"""
    )
    assert found["size"] == [320, 200]
    assert found["worst"] < 1e-5
    one = [found["one"][at : at + 4] for at in range(0, 16, 4)]
    assert [pixel[3] for pixel in one] == [0, pytest.approx(0.3 * 1.6 * 255, abs=2), 255, 0]
    assert one[2][:3] == [0xFD, 0xE7, 0x25]  # the last colour of viridis
    two = [found["two"][at : at + 4] for at in range(0, 16, 4)]
    assert [pixel[3] for pixel in two] == [0, 0, 255, 255]  # 0.3 lies under the threshold of 50 %
    assert (two[2][:3], two[3][:3]) == ([0x7F, 0x3B, 0x08], [0x2D, 0x00, 0x4B])  # raises orange, lowers purple


def test_the_strip_marks_where_one_is_and_tells_a_click(page: Page) -> None:
    page.set_content(f"<style>{read('layer_strip/web/strip.css')}</style>{read('layer_strip/web/strip.html')}")
    script = read("layer_strip/web/strip.js").replace("export default function", "function")
    page.evaluate(
        f"""(bars) => {{ {script}; window.told = [];
        window.draw = (here, area) => mount({{ parentElement: document.body, data: {{ bars, here, area }},
          setTriggerValue: (name, value) => window.told.push([name, value]) }});
        window.draw("conv1", 0.1); }}""",
        BARS,
    )
    here = page.locator("[data-part=here]")
    expect(here).to_have_text("▼ conv1, 112 × 112 × 32: you are here")
    expect(page.get_by_role("button", pressed=True)).to_have_attribute(
        "aria-label", "conv1, 112 × 112 × 32: 20 % of its map on the object"
    )
    first, second = (page.locator("polyline").get_attribute("points") or "").split()
    assert [float(side) for side in first.split(",")] == pytest.approx([100 / 6, 80])
    assert second == "50,50"
    expect(page.locator("[data-part=scale]")).to_contain_text("dotted: the object's share of the photo, 10 %")
    page.get_by_role("button", name="last").click()
    assert page.evaluate("window.told") == [["chosen", "last"]]
    expect(here).to_have_text("▼ last, 7 × 7 × 1280: you are here")  # at once, before the page has answered
    box, strip = here.bounding_box(), page.locator("[data-part=bars]").bounding_box()
    assert box is not None
    assert strip is not None
    assert box["x"] + box["width"] <= strip["x"] + strip["width"] + 1  # the words stay within the strip
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    assert page.evaluate("window.told")[1:] == [["chosen", "block_1"]]
    page.evaluate("window.draw('block_1', null)")
    expect(page.get_by_role("button", pressed=True)).to_have_count(1)
