"""Curves and Overview in a real Chromium: sliders, addresses, downloads of figures, from a bar to its photos."""

import csv
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from core.store import open_store
from core.types import Prediction
from tests.browser.conftest import serve
from tests.services.toys import class_finding, toy_settings, write_photo


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory):
    home = tmp_path_factory.mktemp("measuring")
    store = open_store(toy_settings(home))
    for number in range(3):
        path = write_photo(home / "in" / f"{number}.jpg", number)
        sha256 = store.add_photo(path, path.name).photo.sha256
        store.set_metadata(sha256, "line", "Line 12", "person:test")
        store.save_prediction(Prediction(sha256, "polecat", "v1", {}, (class_finding("TREE"),)))
        store.set_urgency(sha256, 3.5, 3)
    store.close()
    with serve(home) as served:
        yield served


def test_the_samples_show_curves_that_sliders_move(page: Page, address: str) -> None:
    page.goto(f"{address}curves")
    expect(page.get_by_text("found rightly")).to_be_visible()
    before = page.get_by_text("found rightly").inner_text()
    slider = page.get_by_role("slider", name=re.compile("Probability, all labels"))
    slider.focus()
    for _ in range(25):
        slider.press("ArrowLeft")
    expect(page).to_have_url(re.compile(r"[?&]p=0\.2"))
    expect(page.get_by_text(before, exact=True)).to_have_count(0)
    shown = page.get_by_text("found rightly").inner_text()
    page.goto(page.url)
    expect(page.get_by_text(shown, exact=True)).to_be_visible()


@pytest.mark.parametrize("kind", ["png", "svg", "csv"])
def test_figures_are_saved(page: Page, address: str, tmp_path: Path, kind: str) -> None:
    page.goto(f"{address}curves")
    expect(page.locator(".js-plotly-plot").first).to_be_visible()
    button = page.get_by_role("button", name=kind.upper(), exact=True).first
    with page.expect_download() as saved:
        button.click()
    path = tmp_path / "figure"
    saved.value.save_as(path)
    assert saved.value.suggested_filename == f"precision-recall.{kind}"
    data = path.read_bytes()
    if kind == "png":
        assert data.startswith(b"\x89PNG")
    elif kind == "svg":
        assert b"<svg" in data[:200]
    else:
        rows = list(csv.DictReader(data.decode("utf-8-sig").splitlines()))
        assert {"series", "x", "y", "value"} == set(rows[0])
        assert {row["series"] for row in rows} >= {"All labels"}


def test_a_bar_leads_to_its_photos_and_a_photo_to_inspect(page: Page, address: str) -> None:
    page.goto(f"{address}overview")
    expect(page.get_by_text("By line")).to_be_visible()
    bars = page.locator(".st-key-overview-lines .barlayer .point path")
    expect(bars.first).to_be_visible()
    bars.first.hover(force=True)  # plotly's own layer for dragging lies over the bars
    bars.first.click(force=True)
    expect(page.get_by_text("Line 12 · 3 photos")).to_be_visible()
    page.locator(".st-key-overview-picked").get_by_role("button").first.click()
    expect(page).to_have_url(re.compile(r"photo=[0-9a-f]{64}"))
