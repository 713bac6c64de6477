"""What happens around epochs: averaged weights while measuring, records, checkpoints, stopping."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras

from core.errors import ConfigError
from core.training.checkpoints import History, averages, save_best, save_state
from core.training.run_folder import write_lines
from core.training.sections import FitSection
from core.training.stopping import stop_if_asked

OnEvent = Callable[[dict[str, Any]], None]
"""Called after each epoch with ``{"epoch", "epochs", "loss", "val_loss", "elapsed_s", "learning_rate", …}``."""


class AveragedWeights(keras.callbacks.Callback):  # type: ignore[misc]
    """Measures with the running mean of the weights, and goes on with the weights themselves."""

    def on_test_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Put the mean in the weights' place."""
        self._exchange()

    def on_test_end(self, logs: dict[str, Any] | None = None) -> None:
        """And back."""
        self._exchange()

    def _exchange(self) -> None:
        # Through NumPy: exact on every backend, where Keras's own swap adds and subtracts on TensorFlow.
        for variable, mean in averages(self.model):
            kept = keras.ops.convert_to_numpy(variable).copy()
            variable.assign(keras.ops.convert_to_numpy(mean))
            mean.assign(kept)


class StopOnRequest(keras.callbacks.Callback):  # type: ignore[misc]
    """Leaves ``fit`` or ``predict`` between two steps once the process was asked to stop."""

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """See stop_if_asked."""
        stop_if_asked()

    def on_test_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """See stop_if_asked."""
        stop_if_asked()

    def on_predict_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """See stop_if_asked."""
        stop_if_asked()


class EpochEnd(keras.callbacks.Callback):  # type: ignore[misc]
    """Keeps the best weights, then the state, then the record of every epoch; stops when patience ends.

    In this order, a run killed between any two of them goes on as if nothing had happened: the state
    decides which epoch comes next, and an epoch that is done again gives the same best weights.
    """

    def __init__(
        self, network: keras.Model, fit: FitSection, run_dir: Path, history: History, on_event: OnEvent | None
    ) -> None:
        super().__init__()
        self._network, self._fit, self._run_dir = network, fit, run_dir
        self._history, self._on_event = history, on_event
        self._started_s = 0.0

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Start the clock."""
        self._started_s = time.monotonic()

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Keep and tell what the epoch brought.

        Raises:
            ConfigError: the loss is no longer a number.
            StoreError: the disk is full; what was kept before still is.
        """
        record = self._record(epoch, logs or {})
        lowest = min((r["val_loss"] for r in self._history), default=math.inf)
        self._history.append(record)
        if record["val_loss"] < lowest:
            save_best(self._run_dir, self.model, self._network)
        save_state(self._run_dir, self.model, self._history)
        write_lines(self._run_dir / "epochs.jsonl", self._history)
        if self._on_event:
            self._on_event(record)
        if is_over(self._history, self._fit):
            self.model.stop_training = True

    def _record(self, epoch: int, logs: dict[str, Any]) -> dict[str, Any]:
        values = {name: float(value) for name, value in logs.items()}
        # With further outputs, Keras's ``loss`` is the weighted sum. Runs are compared by the answer's own.
        for side in ("", "val_"):
            if f"{side}answer_own_loss" in values:
                values[f"{side}total_loss"] = values[f"{side}loss"]
                values[f"{side}loss"] = values.pop(f"{side}answer_own_loss")
                values.pop(f"{side}answer_loss", None)
        values = {name.replace("answer_", ""): value for name, value in values.items()}
        if not all(math.isfinite(values[name]) for name in ("loss", "val_loss")):
            raise ConfigError(
                f"[fit] epoch {epoch + 1}: expected a finite loss, got {values['loss']} (validation "
                f"{values['val_loss']}); try a lower learning_rate than {self._fit.learning_rate}"
            )
        return {
            "epoch": epoch + 1,
            "epochs": self._fit.epochs,
            **values,
            "elapsed_s": round(time.monotonic() - self._started_s, 3),
            "learning_rate": float(keras.ops.convert_to_numpy(self.model.optimizer.learning_rate)),
        }


def best_epoch(history: History) -> int:
    """The epoch, from 1, with the lowest validation loss; the first of several."""
    return int(min(history, key=lambda r: r["val_loss"])["epoch"])


def is_over(history: History, fit: FitSection) -> bool:
    """Whether all epochs are done, or ``patience`` epochs in a row brought nothing better."""
    if not history or len(history) >= fit.epochs:
        return bool(history)
    return bool(fit.patience) and len(history) - best_epoch(history) >= fit.patience
