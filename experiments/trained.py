"""A study's run that is a training as ``gridlens train`` does it: config in, curves and measures out."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.study import Context, Row
from experiments.toml_text import as_toml

if TYPE_CHECKING:
    from core.runtime.model_config import ModelFolder

Config = dict[str, dict[str, Any]]

BRAIN_FLOAT = ("resnet50", "resnet50_layers", "vgg16", "csrn")
"""Backbones that train faster on CPUs in ``mixed_bfloat16``; depthwise convolutions are slower in it."""

WITHOUT_NORMALISATION = ("vgg16", "csrn")
"""They diverge at the learning rate that suits networks with batch normalisation."""


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """A finished training.

    Attributes:
        result: what its ``result.json`` says.
        epochs: its ``epochs.jsonl``, one mapping an epoch.
        folder: the exported model; None where none was asked for.
    """

    result: Mapping[str, Any]
    epochs: list[Mapping[str, Any]]
    folder: ModelFolder | None

    def maes(self) -> Row:
        """Mean absolute errors of the kept weights: ``train_mae``, ``validation_mae``, ``test_mae``."""
        return {f"{part}_mae": round(float(scores["mae"]), 5) for part, scores in self.result["measures"].items()}

    def count(self, part: str) -> int:
        """Photos that were there to ``train``, for ``validation`` or to ``test``."""
        return int(self.result["counts"][part])

    def times(self) -> Row:
        """Epochs run, the best one, and hours of fitting to it and in all; restarts counted."""
        return {
            "epochs": int(self.result["epochs"]),
            "best_epoch": int(self.result["best_epoch"]),
            "hours_to_best": round(float(self.result["hours_to_best"]), 4),
            "fit_hours": round(float(self.result["hours"]), 4),
        }

    def epoch_rows(self, **common: str | int | float) -> list[Row]:
        """One row an epoch: losses, and seconds since the training began."""
        seconds = itertools.accumulate(float(e["elapsed_s"]) for e in self.epochs)
        return [
            {
                **common,
                "epoch": int(e["epoch"]),
                "loss": round(float(e["loss"]), 6),
                "val_loss": round(float(e["val_loss"]), 6),
                "elapsed_s": round(elapsed_s, 1),
            }
            for e, elapsed_s in zip(self.epochs, seconds, strict=True)
        ]


def train_config(config: Config, folder: Path, *, export: bool = False) -> Trained:
    """Write a config into a run's folder and train it there; a finished training is only read.

    Args:
        config: sections of a training config, see ``core.training.config``.
        folder: gets ``config.toml``, the training's run folder and, with ``export``, ``models/``.
        export: also make the model folder that ``gridlens evaluate`` takes.
    """
    import core.networks  # noqa: F401, I001  first: Dr.Jit has to be loaded before TensorFlow
    import keras

    from core.training.run import train

    path = folder / "config.toml"
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(as_toml(config))
    keras.utils.clear_session()  # a night of trainings in one process must not keep every network
    trained = train(path, models_dir=folder / "models", runs_dir=folder / "training", export=export)
    lines = (trained.run_dir / "epochs.jsonl").read_text().splitlines()
    result = json.loads((trained.run_dir / "result.json").read_text())
    return Trained(result, [json.loads(line) for line in lines], trained.folder)


def wear_config(
    name: str,
    context: Context,
    *,
    backbone: str = "mobilenet_v2",
    learn: str = "whole",
    epochs: int,
    seed: int = 1,
    train: Path,
    test: Path,
    **changes: Mapping[str, Any],
) -> Config:
    """A config that learns the worn fraction, alike in all but what a study varies.

    Args:
        name: of the model.
        context: sizes and weights.
        backbone, learn, epochs, seed: see ``core.training.config``.
        train, test: dataset CSVs.
        changes: section → keys to add or change.
    """
    weights = context.weights_of(backbone)
    base: Config = {
        "model": {
            "name": name,
            "number": 1,
            "title": "Shackle wear",
            "family": "regression",
            "labels": ["worn fraction"],
            "input_px": context.sizes.wear_px,
            "value_range": [0.0, 0.95],
            "backbone": backbone,
            "pretrained": str(weights) if weights and learn != "scratch" else "",
            "summary": "A run of the experiments.",
            "limits": "Not for use.",
        },
        "data": {"train": [str(train)], "test": [str(test)], "validation_share": 0.15},
        "fit": {
            "epochs": epochs,
            "batch_size": context.sizes.batch_size,
            "learning_rate": learning_rate(backbone, learn),
            "dropout": 0.0,
            "patience": context.sizes.patience,
            "learn": learn,
            "precision": "mixed_bfloat16" if backbone in BRAIN_FLOAT else "float32",
            "tensorboard": False,
            "seed": seed,
        },
        "augment": {
            "rotation_deg": 5.0,
            "scale": 0.08,
            "aspect": 0.0,
            "shift": 0.05,
            "colour": 0.4,
            "sensor": 0.1,
        },
    }
    return {section: {**values, **changes.get(section, {})} for section, values in base.items()}


def learning_rate(backbone: str, learn: str) -> float:
    """Peak of the schedule: a linear head bears most, networks without batch normalisation least."""
    if learn == "frozen":
        return 3e-3
    return 1e-4 if backbone in WITHOUT_NORMALISATION else 1e-3
