"""Where a run stands after a whole epoch, and its best weights, each in one file that is whole or absent.

Arrays only (safetensors), in the order in which the network lists them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from core.errors import StoreError
from core.whole_files import write_whole

STATE_FILE, BEST_FILE = "state.safetensors", "best.safetensors"

History = list[dict[str, Any]]
"""One record an epoch, as ``epochs.jsonl`` holds them."""


def save_state(run_dir: Path, learner: keras.Model, history: History) -> None:
    """Write everything that the next epoch depends on: weights, seeds of dropout, optimiser, epochs so far.

    Raises:
        StoreError: the disk is full; the state of the epoch before is kept.
    """
    _write(run_dir / STATE_FILE, [_array(v) for v in _variables(learner)], {"history": json.dumps(history)})


def restore_state(run_dir: Path, learner: keras.Model) -> History:
    """Set what ``save_state`` wrote; empty, and nothing set, where there is none.

    Raises:
        StoreError: the file belongs to another network, or is damaged.
    """
    path = run_dir / STATE_FILE
    if not path.is_file():
        return []
    arrays, notes = _read(path)
    _assign(path, _variables(learner), arrays)
    history: History = json.loads(notes["history"])
    return history


def save_best(run_dir: Path, learner: keras.Model, network: keras.Model) -> None:
    """Write the network's weights; with a running mean of the weights, that mean.

    Raises:
        StoreError: the disk is full; the best weights of before are kept.
    """
    means = {id(v): mean for v, mean in averages(learner)}
    _write(run_dir / BEST_FILE, [_array(means.get(id(v), v)) for v in network.weights], {})


def restore_best(run_dir: Path, network: keras.Model) -> None:
    """Set the best weights of a run, in a network of the same architecture at any input size.

    Raises:
        StoreError: there are none, or they belong to another network.
    """
    path = run_dir / BEST_FILE
    _assign(path, network.weights, _read(path)[0])


def averages(learner: keras.Model) -> list[tuple[Any, Any]]:
    """(weight, its running mean) of every weight that learns; empty where no mean is kept."""
    optimizer = learner.optimizer
    if not optimizer.use_ema:
        return []
    # Keras's own SwapEMAWeights reads these two; there is no public way.
    return list(zip(optimizer._trainable_variables, optimizer._model_variables_moving_average, strict=True))


def _variables(learner: keras.Model) -> list[Any]:
    learner.optimizer.build(learner.trainable_variables)
    own = learner.trainable_variables + learner.non_trainable_variables
    return [*own, *learner.optimizer.variables]


def _array(variable: Any) -> NDArray[Any]:
    return np.ascontiguousarray(keras.ops.convert_to_numpy(variable))


def _write(path: Path, arrays: Sequence[NDArray[Any]], notes: dict[str, str]) -> None:
    data = save({f"{i:05d}": array for i, array in enumerate(arrays)}, metadata=notes)
    write_whole(path, data)


def _read(path: Path) -> tuple[list[NDArray[Any]], dict[str, str]]:
    try:
        with safe_open(str(path), framework="numpy") as file:
            return [file.get_tensor(key) for key in sorted(file.keys())], dict(file.metadata() or {})
    except (OSError, SafetensorError) as error:
        raise StoreError(f"{path}: cannot be read ({error}); delete the run's folder to start it anew") from error


def _assign(path: Path, variables: Sequence[Any], arrays: Sequence[NDArray[Any]]) -> None:
    # np.ascontiguousarray makes a list of one of a single number, so that is how those are kept.
    wanted, found = [tuple(v.shape) or (1,) for v in variables], [a.shape for a in arrays]
    if wanted != found:
        raise StoreError(
            f"{path}: expected {len(wanted)} arrays of this network, received {len(found)} of another; "
            "delete the run's folder to start it anew"
        )
    for variable, array in zip(variables, arrays, strict=True):
        variable.assign(array.reshape(variable.shape))
