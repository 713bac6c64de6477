"""Several labels at once: what does not go with them is said before anything is trained."""

from pathlib import Path

import pytest

from core.errors import ConfigError
from core.training.config import read_train_config

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


def _config(folder: Path, labels: str = '["red", "blue"]', model: str = "", fit: str = "", epochs: int = 40) -> Path:
    path = folder / "toy.toml"
    path.write_text(CONFIG.format(folder=folder.as_posix(), labels=labels, model=model, fit=fit, epochs=epochs))
    return path


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
