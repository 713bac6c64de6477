"""Batches to ``fit`` without a pause: made ahead by threads, in a fixed order, over the ends of epochs."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event
from typing import Any

import keras

from core.training.batches import Batch, ExampleBatches

_AHEAD = 8


@contextmanager
def served(batches: ExampleBatches, first_epoch: int) -> Iterator[Iterator[Batch]]:
    """An endless row of batches, from the first of an epoch on; threads end with the context.

    OpenCV and NumPy let go of the interpreter while they work, so that threads are enough.
    """
    stop = Event()
    with ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="batches") as pool:
        try:
            yield _row(pool, batches, first_epoch, stop)
        finally:
            stop.set()
            pool.shutdown(cancel_futures=True)


def _row(pool: ThreadPoolExecutor, batches: ExampleBatches, first_epoch: int, stop: Event) -> Iterator[Batch]:
    waiting: deque[Future[Batch]] = deque()
    count = len(batches)
    number = first_epoch * count
    while not stop.is_set():
        try:
            while len(waiting) < _AHEAD:
                waiting.append(pool.submit(batches.batch, number % count, number // count))
                number += 1
            batch = waiting.popleft().result()
        except (CancelledError, RuntimeError):
            if stop.is_set():  # the context ended while Keras was still fetching ahead
                return
            raise
        yield batch


class HeldOut(keras.utils.PyDataset):  # type: ignore[misc]
    """Batches for validation: every photo once, in order, as served."""

    def __init__(self, batches: ExampleBatches) -> None:
        super().__init__(workers=2, max_queue_size=4)
        self._batches = batches

    def __len__(self) -> int:
        return len(self._batches)

    def __getitem__(self, index: int) -> Any:
        return self._batches.batch(index)
