"""How soon the dashboard is usable, how quickly it turns to another photo, and what it keeps in memory.

``python -m benchmarks.bench_pages [--write]``; needs Chromium. The browser is already open: what is
timed is the process start to the first page with its drop zone, and a key press to the other photo.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.tables import Row, as_table, write_table
from tests.browser.conftest import ARGUMENTS, CHROMIUM, serve

STARTS, TURNS = 5, 12
OTHER_PHOTO = """before => [...document.querySelectorAll('*')].some(element => {
  const canvas = element.shadowRoot && element.shadowRoot.querySelector('canvas');
  return canvas && canvas.getAttribute('aria-label') !== before;
})"""


def main() -> None:
    """Measure, print the table, and write it if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="put the table into benchmarks/README.md")
    chosen = parser.parse_args()
    with sync_playwright() as playwright, tempfile.TemporaryDirectory(prefix="gridlens-bench-") as folder:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        rows = [*start_rows(browser, Path(folder)), *turn_rows(browser, Path(folder))]
        browser.close()
    table = as_table(rows, "Headless Chromium on the same machine, medians; `make bench`")
    print(table)
    if chosen.write:
        write_table("Dashboard", table)


def start_rows(browser: Browser, work: Path) -> list[Row]:
    """Process start to first usable page, on a store that exists already (a first start also makes it)."""
    times = [timed(lambda: first_page(browser, work / "store")) for _ in range(STARTS + 1)]
    first_s, median_s = times[0], statistics.median(times[1:])
    return [
        Row("First page usable after process start", f"{median_s:.1f} s", "≤ 3 s", median_s <= 3),
        Row("The same, the very first time (store is made)", f"{first_s:.1f} s", "≤ 3 s", first_s <= 3),
    ]


def first_page(browser: Browser, home: Path) -> float:
    """Seconds from process start until the drop zone can be used."""
    started_s = time.perf_counter()
    with serve(home) as address:
        page = browser.new_page()
        page.goto(address)
        page.locator("input[data-part=files]").wait_for(state="attached")
        usable_s = time.perf_counter() - started_s
        page.close()
    return usable_s


def turn_rows(browser: Browser, work: Path) -> list[Row]:
    """Key press to the next photo on screen, on the inspected sample photos; and the server's modules."""
    with serve(work / "samples", workers=2) as address:
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(address)
        page.get_by_role("button", name="sample photos").click()
        page.locator(".stage[data-state=shown]").wait_for(timeout=60_000)
        page.get_by_role("button", name="Stop", exact=True).wait_for(state="hidden", timeout=120_000)
        page.wait_for_timeout(3000)
        turns = [turn(page) for _ in range(TURNS)]
        page.close()
    median_s = statistics.median(turns)
    return [Row("Arrow key → next photo with its findings", f"{median_s * 1e3:.0f} ms", "≤ 300 ms", median_s <= 0.3)]


def turn(page: Page) -> float:
    """Seconds from the arrow key until the viewer holds another photo."""
    page.wait_for_timeout(600)
    canvas = page.locator("canvas").first
    before = canvas.get_attribute("aria-label")
    started_s = time.perf_counter()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(OTHER_PHOTO, arg=before)
    return time.perf_counter() - started_s


def timed(measure: Callable[[], float]) -> float:
    """One measurement, after a pause in which the machine settles."""
    time.sleep(1)
    return measure()


if __name__ == "__main__":
    main()
