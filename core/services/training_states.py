"""Who may change the states of training runs, and whether the process that a state names still lives."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from core.errors import StoreError

START_FILE = "start.json"
LOCK_FILE = ".line.lock"
DEFAULT_BACKEND = "tensorflow"


def start_facts(folder: Path) -> dict[str, Any]:
    """What a run was asked for with: ``backend`` and ``asked_at``; empty for runs of the command line."""
    with suppress(OSError, ValueError):
        found = json.loads((folder / START_FILE).read_text())
        if isinstance(found, dict):
            return found
    return {}


def now_text() -> str:
    """This moment as state files keep it: ISO 8601, UTC with zone."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


@contextmanager
def states_locked(runs_dir: Path) -> Iterator[None]:
    """Let one process at a time decide what starts, stops or goes away; the lock ends with its process.

    Raises:
        StoreError: the folder cannot be written to.
    """
    try:
        runs_dir.mkdir(parents=True, exist_ok=True)
        lock = (runs_dir / LOCK_FILE).open("w")
    except OSError as error:
        raise StoreError(f"{runs_dir}: cannot be written ({error.strerror}); check GRIDLENS_RUNS") from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def writer_is_alive(folder: Path, pid: object) -> bool:
    """Whether the process that a state file names still runs, and is not another one that got its number.

    A process that began after the file was last written cannot be the one that the file speaks of.
    """
    if not isinstance(pid, int) or pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # someone else's process, and so alive
        pass
    began_s = _process_start_s(pid)
    if began_s is None:
        return not Path("/proc/self/stat").exists()  # no /proc on this system: the number has to do
    with suppress(OSError):
        return began_s <= (folder / "run.json").stat().st_mtime + 2.0
    return False


def _process_start_s(pid: int) -> float | None:
    """When a process began, in seconds since 1970; None where it is gone, a zombie, or cannot be told."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        booted = next(line for line in Path("/proc/stat").read_text().splitlines() if line.startswith("btime "))
    except (OSError, StopIteration):
        return None
    if fields[0] in "ZX":
        return None
    return int(booted.split()[1]) + int(fields[19]) / os.sysconf("SC_CLK_TCK")
