"""A whole training run of each family on a toy task: it exports a model, and both engines agree."""

import csv
import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from core.errors import ConfigError
from core.training.config import read_train_config
from tests.training.tiny import add_tiny_backbone

CONFIG = """
[model]
name = "toy"
number = 1
title = "Toy"
family = "{family}"
labels = {labels}
input_px = 64
backbone = "{backbone}"
{extra}
pretrained = ""
summary = "Tells red from blue."
limits = "A toy."
[data]
train = ["{folder}/{family}.csv"]
[fit]
epochs = 2
batch_size = 16
learning_rate = 2e-3
[augment]
rotation_deg = 5
colour = 0.0
sensor = 0.1
"""


@pytest.fixture(scope="module")
def toy_folder(tmp_path_factory) -> Path:
    """64 photos: a red or a blue square of known size and place."""
    add_tiny_backbone()
    folder = tmp_path_factory.mktemp("toy")
    rng = np.random.default_rng(0)
    rows: dict[str, list[list[object]]] = {"classification": [], "detection": [], "regression": []}
    for i in range(64):
        image = rng.integers(90, 160, (72, 64, 3)).astype(np.uint8)
        side, (x, y) = int(rng.integers(14, 26)), (int(v) for v in rng.integers(2, 36, 2))
        cv2.rectangle(image, (x, y), (x + side, y + side), [(0, 0, 255), (255, 0, 0)][i % 2], -1)
        name = f"{i}.png"
        cv2.imwrite(str(folder / name), image)
        label = ["red", "blue"][i % 2]
        rows["classification"].append([name, label])
        rows["detection"].append([name, label, x, y, x + side, y + side])
        rows["regression"].append([name, side / 26])
    heads = {
        "classification": ["path", "label"],
        "detection": ["path", "label", "x_min", "y_min", "x_max", "y_max"],
        "regression": ["path", "value"],
    }
    for family, lines in rows.items():
        with (folder / f"{family}.csv").open("w", newline="") as file:
            csv.writer(file).writerows([heads[family], *lines])
    return folder


def _config(tmp_path: Path, folder: Path, family: str, labels: list[str], extra: str = "") -> Path:
    path, backbone = tmp_path / f"{family}.toml", "tiny_steps" if family == "detection" else "tiny"
    values = {"family": family, "labels": json.dumps(labels), "backbone": backbone, "extra": extra}
    path.write_text(CONFIG.format(folder=folder.as_posix(), **values))
    return path


@pytest.mark.parametrize(
    ("family", "labels", "extra"),
    [
        ("classification", ["red", "blue"], ""),
        ("detection", ["red", "blue"], "train_px = 64\nlong_side_px = 128\ntile_overlap_px = 16"),
        ("regression", ["size"], "value_range = [0.0, 1.0]"),
    ],
)
def test_a_run_exports_a_model_whose_two_engines_agree(tmp_path, toy_folder, family, labels, extra):
    from ai_edge_litert.interpreter import Interpreter

    from core.networks.load import load
    from core.training.run import train

    events: list[dict[str, float]] = []
    config = _config(tmp_path, toy_folder, family, labels, extra)
    trained = train(config, events.append, models_dir=tmp_path / "models", runs_dir=tmp_path / "runs")
    assert [e["epoch"] for e in events] == [1, 2]
    assert all(np.isfinite(e["loss"]) for e in events)
    folder = trained.folder
    assert sorted(p.name for p in folder.path.iterdir()) == [
        "card.md",
        "config.json",
        "model.tflite",
        "weights.safetensors",
    ]
    interpreter = Interpreter(str(folder.path / "model.tflite"))
    interpreter.allocate_tensors()
    x = np.random.default_rng(0).uniform(-1, 1, (1, 64, 64, 3)).astype(np.float32)
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], x)
    interpreter.invoke()
    keras_outputs = load(folder)(x, training=False)
    for detail, name in zip(interpreter.get_output_details(), ("answer", "feature_map"), strict=True):
        expected = np.asarray(keras_outputs[name])
        scale = max(1.0, float(np.abs(expected).max()))
        # float16 weights, folded into batch normalisation by the converter only
        np.testing.assert_allclose(interpreter.get_tensor(detail["index"]), expected, atol=0.05 * scale)


def test_config_errors_name_file_section_and_key(tmp_path, toy_folder):
    path = _config(tmp_path, toy_folder, "classification", ["red", "blue"])
    path.write_text(path.read_text() + "\nlearning_rat = 1\n")
    with pytest.raises(ConfigError, match=r"classification.toml: \[augment\] unknown key 'learning_rat'"):
        read_train_config(path)
    with pytest.raises(ConfigError, match="expected a TOML file, found nothing"):
        read_train_config(tmp_path / "none.toml")


def test_values_are_measured_as_they_are_served_within_their_range(tmp_path, toy_folder):
    from core.training.run import train

    config = _config(tmp_path, toy_folder, "regression", ["size"], "value_range = [0.0, 1.0]")
    config.write_text(config.read_text().replace("learning_rate = 2e-3", "learning_rate = 2"))  # answers run wild
    trained = train(config, models_dir=tmp_path / "models", runs_dir=tmp_path / "runs")
    result = json.loads((trained.run_dir / "result.json").read_text())
    true, predicted = (np.array(result["scatter"][key]) for key in ("true", "predicted"))
    assert predicted.min() == 0 or predicted.max() == 1
    assert ((predicted >= 0) & (predicted <= 1)).all()
    assert result["measures"]["test"]["mae"] == pytest.approx(np.abs(true - predicted).mean())
