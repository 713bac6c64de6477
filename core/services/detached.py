"""Processes that outlive page and server, each known by a lock file in a folder.

Whether one runs is told by the lock, which the process inherits and which ends with it, however it ends.
"""

from __future__ import annotations

import fcntl
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from core.config import REPOSITORY

_started: list[subprocess.Popen[bytes]] = []


def start_detached(
    program: Sequence[str],
    lock_file: Path,
    log_file: Path,
    *,
    niceness: int,
    environment: Mapping[str, str],
    stale: Sequence[Path] = (),
) -> None:
    """Run a program in a session of its own, unless one runs under the lock already.

    Args:
        program: and its arguments.
        lock_file: holds the process's number while it runs.
        log_file: what it says, from its beginning.
        niceness: how far it steps back behind pages and inspections.
        environment: the whole of it.
        stale: files of an earlier process, removed before this one starts and never while another runs.

    Raises:
        OSError: the files cannot be written, or the program not started.
    """
    nice = shutil.which("nice")
    try:
        with lock_file.open("a+") as lock, log_file.open("wb") as log:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            for path in stale:
                path.unlink(missing_ok=True)
            process = subprocess.Popen(
                [nice, "-n", str(niceness), *program] if nice else list(program),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=REPOSITORY,
                env=dict(environment),
                start_new_session=True,
                pass_fds=(lock.fileno(),),
            )
            lock.truncate(0)
            lock.write(str(process.pid))
    except BlockingIOError:
        return  # somebody else has just started it
    _started.append(process)


def detached_pid(lock_file: Path) -> int | None:
    """The process that runs under the lock, from its start to its end; None where there is none."""
    _started[:] = [process for process in _started if process.poll() is None]  # or they would stay as zombies
    with suppress(OSError, ValueError), lock_file.open("r") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return int(lock.read())
    return None
