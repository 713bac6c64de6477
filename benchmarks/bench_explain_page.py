"""How soon the Explain page shows another layer, another class, and another opacity.

``python -m benchmarks.bench_explain_page [--repeats N] [--write]``; needs Chromium. The page is open and its first map
is there; what is timed, in the browser itself, is the click on an entry of the list to the new map's first painted
frame, and one step of the opacity slider to the painted picture. Scores come after the picture and are not waited for.
A class that was not asked for before takes a pass through the network; a layer of the same pass takes none.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from benchmarks.tables import Row, as_table, write_table
from core.config import REPOSITORY
from core.services.context import open_context
from tests.browser.conftest import ARGUMENTS, CHROMIUM, serve
from tests.services.toys import toy_settings

HEADING = "Explain page"
PHOTO = REPOSITORY / "sample_data" / "poles" / "line7_011.jpg"
LAYERS = ("block_12_add", "block_13_project_BN", "block_14_add", "block_16_project_BN")
CLASSES = ("CONCRETE", "TREE", "STEEL")  # the best one is a steel pole: each is another one than that before
PATIENCE_MS = 240_000  # the first map loads TensorFlow and compiles
CAPTION = """words => [...document.querySelectorAll('*')].some(element => {
  const caption = element.shadowRoot && element.shadowRoot.querySelector('figcaption');
  return caption && caption.textContent.includes(words);
})"""
WATCH = """words => {
  window.shownAfter = null;
  const root = [...document.querySelectorAll('*')].map(element => element.shadowRoot)
    .find(root => root && root.querySelector('[data-part=stages]'));
  let clicked = null;
  const listening = new AbortController();
  const options = { capture: true, signal: listening.signal };
  document.addEventListener('click', event => { clicked = event.timeStamp; }, options);
  const seeing = new MutationObserver(() => {
    if (!root.querySelector('figcaption').textContent.includes(words)) return;
    seeing.disconnect();
    listening.abort();
    requestAnimationFrame(() => setTimeout(() => { window.shownAfter = (performance.now() - clicked) / 1000; }));
  });
  seeing.observe(root, { subtree: true, childList: true, characterData: true });
}"""
OPACITY = """() => new Promise(done => {
  const root = [...document.querySelectorAll('*')].map(element => element.shadowRoot)
    .find(root => root && root.querySelector('[data-part=opacity]'));
  const slider = root.querySelector('[data-part=opacity]');
  const started = performance.now();
  slider.value = slider.value === '60' ? '35' : '60';
  slider.dispatchEvent(new Event('input', { bubbles: true }));
  requestAnimationFrame(() => requestAnimationFrame(() => done((performance.now() - started) / 1000)));
})"""


def main() -> None:
    """Measure, print the table, and write it if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=3, help="rounds over the layers")
    parser.add_argument("--write", action="store_true", help="put the table into benchmarks/README.md")
    chosen = parser.parse_args()
    with sync_playwright() as playwright, tempfile.TemporaryDirectory(prefix="gridlens-bench-") as folder:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        rows = page_rows(browser.new_page(viewport={"width": 1440, "height": 1000}), Path(folder), chosen.repeats)
        browser.close()
    table = as_table(rows, "PoleCat, LayerCAM, headless Chromium, medians; `python -m benchmarks.bench_explain_page`")
    print(table)
    if chosen.write:
        write_table(HEADING, table)


def page_rows(page: Page, home: Path, repeats: int) -> list[Row]:
    """Medians of the three changes, and the first map of a fresh server."""
    page.set_default_timeout(PATIENCE_MS)
    context = open_context(toy_settings(home))
    sha256 = context.store.add_photo(PHOTO, PHOTO.name).photo.sha256
    context.store.close()
    with serve(home) as address:
        started_s = time.perf_counter()
        page.goto(f"{address}explain?photo={sha256}&methods=layercam&layer=block_15_add")
        page.wait_for_function(CAPTION, arg="block_15_add")
        first_s = time.perf_counter() - started_s
        page.get_by_text("Report", exact=True).wait_for()
        layers = [choose(page, "Layer", layer, f"at {layer}:") for _ in range(repeats) for layer in LAYERS]
        classes = [choose(page, "What is explained", label, label) for label in CLASSES]
        again = [choose(page, "What is explained", label, label) for label in CLASSES * repeats]
        opacity_s = statistics.median(page.evaluate(OPACITY) for _ in range(repeats * 3))
    return [
        Row("First map of a fresh server (TensorFlow is loaded, functions are compiled)", f"{first_s:.1f} s", "", True),
        _within("Another layer → its map", statistics.median(layers)),
        _within("Another class, asked for the first time → its map", statistics.median(classes)),
        _within("A class that was shown before → its map", statistics.median(again)),
        Row("Opacity → picture, in the browser", f"{opacity_s * 1e3:.0f} ms", "≤ 50 ms", opacity_s <= 0.05),
    ]


def choose(page: Page, title: str, option: str, wanted: str) -> float:
    """Seconds from the click on an option until the map whose title has the wanted words is painted.

    Timed by the browser: Playwright's own click waits for two frames before it clicks, and for the page afterwards.
    """
    page.wait_for_timeout(1500)  # scores of the last one
    box = page.get_by_role("combobox", name=title)
    box.click()
    box.fill(option)
    entry = page.get_by_role("option").first
    entry.wait_for()
    page.evaluate(WATCH, wanted)
    entry.click()
    return float(page.wait_for_function("() => window.shownAfter").json_value())


def _within(what: str, seconds: float) -> Row:
    return Row(what, f"{seconds * 1e3:.0f} ms", "≤ 300 ms", seconds <= 0.3)


if __name__ == "__main__":
    main()
