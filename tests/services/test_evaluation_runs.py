"""Evaluations in a process of their own: begun, watched, stopped, and kept as answers."""

import time
from pathlib import Path

import pytest

from core.config import REPOSITORY, Settings
from core.errors import ConfigError, NotFoundError
from core.runtime.model_config import find_model
from core.services.evaluation_runs import (
    EvaluationOrder,
    EvaluationRun,
    begin_evaluation,
    evaluation_run,
    list_evaluations,
    remove_evaluation,
    resume_evaluation,
    stop_evaluation,
    suggested_name,
)
from core.services.measured_values import measure_values
from core.services.saved_answers import find_answers
from tests.services.toys import toy_settings

JOINTS = [(REPOSITORY / "sample_data" / "shackles" / f"joint_00{k}.jpg", 0.4 + 0.01 * k) for k in (1, 2, 3)]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return toy_settings(tmp_path / "home")


@pytest.fixture
def joints(tmp_path: Path) -> Path:
    path = tmp_path / "joints.csv"
    path.write_text("path,value\n" + "".join(f"{photo},{value}\n" for photo, value in JOINTS))
    return path


def ended(settings: Settings, name: str) -> EvaluationRun:
    end_s = time.monotonic() + 120
    while (run := evaluation_run(settings, name)).state.state == "running":
        assert time.monotonic() < end_s
        time.sleep(0.1)
    return run


def test_answers_appear_under_the_name_when_it_is_done(settings: Settings, joints: Path) -> None:
    name = suggested_name(settings, find_model(settings.models_dir, "shackle"), joints)
    assert name == "shackle-v2_joints"
    run = begin_evaluation(settings, name, EvaluationOrder("shackle", str(joints)))
    assert run.order.model == "shackle-v2"  # stays what it was when another version is installed meanwhile
    with pytest.raises(ConfigError, match="is there already"):
        begin_evaluation(settings, name, EvaluationOrder("shackle", str(joints)))
    assert suggested_name(settings, find_model(settings.models_dir, "shackle"), joints) == f"{name}_2"
    samples = REPOSITORY / "sample_data" / "shackles.csv"
    assert suggested_name(settings, find_model(settings.models_dir, "shackle"), samples) == "shackle-v2_shackles_2"
    assert ended(settings, name).state.state == "done", run.state.error
    measured = measure_values(find_answers(settings, name))
    assert measured.truth.tolist() == [value for _, value in JOINTS]
    assert resume_evaluation(settings, name).state.state == "done"  # what is done is not done again
    assert [one.name for one in list_evaluations(settings)] == [name]
    remove_evaluation(settings, name)
    assert not list_evaluations(settings)
    assert find_answers(settings, name).photo_count == 3


def test_a_stopped_one_begins_again(settings: Settings, joints: Path) -> None:
    begin_evaluation(settings, "joints", EvaluationOrder("shackle", str(joints)))
    if stop_evaluation(settings, "joints").state.state == "stopped":  # a fast machine may be done already
        assert resume_evaluation(settings, "joints").state.state == "running"
    assert ended(settings, "joints").state.state == "done"


def test_what_cannot_be_measured_is_refused_before_it_begins(settings: Settings, joints: Path, tmp_path: Path) -> None:
    order = EvaluationOrder("shackle", str(joints))
    with pytest.raises(ConfigError, match="expected a name of letters"):
        begin_evaluation(settings, "../x", order)
    with pytest.raises(NotFoundError, match="nonesuch"):
        begin_evaluation(settings, "x", EvaluationOrder("nonesuch", str(joints)))
    with pytest.raises(ConfigError, match=r"joints\.csv"):
        begin_evaluation(settings, "x", EvaluationOrder("topcap", str(joints)))
    with pytest.raises(ConfigError, match=r"none\.csv"):
        begin_evaluation(settings, "x", EvaluationOrder("shackle", str(tmp_path / "none.csv")))
    with pytest.raises(NotFoundError, match="expected one that was begun"):
        evaluation_run(settings, "x")
    assert not list_evaluations(settings)
