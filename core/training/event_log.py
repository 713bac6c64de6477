"""Logs for TensorBoard, in its own format and without it: curves of training and validation, one point an epoch."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import keras

_FOLDER = "tensorboard"


class EventLog(keras.callbacks.Callback):  # type: ignore[misc]
    """Writes each number of an epoch under ``train`` or ``validation``; a resumed run replaces what it does again.

    At once and in this thread: tensorboardX's own SummaryWriter has a queue and a thread, which wait for
    each other for ever once the disk is full.
    """

    def __init__(self, run_dir: Path, first_epoch: int) -> None:
        super().__init__()
        self._folder, self._first_epoch = run_dir / _FOLDER, first_epoch
        self._writers: dict[str, Any] = {}

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Open the two files."""
        from tensorboardX.event_file_writer import EventsWriter
        from tensorboardX.proto.event_pb2 import Event, SessionLog

        with suppress(OSError):
            for part in ("train", "validation"):
                (self._folder / part).mkdir(parents=True, exist_ok=True)
                self._writers[part] = EventsWriter(str(self._folder / part / "events"))
                # Points that a killed run wrote from this step on are dropped by TensorBoard.
                start = SessionLog(status=SessionLog.START)
                self._write(part, Event(step=self._first_epoch + 1, session_log=start))

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Write the epoch's numbers; a full disk costs the log and not the training."""
        from tensorboardX.proto.event_pb2 import Event
        from tensorboardX.proto.summary_pb2 import Summary

        rate = float(keras.ops.convert_to_numpy(self.model.optimizer.learning_rate))
        numbers = {**(logs or {}), "learning_rate": rate}
        with suppress(OSError):
            for part, writer in self._writers.items():
                values = [
                    Summary.Value(tag=f"epoch_{name.removeprefix('val_')}", simple_value=float(value))
                    for name, value in numbers.items()
                    if name.startswith("val_") == (part == "validation")
                ]
                self._write(part, Event(step=epoch + 1, summary=Summary(value=values)))
                writer.flush()

    def close(self) -> None:
        """Close the files, however the fit ended."""
        with suppress(OSError):
            for writer in self._writers.values():
                writer.close()

    def _write(self, part: str, event: Any) -> None:
        event.wall_time = time.time()
        self._writers[part].write_event(event)
