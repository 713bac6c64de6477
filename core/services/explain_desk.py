"""Where explanations are ordered: one warm process, one order at a time, in the order in which they came."""

from __future__ import annotations

import atexit
import logging
import os
import pickle
import subprocess
import sys
import threading
from collections import Counter, OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import lru_cache
from typing import Any

from core.config import REPOSITORY
from core.errors import GridlensError, ModelError
from core.services.piped_process import end_process

LOG = logging.getLogger("gridlens.explain")
COMMAND = (sys.executable, "-m", "core.services.explain_process")
PATIENCE_S = 300.0
IDLE_S = 900.0  # after which the process and its memory are given back
KEPT_BYTES = 150_000_000
MOST_WAITING = 40


class ExplainProcess:
    """The child process as a function: an order in, an answer out."""

    def __init__(self, command: Sequence[str] = COMMAND, patience_s: float = PATIENCE_S) -> None:
        """Starts nothing yet.

        Args:
            command: see ``core.services.explain_process``.
            patience_s: longest wait for one order.
        """
        self._command, self._patience_s = tuple(command), patience_s
        self._process: subprocess.Popen[bytes] | None = None

    def __call__(self, order: Any) -> tuple[str, Any]:
        """The answer to an order; a process that has ended is started again for the next one."""
        process = self._process = self._process or self._start()
        assert process.stdin is not None
        assert process.stdout is not None
        stop = threading.Timer(self._patience_s, process.kill)
        stop.start()
        try:
            pickle.dump(order, process.stdin, protocol=pickle.HIGHEST_PROTOCOL)
            process.stdin.flush()
            answer: tuple[str, Any] = pickle.load(process.stdout)
        except (EOFError, OSError, ValueError, pickle.UnpicklingError):  # ValueError: closed meanwhile
            self.end()
            return "fault", f"the explain process ended (or took over {self._patience_s:.0f} s); the next try starts it"
        finally:
            stop.cancel()
        return answer

    def end(self) -> None:
        """End the process; its memory is free again."""
        process, self._process = self._process, None
        if process is not None:
            end_process(process, "explain", LOG)

    def _start(self) -> subprocess.Popen[bytes]:
        environment = {"TF_CPP_MIN_LOG_LEVEL": "3", **os.environ}
        return subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=REPOSITORY, env=environment
        )


class ExplainDesk:
    """Takes orders from any thread; equal orders are worked once, and results are kept for a while.

    Results are read by everyone who asked: do not write into their arrays.
    """

    def __init__(
        self,
        work: Callable[[Any], tuple[str, Any]] | None = None,
        end: Callable[[], None] | None = None,
        idle_s: float = IDLE_S,
    ) -> None:
        """Starts nothing yet.

        Args:
            work: order → answer, see ``core.services.explain_process.worked``; by default a process.
            end: gives back what ``work`` holds.
            idle_s: when to call it after the last order.
        """
        process = ExplainProcess()
        self._work, self._end = work or process, end or (process.end if work is None else lambda: None)
        self._idle_s = idle_s
        self._changed = threading.Condition()
        self._waiting: OrderedDict[Any, Future[Any]] = OrderedDict()
        self._running: tuple[Any, Future[Any]] | None = None
        self._kept: OrderedDict[Any, tuple[int, Any]] = OrderedDict()
        self._askers: Counter[Any] = Counter()
        self._thread: threading.Thread | None = None
        self._is_open = True

    def ask(self, order: Any) -> Future[Any]:
        """Order something; an equal order that is under way is joined.

        Args:
            order: one of ``core.services.explain_orders`` or ``feature_orders``; hashable.

        Returns:
            The result to come; its exception is a GridlensError.
        """
        with self._changed:
            known = self._known(order)
            if known is not None:
                self._askers[order] += order in self._waiting
                return known
            future: Future[Any] = Future()
            if len(self._waiting) >= MOST_WAITING:
                future.set_exception(
                    GridlensError(f"{MOST_WAITING} explanations are waiting already; try again in a minute")
                )
                return future
            self._waiting[order], self._askers[order] = future, 1
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name="explain-desk", daemon=True)
                self._thread.start()
            self._changed.notify_all()
        return future

    def before(self, future: Future[Any]) -> int:
        """How many orders come before this one, the one that is being worked included."""
        with self._changed:
            waiting = list(self._waiting.values())
            return waiting.index(future) + (self._running is not None) if future in waiting else 0

    def withdraw(self, order: Any) -> None:
        """Take an order back that one asker no longer needs; it is dropped when no other waits and it has not begun."""
        with self._changed:
            if order not in self._waiting:
                return
            self._askers[order] -= 1
            if self._askers[order] <= 0:
                self._waiting.pop(order).cancel()
                del self._askers[order]

    def close(self) -> None:
        """End the process; orders that wait are cancelled."""
        with self._changed:
            self._is_open = False
            for future in self._waiting.values():
                future.cancel()
            self._waiting.clear()
            self._changed.notify_all()
        self._end()

    def _known(self, order: Any) -> Future[Any] | None:
        if order in self._kept:
            self._kept.move_to_end(order)
            future: Future[Any] = Future()
            future.set_result(self._kept[order][1])
            return future
        if self._running is not None and self._running[0] == order:
            return self._running[1]
        return self._waiting.get(order)

    def _keep(self, order: Any, answer: Any) -> None:
        self._kept[order] = (len(pickle.dumps(answer, protocol=pickle.HIGHEST_PROTOCOL)), answer)
        while len(self._kept) > 1 and sum(size for size, _ in self._kept.values()) > KEPT_BYTES:
            self._kept.popitem(last=False)

    def _serve(self) -> None:
        while True:
            with self._changed:
                while not self._waiting and self._is_open:
                    if not self._changed.wait(self._idle_s) and not self._waiting:
                        self._end()
                if not self._is_open:
                    return
                order, future = self._waiting.popitem(last=False)
                del self._askers[order]
                if not future.set_running_or_notify_cancel():
                    continue
                self._running = (order, future)
            kind, answer = self._work(order)
            with self._changed:
                self._running = None
                if kind == "result":
                    self._keep(order, answer)
            if kind == "result":
                future.set_result(answer)
            else:
                future.set_exception(answer if isinstance(answer, GridlensError) else ModelError(str(answer)))


@lru_cache(maxsize=1)
def explain_desk() -> ExplainDesk:
    """This process's one desk; it is closed when the process ends."""
    desk = ExplainDesk()
    atexit.register(desk.close)
    return desk
