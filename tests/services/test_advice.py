"""The advisor finds what was planted, goes on where it was stopped, and says when it cannot tell."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from core.cli.main import app
from core.compare.closing import Closing
from core.config import Settings
from core.errors import ConfigError, NotFoundError
from core.render.scenes import CLOSE_UP
from core.services.advice import _joined, advise, claim_advice
from core.services.advice_knobs import Knob, Trial, knobs_of, trials_of
from core.services.advice_record import Advice, AdviceOrder, RankedTrial, advice_document, read_advice
from core.services.advice_renders import checked_kind, render_sets
from core.services.advice_runs import newest_advice
from tests.imaging.pictures import save, scene
from tests.services.toys import toy_settings

SIZE_PX = 96
PLANTED = {"defocus_px": 2.0, "noise": 0.07}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return toy_settings(tmp_path / "home")


@pytest.mark.slow
@pytest.mark.timeout(1200)  # a hundred small renders and their way through a network
def test_planted_defocus_and_noise_are_traced_back(settings: Settings, tmp_path: Path) -> None:
    # "Field" photos: other scenes than the advisor's, out of focus and noisy, and otherwise drawn as the variant does.
    kind = checked_kind("shackle", "WBG_WTX_WGM", PLANTED)
    render_sets(tmp_path, {"field": kind}, range(14), SIZE_PX, lambda words, done, total: None, "field")
    order = AdviceOrder(
        "shackle", str(tmp_path / "field"), "shackle", "WBG_WTX_WGM", knobs=("focus", "noise", "jpeg", "sharpness"),
        count=10, size_px=SIZE_PX, rounds=2,
    )  # fmt: skip
    said: list[str] = []
    advice = advise(settings, order, lambda words, done, total: said.append(words))
    # Each alone closes some of the gap, the noise more, since it hides how soft photos are; together they close it.
    first, last = advice.rounds
    assert last.proposal == PLANTED
    for knob, name in (("noise", "noise"), ("focus", "defocus_px")):
        best = next(one for one in first.trials if one.knobs == (knob,))
        assert best.values == {name: PLANTED[name]}
        assert best.closing.is_sure
    assert first.trials[0].knobs == ("noise",)
    assert first.trials[0].closing.share > 0.5
    assert last.gap < 0.5 * first.gap
    _is_not_done_twice(settings, order, advice)


def _is_not_done_twice(settings: Settings, order: AdviceOrder, advice: Advice) -> None:
    assert advice_document(advise(settings, order)) == advice_document(advice)
    place = settings.home / "gap" / "advice" / advice.name
    (place / "round-2.json").unlink()  # as if killed before the round's end
    rendered = {path: path.stat().st_mtime_ns for path in place.rglob("*.png")}
    said: list[str] = []
    again = advise(settings, order, lambda words, done, total: said.append(words))
    assert advice_document(again) == advice_document(advice)
    assert {path: path.stat().st_mtime_ns for path in place.rglob("*.png")} == rendered
    assert not [words for words in said if "reading" in words]
    json.dumps(advice_document(advice), allow_nan=False)
    assert newest_advice(settings) == advice.name
    assert all(one.picture.is_file() for found in advice.rounds for one in (*found.trials, *found.together))


def test_one_thing_changes_a_trial_and_later_rounds_look_nearer() -> None:
    knobs = (
        Knob("focus", "Focus", {"defocus_px": (0.0, 2.0, 4.5)}),
        Knob("ground", "Ground", {"background": ("a", "b")}),
    )
    first = trials_of(knobs, {}, 1)
    assert [one.name for one in first] == [
        "defocus_px=0", "defocus_px=2", "defocus_px=4.5", "background=a", "background=b",
    ]  # fmt: skip
    assert trials_of(knobs, {"defocus_px": 2.0, "background": "a"}, 1) == (
        Trial("focus", "defocus_px", 0.0), Trial("focus", "defocus_px", 4.5), Trial("ground", "background", "b"),
    )  # fmt: skip
    second = trials_of(knobs[:1], {"defocus_px": 2.0}, 2)
    assert [one.value for one in second] == [0.5, 3.5]
    assert [one.value for one in trials_of(knobs[:1], {"defocus_px": 0.0}, 3)] == [0.5]


@pytest.mark.parametrize(("scene_name", "variant"), [("shackle", "WBG_WTX_WGM"), ("pole", CLOSE_UP), ("pole", "scene")])
def test_every_value_that_is_tried_can_be_rendered(scene_name: str, variant: str) -> None:
    knobs = knobs_of(scene_name, variant)
    assert {knob.name for knob in knobs} == {
        "focus", "sharpness", "noise", "jpeg", "light", "background", "texture", "distance",
    }  # fmt: skip
    for trial in trials_of(knobs, {}, 1):
        checked_kind(scene_name, variant, {trial.variable: trial.value})
    with pytest.raises(ConfigError, match="expected one of focus, sharpness"):
        knobs_of(scene_name, variant, ["colour"])


def test_only_sure_changes_are_put_together_the_best_of_each_variable_first() -> None:
    def ranked(variable: str, value: float, share: float, low: float) -> RankedTrial:
        return RankedTrial((variable[0],), {variable: value}, Closing(share, low, share + 0.1), Path("x.png"))

    ones = [ranked("a", 1, 0.5, 0.4), ranked("a", 2, 0.45, 0.3), ranked("b", 1, 0.3, 0.1), ranked("c", 1, 0.2, -0.1)]
    (pair,) = _joined(ones)
    assert (pair.knobs, pair.values) == (("a", "b"), {"a": 1, "b": 1})
    assert _joined(ones[3:]) == ()


def test_questions_that_cannot_be_answered_are_refused_before_the_work(settings: Settings, tmp_path: Path) -> None:
    save(tmp_path / "field.png", scene(64, 64, 1))
    (tmp_path / "field").mkdir()
    shutil.move(tmp_path / "field.png", tmp_path / "field")
    asked = {"model": "shackle", "real": str(tmp_path / "field"), "scene": "shackle", "variant": "WBG_WTX_WGM"}
    for changes, words in (
        ({"count": 9}, "count: expected 10 to 500, received 9"),
        ({"rounds": 0}, "rounds: expected 1 to 20, received 0"),
        ({"scene": "boat"}, "scene: expected one of shackle, pole"),
        ({"base": {"rust": 7.0}}, "rust: expected 0 to 1, received 7"),
        ({"knobs": ("colour",)}, "knob: expected one of focus"),
    ):
        with pytest.raises(ConfigError, match=words):
            claim_advice(settings, AdviceOrder(**{**asked, **changes}))  # type: ignore[arg-type]
    place = claim_advice(settings, AdviceOrder(**asked))  # type: ignore[arg-type]
    assert claim_advice(settings, AdviceOrder(**asked, rounds=3)) == place  # type: ignore[arg-type]
    advice = read_advice(settings, place.name)
    assert (advice.order.rounds, advice.rounds) == (3, ())
    assert "1 field photos are too few" in advice.notes[0]
    with pytest.raises(NotFoundError, match="expected one that was asked for"):
        read_advice(settings, "nothing")


def test_the_command_refuses_settings_without_a_value(tmp_path: Path) -> None:
    result = CliRunner().invoke(
        app, ["advise", "shackle", "--real", str(tmp_path), "--scene", "shackle", "--set", "rust"]
    )
    assert isinstance(result.exception, ConfigError)
    assert str(result.exception) == "--set rust: expected VARIABLE=VALUE, such as defocus_px=1.5"
