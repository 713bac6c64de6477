"""Several labels at once: what does not go with them is said, and a toy run learns, exports, is scored and serves."""

import csv
from pathlib import Path

import cv2
import numpy as np
import pytest

from core.errors import ConfigError
from core.services.context import open_context
from core.services.evaluate import evaluate_model
from core.services.inspect import inspect_photo
from core.store import Plugin
from core.training.config import read_train_config
from tests.services.toys import toy_settings
from tests.training.tiny import add_tiny_backbone

COLOURS = {"red": (0, 0, 255), "blue": (255, 0, 0)}  # BGR
CONFIG = """
[model]
name = "toy"
number = 1
title = "Toy"
family = "classification"
multi_label = true
labels = {labels}
input_px = 32
backbone = "tiny"
pretrained = ""
summary = "Finds red and blue."
limits = "A toy."
{model}
[data]
train = ["{folder}/train.csv"]
test = ["{folder}/test.csv"]
validation_share = 0.25
[fit]
epochs = 30
batch_size = 8
learning_rate = 2e-2
label_smoothing = 0.0
tensorboard = false
{fit}
[augment]
rotation_deg = 0
scale = 0.0
aspect = 0.0
colour = 0.0
sensor = 0.0
"""


def _config(folder: Path, labels: str = '["red", "blue"]', model: str = "", fit: str = "") -> Path:
    path = folder / "toy.toml"
    path.write_text(CONFIG.format(folder=folder.as_posix(), labels=labels, model=model, fit=fit))
    return path


def _photos(folder: Path, name: str, count: int, seed: int) -> dict[str, list[str]]:
    """Noise with a red patch, a blue one, both or neither; a row for each colour, one without a label for neither.

    Gives photo → its labels.
    """
    rng = np.random.default_rng(seed)
    truth: dict[str, list[str]] = {}
    for i in range(count):
        image = rng.integers(100, 150, (32, 32, 3)).astype(np.uint8)
        present = [label for k, label in enumerate(COLOURS) if i >> k & 1]
        for label in present:
            top = 0 if label == "red" else 16
            cv2.rectangle(image, (4, top), (28, top + 15), COLOURS[label], -1)
        cv2.imwrite(str(folder / f"{name}{i}.png"), image)
        truth[f"{name}{i}.png"] = present
    with (folder / f"{name}.csv").open("w", newline="") as file:
        rows = [[path, label] for path, present in truth.items() for label in present or [""]]
        csv.writer(file).writerows([["path", "label"], *rows])
    return truth


def test_a_run_learns_several_labels_and_the_shipped_model_finds_them_on_new_photos(tmp_path):
    from core.training.run import train

    add_tiny_backbone()
    _photos(tmp_path, "train", 64, seed=0)
    truth = _photos(tmp_path, "test", 32, seed=1)
    trained = train(_config(tmp_path), models_dir=tmp_path / "models", runs_dir=tmp_path / "runs")
    config = trained.folder.config
    assert config.multi_label
    assert set(config.thresholds) == {"red", "blue"}
    assert trained.measured["map"] > 0.95
    assert "mean average precision" in (trained.folder.path / "card.md").read_text()

    evaluation = evaluate_model(trained.folder, tmp_path / "test.csv")
    assert evaluation.count == 32
    for name in ("accuracy", "macro_f1", "map", "ece"):
        assert evaluation.metrics[name] == pytest.approx(trained.measured[name], abs=0.04)
    assert {label: scores["count"] for label, scores in evaluation.per_label.items()} == {"red": 16, "blue": 16}

    context = open_context(toy_settings(tmp_path / "home", tmp_path / "models"))
    context.store.save_plugin(Plugin("colours", "photo.added", 'tag = "colours"', "model:toy"))
    for name in ("test0.png", "test1.png", "test2.png", "test3.png"):
        sha256 = context.store.add_photo(tmp_path / name, name, tags=("colours",)).photo.sha256
        result = inspect_photo(context, sha256)
        assert {finding.label for finding in result.findings} == {"red", "blue"}
        assert set(context.store.metadata(sha256)["toy.labels"]) == set(truth[name])
    context.store.close()


@pytest.mark.parametrize(
    ("model", "fit", "message"),
    [
        ('reject_label = "NONE"', "", "multi_label: expected no reject_label"),
        ("", "field_shares = { red = 0.5, blue = 0.5 }", r"\[fit\] field_shares: expected none"),
    ],
)
def test_what_does_not_go_with_several_labels_is_said(tmp_path, model, fit, message):
    add_tiny_backbone()
    with pytest.raises(ConfigError, match=message):
        read_train_config(_config(tmp_path, model=model, fit=fit))
