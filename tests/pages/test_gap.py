"""The Gap page on toy layers: from the question to channels, map and advice."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.compare.closing import Closing
from core.config import REPOSITORY, Settings
from core.services.advice_record import AdviceRound, RankedTrial, round_document, round_file
from core.services.context import Context
from core.services.errands import RESULT_FILE, ErrandState, Progress
from core.services.gap import measure_gap, read_order
from core.services.gap_runs import list_gaps
from core.services.gap_samples import sample_gap_order, stand_in
from tests.imaging.pictures import save, scene
from tests.pages.test_inspect import words
from tests.services.toy_layers import ToyLayers

OpenGap = Callable[..., AppTest]


def _measure_at_once(settings: Settings, place: Path, module: str) -> None:
    measure_gap(settings, read_order(place))


@pytest.fixture
def open_gap(context: Context, monkeypatch: pytest.MonkeyPatch) -> OpenGap:
    """Open the page; what would be measured in another process is measured here, on toy layers."""
    monkeypatch.setattr("core.services.gap.open_layers", lambda folder, layers, count=12: ToyLayers())
    monkeypatch.setattr("core.services.gap_runs.begin_errand", _measure_at_once)

    def open_(**address: str) -> AppTest:
        page = AppTest.from_file(str(REPOSITORY / "pages" / "gap.py"), default_timeout=60)
        for name, value in address.items():
            page.query_params[name] = value
        return page.run()

    return open_


@pytest.fixture
def sides(tmp_path: Path) -> tuple[str, str]:
    for name in ("synthetic", "real"):
        (tmp_path / name).mkdir()
    for k in range(12):
        image = scene(64, 80, k)
        save(tmp_path / "synthetic" / f"{k:02}.png", image)
        save(tmp_path / "real" / f"{k:02}.png", (image * 0.4).astype(np.uint8))
    return str(tmp_path / "synthetic"), str(tmp_path / "real")


def _figures(page: AppTest) -> str:
    return " ".join(str(one.proto.spec) for one in page.get("plotly_chart"))


def test_an_empty_page_measures_the_sample_gap(
    open_gap: OpenGap, context: Context, sides: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    few = partial(sample_gap_order, folder=Path(sides[0]))
    monkeypatch.setattr("pages.gap_parts.intro.sample_gap_order", few)
    page = open_gap()
    assert not page.exception
    assert page.button(key="gap.measure").disabled
    page.button(key="gap.sample").click().run()
    assert not page.exception, page.exception
    (run,) = list_gaps(context.settings)
    assert page.query_params["gap"] == run.name
    assert "12 renders against 12 field photos" in words(page)
    assert len(list((context.settings.home / "gap" / "sample" / "stand_ins").iterdir())) == 12


def test_a_question_is_asked_and_its_answer_is_looked_into(open_gap: OpenGap, sides: tuple[str, str]) -> None:
    page = open_gap(renders=sides[0], field=sides[1])
    page.button(key="gap.measure").click().run()
    assert not page.exception, page.exception
    shown = words(page)
    assert "12 renders against 12 field photos" in shown
    assert "Masks beside both sets" in shown
    assert "of 2 layers lie surely beyond the floor" in shown.replace("\\", "")
    assert "standard deviations higher in renders" in str([one.label for one in page.expander])
    figures = _figures(page)
    assert '"first"' in figures
    assert "floor: halves of the real set" in figures
    assert "jpeg;base64" in figures
    # A copied address shows the same to a colleague, its sets included.
    again = open_gap(gap=page.query_params["gap"], layer="first", distance="frechet")
    assert not again.exception
    assert "chet distance" in _figures(again)
    assert again.selectbox(key="address.layer").value == "first"
    assert again.selectbox(key="address.field").value == sides[1]


def test_where_the_object_is_known_its_share_and_the_backgrounds_are_told(
    open_gap: OpenGap, sides: tuple[str, str], tmp_path: Path
) -> None:
    files = []
    for side in sides:
        rows = [f"{side}/{k:02}.png,cap,10,10,40,40" for k in range(12)]
        files.append(tmp_path / f"{Path(side).name}.csv")
        files[-1].write_text("\n".join(["path,label,x_min,y_min,x_max,y_max", *rows, ""]))
    page = open_gap(renders=str(files[0]), field=str(files[1]))
    page.button(key="gap.measure").click().run()
    assert not page.exception, page.exception
    # The toy layers give half of every mean to the object.
    assert [(one.label, one.value) for one in page.metric] == [
        ("of the shift comes from the object", "50 %"), ("of the shift comes from the background", "50 %"),
    ]  # fmt: skip


def test_few_unreadable_and_missing_photos_are_said(open_gap: OpenGap, sides: tuple[str, str], tmp_path: Path) -> None:
    for path in sorted(Path(sides[1]).iterdir())[:6]:
        path.write_bytes(b"no photo")
    page = open_gap(renders=sides[0], field=sides[1])
    page.button(key="gap.measure").click().run()
    assert not page.exception
    assert "The real set has 6 photos: too few for an interval" in words(page).replace("\\", "")
    assert "6 photos could not be read" in str([one.label for one in page.expander])
    (tmp_path / "empty").mkdir()
    page = open_gap(renders=sides[0], field=str(tmp_path / "empty"))
    page.button(key="gap.measure").click().run()
    assert "expected photos, found none" in page.error[0].value
    page = open_gap(gap="nothing")
    assert "expected one that was asked for" in page.warning[0].value.replace("\\", "")


def test_work_that_goes_on_shows_how_far_it_is_and_failures_say_why(
    open_gap: OpenGap, sides: tuple[str, str], context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    states = [ErrandState("running", Progress("reading real photos", 3, 12, 0.0))]
    monkeypatch.setattr("core.services.gap_runs.begin_errand", lambda *_: None)
    monkeypatch.setattr("core.services.gap_runs.errand_state", lambda _: states[0])
    page = open_gap(renders=sides[0], field=sides[1])
    page.button(key="gap.measure").click().run()
    assert not page.exception
    assert "Reading real photos · 3 of 12" in str(page.get("progress")[0].proto.text).replace("\\", "")
    states[0] = ErrandState("failed", error="polecat: expected weights, found none")
    page = open_gap(gap=page.query_params["gap"])
    assert "expected weights" in page.error[0].value
    assert page.button(key="gap.again")


def test_advice_is_asked_for_and_ranked(
    open_gap: OpenGap, sides: tuple[str, str], context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_gap(part="advice")
    assert page.button(key="gap.advise").disabled
    asked: list[Path] = []
    monkeypatch.setattr("core.services.advice_runs.begin_errand", lambda _, place, module: asked.append(place))
    page = open_gap(part="advice", field=sides[1], model="shackle")
    page.button(key="gap.advise").click().run()
    assert not page.exception, page.exception
    assert json.loads((asked[0] / "order.json").read_text())["scene"] == "shackle"
    picture = Path(sides[0]) / "00.png"
    trials = (
        RankedTrial(("focus",), {"defocus_px": 2.0}, Closing(0.31, 0.24, 0.37), picture),
        RankedTrial(("texture",), {"rust": 0.9}, Closing(0.02, -0.1, 0.1), picture),
    )
    found = AdviceRound(1, {}, 0.4, picture, trials, (), {"defocus_px": 2.0})
    round_file(asked[0], 1).write_text(json.dumps(round_document(found)))
    (asked[0] / RESULT_FILE).write_text("{}")
    page = open_gap(part="advice", field=sides[1], advice=asked[0].name)
    assert not page.exception, page.exception
    shown = words(page).replace("\\", "").replace("\u00a0", " ")
    assert "Round 1. Camera focus: closes 31 % (24 to 37 %)" in shown
    assert "Next settings: Out of focus 2 px" in shown
    assert "not sure" in _figures(page)
    page.button(key="gap.advice.round").click().run()
    assert json.loads((asked[0] / "order.json").read_text())["rounds"] == 2


def test_a_stand_in_is_softer_and_noisier_than_its_render() -> None:
    image = scene(300, 600, 1)
    found = stand_in(image, seed=1)
    assert found.shape == (224, 448, 3)
    assert np.array_equal(found, stand_in(image, seed=1))
    assert np.abs(np.diff(found[100].astype(int), axis=0)).mean() > 2  # grain, where the scene is smooth
