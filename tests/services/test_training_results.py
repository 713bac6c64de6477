"""What runs measured, and taking a model into use."""

import json
import shutil
from pathlib import Path

import pytest

from core.config import REPOSITORY
from core.errors import ConfigError
from core.runtime.model_config import find_models
from core.services.training_results import is_in_use, run_result, run_trials, take_into_use
from core.services.training_runs import read_run
from tests.services.toys import toy_settings
from tests.services.training_toys import write_run

RESULT = {
    "measures": {
        "train": {"accuracy": 0.9, "count": 20},
        "test": {"accuracy": 0.5, "count": 4, "per_label": {"red": {"f1": 0.4, "count": 2}}},
    },
    "counts": {"train": 20, "validation": 4, "test": 4},
    "epochs": 3,
    "best_epoch": 2,
    "hours": 0.5,
    "confusion": {"labels": ["red", "blue"], "counts": [[1, 1], [0, 2]]},
}


def result_of(tmp_path: Path, result: dict | None):
    folder = write_run(tmp_path, result=result)
    return run_result(read_run(tmp_path, folder.name))


def test_measures_by_part_and_label(tmp_path: Path) -> None:
    found = result_of(tmp_path, RESULT)
    assert found.measures == {"train": {"accuracy": 0.9, "count": 20}, "test": {"accuracy": 0.5, "count": 4}}
    assert found.per_label == {"red": {"f1": 0.4, "count": 2}}
    assert found.counts == {"train": 20, "validation": 4, "test": 4}
    assert (found.facts["best_epoch"], found.facts["hours"]) == (2, 0.5)
    assert found.confusion is not None
    assert found.confusion.counts == ((1, 1), (0, 2))
    assert found.pairs is None


def test_a_regression_has_pairs_with_their_interval(tmp_path: Path) -> None:
    scatter = {"true": [0.1, 0.2], "predicted": [0.15, 0.1], "half_width": 0.05}
    pairs = result_of(tmp_path, {"measures": {"test": {"mae": 0.075}}, "scatter": scatter}).pairs
    assert pairs is not None
    assert (pairs.true, pairs.predicted, pairs.half_width) == ((0.1, 0.2), (0.15, 0.1), 0.05)


def test_nothing_measured_is_nothing_and_older_runs_have_their_test_measures(tmp_path: Path) -> None:
    empty = result_of(tmp_path, None)
    assert (dict(empty.measures), list(empty.folds)) == ({}, [])
    folder = write_run(tmp_path, "old")
    (folder / "measured.json").write_text(json.dumps({"mae": 0.1, "per_label": {}}))
    assert run_result(read_run(tmp_path, "old")).measures == {"test": {"mae": 0.1}}


def test_folds_with_their_mean_and_deviation_as_training_sums_them_up(tmp_path: Path) -> None:
    from core.training.folds import fold_summary

    folds = [
        {
            "measures": {"test": {"mae": mae, "count": 5}},
            "counts": {"test": 5},
            "epochs": 2,
            "hours": 0.1,
            "best_epoch": 1,
        }
        for mae in (0.1, 0.2, 0.3)
    ]
    found = result_of(tmp_path, fold_summary(folds))
    assert [fold["mae"] for fold in found.folds] == [0.1, 0.2, 0.3]
    assert found.spread == {"mae": (pytest.approx(0.2), pytest.approx(0.1))}
    assert found.counts == {"test": 15}


def test_trials_tell_settings_score_or_why_they_failed(tmp_path: Path) -> None:
    folder = write_run(tmp_path, result={"measures": {"test": {"mae": 0.1}}, "search": {"measure": "mae"}})
    (folder / "trials.jsonl").write_text(
        '{"trial": 1, "score": 0.3, "settings": {"fit.dropout": 0.1}, "status": "complete", "error": null}\n'
        '{"trial": 2, "score": null, "settings": {"fit.dropout": 0.9}, "status": "fail", "error": "infinite"}\n'
        '{"trial": 3, "sco'
    )
    run = read_run(tmp_path, folder.name)
    good, bad = run_trials(run)
    assert (good.number, good.score, good.parameters, good.error) == (1, 0.3, {"fit.dropout": 0.1}, "")
    assert (bad.score, bad.error) == (None, "infinite")
    assert run_result(run).search_measure == "mae"


@pytest.fixture
def trained(tmp_path: Path):
    """A run that made a model: a shipped one in its place."""
    model = tmp_path / "runs" / "toy" / "model" / "polecat-v2"
    shutil.copytree(REPOSITORY / "models" / "polecat-v2", model)
    write_run(tmp_path / "runs", "toy", model_dir=str(model))
    return toy_settings(tmp_path, tmp_path / "models"), read_run(tmp_path / "runs", "toy")


def test_a_model_is_taken_into_use_whole_and_once(trained) -> None:
    settings, run = trained
    assert not is_in_use(settings, run)
    target = take_into_use(settings, run)
    assert is_in_use(settings, run)
    assert take_into_use(settings, run) == target == settings.models_dir / "polecat-v2"
    assert find_models(settings.models_dir)["polecat"].path == target
    assert [path.name for path in settings.models_dir.iterdir()] == ["polecat-v2"]


def test_another_model_of_that_name_is_never_replaced(trained) -> None:
    settings, run = trained
    target = take_into_use(settings, run)
    text = (target / "config.json").read_text()
    (target / "config.json").write_text(text.replace("Pole type", "Pole kind"))
    with pytest.raises(ConfigError, match="another model has this name and number"):
        take_into_use(settings, run)
    assert "Pole kind" in (target / "config.json").read_text()


def test_a_run_without_a_model_says_so(tmp_path: Path) -> None:
    folder = write_run(tmp_path)
    with pytest.raises(ConfigError, match="expected a model folder, this run made none"):
        take_into_use(toy_settings(tmp_path), read_run(tmp_path, folder.name))
