"""Several labels at once, end to end: a toy run whose shipped model answers as the run measured."""

import csv
from pathlib import Path

import cv2
import numpy as np
import pytest

from core.errors import ConfigError
from core.training.config import read_train_config

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
pretrained = ""
summary = "Finds red and blue."
limits = "A toy."
{model}
[data]
train = ["{folder}/train.csv"]
test = ["{folder}/test.csv"]
validation_share = 0.25
[fit]
epochs = {epochs}
batch_size = 8
learning_rate = 3e-3
label_smoothing = 0.0
{fit}
[augment]
rotation_deg = 0
scale = 0.0
aspect = 0.0
colour = 0.0
sensor = 0.0
"""


def _photos(folder: Path, name: str, count: int, seed: int) -> None:
    """Noise with a red patch, a blue one, both or neither; a row for each colour, one without a label for neither."""
    rng = np.random.default_rng(seed)
    rows: list[list[str]] = []
    for i in range(count):
        image = rng.integers(100, 150, (32, 32, 3)).astype(np.uint8)
        path = f"{name}{i}.png"
        present = [label for k, label in enumerate(COLOURS) if i >> k & 1]
        for label in present:
            top = 0 if label == "red" else 16
            cv2.rectangle(image, (4, top), (28, top + 15), COLOURS[label], -1)
        cv2.imwrite(str(folder / path), image)
        rows += [[path, label] for label in present] or [[path, ""]]
    with (folder / f"{name}.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["path", "label"], *rows])


def _config(folder: Path, labels: str = '["red", "blue"]', model: str = "", fit: str = "", epochs: int = 40) -> Path:
    path = folder / "toy.toml"
    path.write_text(CONFIG.format(folder=folder.as_posix(), labels=labels, model=model, fit=fit, epochs=epochs))
    return path


@pytest.mark.slow
@pytest.mark.timeout(1200)  # 80 CPU-seconds, half of them for compiling the step: minutes on a busy machine
def test_a_run_finds_several_labels_and_litert_answers_as_it_measured(tmp_path):
    from core.services.evaluate import evaluate_model
    from core.training.run import train

    _photos(tmp_path, "train", 64, seed=0)
    _photos(tmp_path, "test", 32, seed=1)
    trained = train(_config(tmp_path), models_dir=tmp_path / "models", runs_dir=tmp_path / "runs")
    config = trained.folder.config
    assert config.multi_label
    assert config.calibration["temperature"] != 1.0
    assert set(config.thresholds) == {"red", "blue"}
    assert trained.measured["map"] > 0.9
    evaluation = evaluate_model(trained.folder, tmp_path / "test.csv")
    assert evaluation.count == 32
    for name in ("accuracy", "macro_f1", "map", "ece"):
        assert evaluation.metrics[name] == pytest.approx(trained.measured[name], abs=0.04)
    assert "mean average precision" in (trained.folder.path / "card.md").read_text()


@pytest.mark.parametrize(
    ("model", "fit", "message"),
    [
        ('reject_label = "NONE"', "", "multi_label: expected no reject_label"),
        ("", "field_shares = { red = 0.5, blue = 0.5 }", r"\[fit\] field_shares: expected none"),
    ],
)
def test_what_does_not_go_with_several_labels_is_said(tmp_path, model, fit, message):
    with pytest.raises(ConfigError, match=message):
        read_train_config(_config(tmp_path, model=model, fit=fit))
