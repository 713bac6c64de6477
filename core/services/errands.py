"""Long work in a process of its own that outlives page and server: begun, watched, stopped and taken up again.

An errand is a folder: its order, what it has come to so far, and its result. See ``core.services.detached`` for how its
process is known.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal, TypeVar

from core.config import Settings, read_settings
from core.errors import GridlensError, NotFoundError, StoreError
from core.services.detached import detached_pid, start_detached
from core.services.worker import settings_environment
from core.whole_files import write_whole

State = Literal["running", "done", "failed", "stopped"]
ORDER_FILE, RESULT_FILE = "order.json", "result.json"
_PROGRESS_FILE, _LOCK_FILE, _LOG_FILE = "progress.json", "process.lock", "process.log"
_ERROR_MARK = "gridlens: "
_PATIENCE_S = 20.0
_EVERY_S = 0.5

OnStep = Callable[[str, int, int], None]
Run = TypeVar("Run")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an errand is.

    Attributes:
        words: what is being done.
        done, total: of that.
        began_at: when that began, seconds since 1970.
    """

    words: str
    done: int
    total: int
    began_at: float

    @property
    def left_s(self) -> float | None:
        """Time left of that, in seconds; None while nothing is known."""
        if not self.done:
            return None
        return (time.time() - self.began_at) / self.done * (self.total - self.done)


@dataclass(frozen=True, slots=True)
class ErrandState:
    """An errand as it stands: ``error`` where it failed, ``progress`` while it runs and has said something."""

    state: State
    progress: Progress | None = None
    error: str = ""


def begin_errand(settings: Settings, folder: Path, module: str) -> None:
    """Run ``python -m MODULE FOLDER`` in a session of its own, unless it runs already.

    Raises:
        StoreError: the folder cannot be written.
    """
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", **settings_environment(settings)}
    try:
        start_detached(
            [sys.executable, "-m", module, str(folder)],
            folder / _LOCK_FILE,
            folder / _LOG_FILE,
            niceness=5,  # pages and inspections come first
            environment=environment,
            stale=[folder / _PROGRESS_FILE],
        )
    except OSError as error:
        raise StoreError(f"{folder}: cannot be written: {error.strerror or error}; free some space") from error


def stop_errand(folder: Path) -> None:
    """Stop the process and wait for its end; what is finished is kept."""
    end_s = time.monotonic() + _PATIENCE_S
    number = signal.SIGTERM
    while (pid := detached_pid(folder / _LOCK_FILE)) is not None:
        with suppress(ProcessLookupError):  # it has just ended
            os.kill(pid, number)
        time.sleep(0.1)
        if time.monotonic() > end_s:
            number = signal.SIGKILL


def errand_state(folder: Path) -> ErrandState:
    """How an errand stands."""
    if detached_pid(folder / _LOCK_FILE) is not None:
        return ErrandState("running", _progress(folder))
    if (folder / RESULT_FILE).is_file():
        return ErrandState("done")
    error = _error(folder)
    return ErrandState("failed", error=error) if error else ErrandState("stopped", _progress(folder))


def newest_first(folder: Path) -> list[str]:
    """Names of the errands in a folder that have an order, the last ordered first."""
    orders = sorted(folder.glob(f"*/{ORDER_FILE}"), key=lambda path: -path.stat().st_mtime)
    return [path.parent.name for path in orders]


def list_errands(folder: Path, read: Callable[[str], Run]) -> list[Run]:
    """What ``read`` makes of every errand in a folder, the last ordered first; those it does not find are left out."""
    found = []
    for name in newest_first(folder):
        with suppress(NotFoundError):  # removed in this very moment
            found.append(read(name))
    return found


def run_errand(work: Callable[[Settings, Path, OnStep], None]) -> None:
    """What the process does: the work on the folder that the command line names, with its progress noted."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    folder = Path(sys.argv[1])
    try:
        work(read_settings(), folder, _noting(folder))
    except GridlensError as error:
        print(f"{_ERROR_MARK}{error}", file=sys.stderr)
        sys.exit(1)


def _noting(folder: Path) -> OnStep:
    began_at, words_before, said_at = time.time(), "", 0.0

    def note(words: str, done: int, total: int) -> None:
        nonlocal began_at, words_before, said_at
        if words != words_before:
            began_at, words_before, said_at = time.time(), words, 0.0
        if time.monotonic() - said_at < _EVERY_S and done < total:
            return
        said_at = time.monotonic()
        document = asdict(Progress(words, done, total, began_at))
        write_whole(folder / _PROGRESS_FILE, json.dumps(document), is_durable=False)

    return note


def _progress(folder: Path) -> Progress | None:
    try:
        return Progress(**json.loads((folder / _PROGRESS_FILE).read_text()))
    except (OSError, ValueError, TypeError):
        return None


def _error(folder: Path) -> str:
    """What the process said last, where it ended by an error."""
    try:
        lines = (folder / _LOG_FILE).read_text(errors="replace").strip().splitlines()
    except OSError:
        return ""
    said = next((line for line in reversed(lines) if line.startswith(_ERROR_MARK)), None)
    if said is not None:
        return said.removeprefix(_ERROR_MARK)
    is_fault = any(line.startswith("Traceback") for line in lines)
    return f"ended by a fault: {lines[-1]}; see {folder / _LOG_FILE}" if is_fault else ""
