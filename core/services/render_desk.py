"""Where previews are ordered: one warm render process, one picture at a time, and the newest wish counts."""

from __future__ import annotations

import atexit
import json
import logging
import os
import subprocess
import sys
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from core.config import REPOSITORY
from core.errors import ConfigError, RenderError
from core.services.piped_process import end_process
from core.services.render_process import Order
from core.types import BoolMask, UInt8Image

LOG = logging.getLogger("gridlens.render")
COMMAND = (sys.executable, "-m", "core.services.render_process")
PATIENCE_S = 180.0  # the very first picture on a machine compiles its kernels
KEPT_PICTURES = 48


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A rendered order.

    Attributes:
        order: what was asked for.
        image_hwc: uint8 RGB, shape (H, W, 3).
        masks: name → bool (H, W).
        truth: label, value, boxes and variables, from the scene itself.
        elapsed_s: time that the render took, seconds.
    """

    order: Order
    image_hwc: UInt8Image
    masks: Mapping[str, BoolMask]
    truth: Mapping[str, Any]
    elapsed_s: float


class _NoAnswerError(Exception):
    """The render process ended before its answer was whole."""


class RenderDesk:
    """Takes orders from any thread. The process starts with the first, and again where it has ended."""

    def __init__(self, command: Sequence[str] = COMMAND, patience_s: float = PATIENCE_S) -> None:
        """Starts nothing yet.

        Args:
            command: the render process; see ``core.services.render_process``.
            patience_s: longest wait for one picture.
        """
        self._command, self._patience_s = tuple(command), patience_s
        self._process: subprocess.Popen[bytes] | None = None
        self._changed = threading.Condition()
        self._waiting: OrderedDict[str, tuple[Order, Future[Picture]]] = OrderedDict()
        self._kept: OrderedDict[bytes, Picture] = OrderedDict()
        self._thread: threading.Thread | None = None
        self._is_open = True

    def ask(self, order: Order, owner: str) -> Future[Picture]:
        """Order a picture; an order of the same owner that still waits is cancelled.

        Args:
            order: what to render.
            owner: who asks, for example a browser session.

        Returns:
            The picture to come; its exception is a ConfigError or a RenderError.
        """
        future: Future[Picture] = Future()
        with self._changed:
            kept = self._kept.get(order.line())
            before = self._waiting.pop(owner, None)
            if before is not None:
                before[1].cancel()
            if kept is not None:
                future.set_result(kept)
                return future
            self._waiting[owner] = (order, future)
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name="render-desk", daemon=True)
                self._thread.start()
            self._changed.notify()
        return future

    def close(self) -> None:
        """End the process; orders that wait are cancelled."""
        with self._changed:
            self._is_open = False
            for _, future in self._waiting.values():
                future.cancel()
            self._waiting.clear()
            self._changed.notify()
        self._end_process()

    def _serve(self) -> None:
        while True:
            with self._changed:
                while not self._waiting and self._is_open:
                    self._changed.wait()
                if not self._is_open:
                    return
                _, (order, future) = self._waiting.popitem(last=False)
            if not future.set_running_or_notify_cancel():
                continue
            try:
                picture = self._rendered(order)
            except Exception as error:
                future.set_exception(error)
                continue
            with self._changed:
                self._kept[order.line()] = picture
                while len(self._kept) > KEPT_PICTURES:
                    self._kept.popitem(last=False)
            future.set_result(picture)

    def _rendered(self, order: Order) -> Picture:
        is_old = self._process is not None
        try:
            return self._exchange(order)
        except _NoAnswerError as error:
            self._end_process()
            if not is_old:
                raise RenderError(str(error)) from error
        # It may have ended while nobody needed it.
        try:
            return self._exchange(order)
        except _NoAnswerError as error:
            self._end_process()
            raise RenderError(str(error)) from error

    def _exchange(self, order: Order) -> Picture:
        """Send an order and read its answer; raises _NoAnswerError where the process ends meanwhile."""
        process = self._process = self._process or self._start()
        assert process.stdin is not None
        assert process.stdout is not None
        is_late = threading.Event()
        stop = threading.Timer(self._patience_s, _end_late, (process, is_late))
        stop.start()
        try:
            process.stdin.write(order.line())
            process.stdin.flush()
            line = process.stdout.readline()
            if not line.endswith(b"\n"):
                raise _NoAnswerError(self._why(process, is_late))
            header = json.loads(line)
            if "error" in header:
                raise (ConfigError if header["kind"] == "ConfigError" else RenderError)(header["error"])
            pixels = header["height_px"] * header["width_px"]
            data = process.stdout.read(pixels * (3 + len(header["masks"])))
            if len(data) < pixels * (3 + len(header["masks"])):
                raise _NoAnswerError(self._why(process, is_late))
        except (BrokenPipeError, ConnectionError) as error:
            raise _NoAnswerError(self._why(process, is_late)) from error
        finally:
            stop.cancel()
        return _picture(order, header, data)

    def _why(self, process: subprocess.Popen[bytes], is_late: threading.Event) -> str:
        if is_late.is_set():
            return f"expected a picture within {self._patience_s:.0f} s, received none; make it smaller or try again"
        try:
            status = process.wait(3.0)
        except subprocess.TimeoutExpired:
            return "the render process closed its output; the next picture starts it again"
        return f"the render process ended with status {status}; its log says why. The next picture starts it again"

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=REPOSITORY, env=dict(os.environ)
        )

    def _end_process(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            end_process(process, "render", LOG)


def _end_late(process: subprocess.Popen[bytes], is_late: threading.Event) -> None:
    is_late.set()
    process.kill()


@lru_cache(maxsize=1)
def render_desk() -> RenderDesk:
    """This process's one desk; it is closed when the process ends."""
    desk = RenderDesk()
    atexit.register(desk.close)
    return desk


def _picture(order: Order, header: Mapping[str, Any], data: bytes) -> Picture:
    shape = (header["height_px"], header["width_px"])
    pixels = shape[0] * shape[1]
    bytes_of = np.frombuffer(data, np.uint8)
    masks = {
        name: bytes_of[pixels * (3 + place) : pixels * (4 + place)].reshape(shape).astype(bool)
        for place, name in enumerate(header["masks"])
    }
    return Picture(order, bytes_of[: pixels * 3].reshape(*shape, 3), masks, header["truth"], header["elapsed_s"])
