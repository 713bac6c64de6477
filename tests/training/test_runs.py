"""Whole runs on a tiny network: what they write, every way of learning, folds, search, averaging, stopping early."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file

from core.errors import ConfigError, StoppedError, StoreError
from tests.training.tiny import add_tiny_backbone, write_config, write_squares

SEARCH = 'trials = 3\n"fit.learning_rate" = [1e-6, 1e-1, "log"]\n"fit.optimizer" = ["adam", "sgd"]\n'


@pytest.fixture(scope="module")
def squares(tmp_path_factory) -> Path:
    add_tiny_backbone()
    return write_squares(tmp_path_factory.mktemp("squares"))


def _train(config: Path, on_event=None, export: bool = False):
    from core.training.run import train

    folder = config.parent
    return train(config, on_event, models_dir=folder / "models", runs_dir=folder / "runs", export=export)


def _lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text().splitlines()]


@dataclass(frozen=True)
class Told:
    """A finished run and the events that it told."""

    config: Path
    trained: Any
    events: list[dict]


def _told(config: Path) -> Told:
    events: list[dict] = []
    return Told(config, _train(config, events.append, export=True), events)


@pytest.fixture(scope="module")
def plain(tmp_path_factory, squares) -> Told:
    """A run with every setting left as it is, for all tests that look at one or compare with one."""
    return _told(write_config(tmp_path_factory.mktemp("plain") / "c.toml", squares))


@pytest.fixture(scope="module")
def searched(tmp_path_factory, squares) -> Told:
    """A search that nothing broke off."""
    return _told(write_config(tmp_path_factory.mktemp("searched") / "c.toml", squares, search=SEARCH))


def test_a_run_writes_down_what_it_does_and_returns_at_once_the_second_time(plain):
    config, trained, events = plain.config, plain.trained, plain.events
    state = json.loads((trained.run_dir / "run.json").read_text())
    assert state["status"] == "done"
    assert state["model_dir"] == str(config.parent / "models" / "toy-v1")
    assert state["started_at"] <= state["ended_at"]
    assert (trained.run_dir / "config.toml").read_bytes() == config.read_bytes()
    records = _lines(trained.run_dir / "epochs.jsonl")
    assert records == events
    assert [(r["epoch"], r["epochs"]) for r in records] == [(1, 3), (2, 3), (3, 3)]
    assert all(r["elapsed_s"] > 0 and r["learning_rate"] > 0 for r in records)
    result = json.loads((trained.run_dir / "result.json").read_text())
    assert sorted(result["measures"]) == ["test", "train", "validation"]
    assert sum(result["counts"].values()) == 40
    best = min(records, key=lambda r: r["val_loss"])
    assert result["best_epoch"] == best["epoch"]
    # Measured anew with the kept weights, rounded to float16, the validation error is that of the best epoch.
    assert result["measures"]["validation"]["mae"] == pytest.approx(best["val_mae"], abs=2e-3)
    assert len(result["scatter"]["true"]) == result["counts"]["test"]
    again: list[dict] = []
    second = _train(config, again.append, export=True)
    assert again == []
    assert second.folder.version == trained.folder.version


def test_tensorboard_can_read_the_log(plain):
    from tensorflow.compat.v1.train import summary_iterator

    run_dir = plain.trained.run_dir
    records = _lines(run_dir / "epochs.jsonl")
    for part, key in (("train", "loss"), ("validation", "val_loss")):
        (path,) = (run_dir / "tensorboard" / part).iterdir()
        found = [
            (event.step, value.simple_value)
            for event in summary_iterator(str(path))
            for value in event.summary.value
            if value.tag == "epoch_loss"
        ]
        assert [step for step, _ in found] == [1, 2, 3]
        np.testing.assert_allclose([v for _, v in found], [r[key] for r in records], rtol=1e-6)


@pytest.mark.parametrize("optimizer", ["adam", "adadelta", "rmsprop", "sgd"])
def test_every_optimiser_moves_the_weights(tmp_path, squares, optimizer):
    from core.training.batches import ExampleBatches
    from core.training.config import read_train_config
    from core.training.learner import make_learner
    from core.training.parts import read_parts

    path = write_config(tmp_path / "c.toml", squares, fit=f'optimizer = "{optimizer}"\nloss = "huber"\n')
    config = read_train_config(path)
    examples = read_parts(config).train
    model = make_learner(config, examples, steps_per_epoch=2).model
    batches = ExampleBatches(examples, config.model, batch_size=8)
    kernels = [v for v in model.trainable_variables if v.path.endswith("kernel")]
    before = [np.array(v) for v in kernels]
    losses = [model.train_on_batch(*batches.batch(i), return_dict=True)["loss"] for i in (0, 1)]
    assert np.isfinite(losses).all()
    assert len(kernels) == 2
    for old, new in zip(before, kernels, strict=True):
        assert np.abs(old - np.array(new)).max() > 0, new.path


def test_besides_the_answer_a_network_learns_variables_and_where_to_look(tmp_path, squares):
    config = write_config(
        tmp_path / "c.toml", squares,
        model='head = "attended"\n',
        data='also_learn = ["x_px", "y_px"]\nmasks = "object"\n',
        fit="average = 0.5\nmask_weight = 3.0\n",
    )  # fmt: skip
    trained = _train(config, export=True)
    records = _lines(trained.run_dir / "epochs.jsonl")
    for r in records:
        expected = r["loss"] + 0.3 * r["also_loss"] + 3.0 * r["attention_loss"]
        assert r["total_loss"] == pytest.approx(expected, rel=5e-3)  # Keras means by batch, and one is smaller
    assert records[-1]["val_attention_loss"] < records[0]["val_attention_loss"]
    assert not any("also" in name for name in load_file(str(trained.folder.path / "weights.safetensors")))


def test_averaged_weights_are_the_ones_that_are_measured_and_kept(tmp_path, squares, plain):
    config = write_config(tmp_path / "c.toml", squares, fit="average = 0.9\n")
    trained = _train(config)
    best = min(_lines(trained.run_dir / "epochs.jsonl"), key=lambda r: r["val_loss"])
    result = json.loads((trained.run_dir / "result.json").read_text())
    assert result["measures"]["validation"]["mae"] == pytest.approx(best["val_mae"], abs=2e-3)
    kept, other = (load_file(str(d / "best.safetensors")) for d in (trained.run_dir, plain.trained.run_dir))
    assert max(np.abs(kept[k] - other[k]).max() for k in kept) > 1e-3


def test_a_frozen_trunk_stays_as_it_was_and_a_shipped_model_is_the_start(tmp_path, plain, monkeypatch):
    monkeypatch.setenv("GRIDLENS_MODELS", str(plain.trained.folder.path.parent))
    text = plain.config.read_text().replace('pretrained = ""', 'pretrained = "model:toy-v1"')
    frozen = tmp_path / "f.toml"
    frozen.write_text(text.replace("number = 1", "number = 2").replace("epochs = 3", 'epochs = 2\nlearn = "frozen"'))
    second = _train(frozen, export=True)
    before, after = (load_file(str(t.folder.path / "weights.safetensors")) for t in (plain.trained, second))
    for name in before:
        if name.startswith("tiny_"):
            np.testing.assert_array_equal(before[name], after[name])
    assert np.abs(before["head/kernel"] - after["head/kernel"]).max() > 0


def test_patience_ends_a_run_early(tmp_path, squares):
    config = write_config(tmp_path / "c.toml", squares, fit="patience = 2\n")
    config.write_text(config.read_text().replace("epochs = 3", "epochs = 60").replace("1e-2", "1e-9"))
    records = _lines(_train(config).run_dir / "epochs.jsonl")
    best = min(records, key=lambda r: r["val_loss"])["epoch"]
    assert len(records) == best + 2 < 60


@pytest.mark.parametrize("balance", ["class_weights", "sampling"])
def test_classes_can_be_balanced_and_fitted_in_bfloat16(tmp_path, squares, balance):
    config = write_config(
        tmp_path / "c.toml", squares, family="classification",
        data=f'balance = "{balance}"\nshare = 0.5\n', fit='precision = "mixed_bfloat16"\n',
    )  # fmt: skip
    trained = _train(config)
    result = json.loads((trained.run_dir / "result.json").read_text())
    assert result["counts"] == {"train": 12, "validation": 8, "test": 8}
    assert np.sum(result["confusion"]["counts"]) == 8
    assert np.sum(result["confusion"]["counts"], axis=1).tolist() == [4, 4]


def test_folds_are_measured_each_and_together(tmp_path, squares):
    config = write_config(tmp_path / "c.toml", squares, family="classification", data="folds = 2\n")
    events: list[dict] = []
    trained = _train(config, events.append, export=True)
    assert trained.folder is None
    result = json.loads((trained.run_dir / "result.json").read_text())
    accuracies = [fold["measures"]["accuracy"] for fold in result["folds"]]
    assert sum(fold["counts"]["test"] for fold in result["folds"]) == 40
    assert result["measures"]["test"]["accuracy"] == pytest.approx(np.mean(accuracies))
    assert result["deviation"]["accuracy"] == pytest.approx(np.std(accuracies, ddof=1))
    assert [e["epoch"] for e in events] == list(range(1, 7))
    assert [e["fold"] for e in events] == [1, 1, 1, 2, 2, 2]
    assert _lines(trained.run_dir / "epochs.jsonl") == events
    assert _train(config, export=True).measured == trained.measured


def test_a_search_tries_keeps_and_exports_the_best(searched):
    trained = searched.trained
    trials = _lines(trained.run_dir / "trials.jsonl")
    assert [t["trial"] for t in trials] == [1, 2, 3]
    assert all(1e-6 <= t["settings"]["fit.learning_rate"] <= 1e-1 for t in trials)
    best = min(trials, key=lambda t: t["score"])
    result = json.loads((trained.run_dir / "result.json").read_text())
    assert result["search"]["best_trial"] == best["trial"]
    assert result["measures"]["validation"]["mae"] == pytest.approx(best["score"], abs=1e-6)
    assert trained.folder.config.training["fit"]["learning_rate"] == best["settings"]["fit.learning_rate"]


def test_a_search_that_was_broken_off_goes_on_with_the_trial_it_was_in(tmp_path, squares, searched):
    config = write_config(tmp_path / "c.toml", squares, search=SEARCH)

    def break_off(event: dict) -> None:
        if (event["trial"], event["epoch"]) == (2, 5):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        _train(config, break_off)
    broken = _train(config).run_dir
    for run_dir in (broken, searched.trained.run_dir):
        assert [r["trial"] for r in _lines(run_dir / "epochs.jsonl")] == [1, 1, 1, 2, 2, 2, 3, 3, 3]
    found = [_lines(run_dir / "trials.jsonl") for run_dir in (broken, searched.trained.run_dir)]
    for one, other in zip(*found, strict=True):
        assert one["settings"] == other["settings"]
        assert one["score"] == pytest.approx(other["score"], abs=1e-6)


def test_a_search_whose_trials_all_fail_says_why(tmp_path, squares):
    config = write_config(
        tmp_path / "c.toml", squares, search='trials = 2\n"fit.learn_from" = ["no_such", "neither"]\n'
    )
    with pytest.raises(ConfigError, match=r"every trial failed; the last: .*learn_from"):
        _train(config)


def test_a_request_to_stop_leaves_a_run_that_goes_on(tmp_path, squares):
    import os
    import signal

    config = write_config(tmp_path / "c.toml", squares)
    events: list[dict] = []

    def ask(event: dict) -> None:
        events.append(event)
        if event["epoch"] == 2:
            os.kill(os.getpid(), signal.SIGTERM)

    with pytest.raises(StoppedError, match="go on after its last whole epoch"):
        _train(config, ask)
    (run_dir,) = (tmp_path / "runs").iterdir()
    assert json.loads((run_dir / "run.json").read_text())["status"] == "stopped"
    more: list[dict] = []
    _train(config, more.append)
    assert [e["epoch"] for e in events + more] == [1, 2, 3]
    assert json.loads((run_dir / "run.json").read_text())["status"] == "done"


def test_a_full_disk_keeps_what_was_finished(tmp_path, squares, plain):
    import resource

    config = write_config(tmp_path / "c.toml", squares)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)

    def fill(event: dict) -> None:
        if event["epoch"] == 1:  # from now on no file may grow beyond 2 kB; the state takes about 8
            resource.setrlimit(resource.RLIMIT_FSIZE, (2000, limits[1]))

    try:
        with pytest.raises(StoreError, match=r"cannot be written \(File too large\); make room"):
            _train(config, fill)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    (run_dir,) = (tmp_path / "runs").iterdir()
    state = json.loads((run_dir / "run.json").read_text())
    assert (state["status"], "make room" in state["error"]) == ("failed", True)
    assert not list(run_dir.glob("*.part"))
    assert [r["epoch"] for r in _lines(run_dir / "epochs.jsonl")] == [1]
    events: list[dict] = []
    resumed = _train(config, events.append)
    assert [e["epoch"] for e in events] == [2, 3]
    one, other = (load_file(str(t.run_dir / "best.safetensors")) for t in (resumed, plain.trained))
    for name in one:
        np.testing.assert_allclose(one[name], other[name], atol=1e-6)
