"""Weights as safetensors: arrays only, so that opening a file can never run code."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

from core.errors import ModelError

if TYPE_CHECKING:
    import keras

RUNTIME_PREFIX = "runtime/"


def save_weights(model: keras.Model, path: Path, runtime_arrays: Mapping[str, NDArray[np.float32]]) -> None:
    """Write network weights as float16, and the runtime's small arrays as float32 under ``runtime/``.

    float16 halves the file; LiteRT's model is made from the same rounded weights, so both engines
    answer alike.
    """
    arrays = {v.path: np.ascontiguousarray(v.numpy().astype(np.float16)) for v in model.weights}
    arrays |= {RUNTIME_PREFIX + k: np.ascontiguousarray(v, dtype=np.float32) for k, v in runtime_arrays.items()}
    save_file(arrays, str(path))


def assign_weights(model: keras.Model, path: Path) -> None:
    """Set a network's weights from a file that ``save_weights`` wrote.

    Raises:
        ModelError: a weight is missing or has another shape.
    """
    arrays = load_file(str(path))
    for variable in model.weights:
        array = arrays.get(variable.path)
        if array is None or array.shape != tuple(variable.shape):
            found = "nothing" if array is None else f"shape {array.shape}"
            raise ModelError(f"{path}: {variable.path}: expected shape {tuple(variable.shape)}, found {found}")
        variable.assign(array.astype(np.float32))
