"""Toy models with answers that can be worked out by hand: a session that returns what it is given."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save_file

from core.runtime.model_config import InputConfig, ModelConfig, ModelFolder
from core.types import FloatImage


class ToySession:
    """Stands in for a LiteRT session; ``answer`` maps the network input to output 0."""

    def __init__(self, answer: Callable[[FloatImage], FloatImage], feature_map: FloatImage) -> None:
        self._answer = answer
        self._feature_map = feature_map
        self.inputs: list[FloatImage] = []
        self.output_shapes: tuple[tuple[int, ...], ...] = ()

    def run(self, input_nhwc: FloatImage) -> tuple[FloatImage, FloatImage]:
        self.inputs.append(input_nhwc.copy())
        return self._answer(input_nhwc), self._feature_map


def fixed_session(answer: Any, feature_map: Any) -> ToySession:
    answer = np.asarray(answer, np.float32)
    session = ToySession(lambda _: answer, np.asarray(feature_map, np.float32))
    session.output_shapes = (answer.shape, np.shape(feature_map))
    return session


def toy_folder(tmp_path: Path, arrays: dict[str, Any], **changes: Any) -> ModelFolder:
    """A model folder whose ``weights.safetensors`` holds just the runtime arrays."""
    save_file(
        {f"runtime/{k}": np.array(v, np.float32, order="C") for k, v in arrays.items()},
        tmp_path / "weights.safetensors",
    )
    values: dict[str, Any] = {
        "name": "toy",
        "number": 1,
        "title": "Toy",
        "family": "classification",
        "labels": ("TREE", "STEEL"),
        "input": InputConfig(2, 2, "stretch"),
        "feature_layer": "last",
        "architecture": {},
        "calibration": {},
        "conformal": {},
        "recognition": {},
        "thresholds": {},
        "training": {},
    }
    return ModelFolder(tmp_path, ModelConfig(**{**values, **changes}), "0123456789ab")
