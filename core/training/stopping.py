"""Ending cleanly when asked to: SIGTERM sets a flag, and work looks at it between two steps."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from core.errors import StoppedError

_asked = threading.Event()


@contextmanager
def stops_on_request() -> Iterator[None]:
    """Turn SIGTERM into a request to stop, in the main thread; elsewhere signals are left alone."""
    _asked.clear()
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def ask(number: int, frame: Any) -> None:
        _asked.set()

    before = signal.signal(signal.SIGTERM, ask)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def stop_if_asked() -> None:
    """Call this between two steps of long work.

    Raises:
        StoppedError: the process was asked to stop.
    """
    if _asked.is_set():
        raise StoppedError("training was stopped; start it again to go on after its last whole epoch")
