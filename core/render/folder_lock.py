"""Who is rendering into a folder right now: a lock that ends with its process, however that ends."""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from core.errors import RenderError

LOCK_NAME = "rendering.lock"


@dataclass(frozen=True, slots=True)
class Rendering:
    """A process that renders into a folder.

    Attributes:
        pid: of the process.
        count: renders wanted in all.
        started_at: seconds since 1970 (UTC).
        done_before: renders that were there when it began.
    """

    pid: int
    count: int
    started_at: float
    done_before: int


@contextmanager
def folder_lock(folder: Path, count: int) -> Iterator[None]:
    """Hold a folder for this process; ``count`` is how many renders are wanted in all.

    Raises:
        RenderError: another process holds it, or the lock cannot be written.
    """
    try:
        file = (folder / LOCK_NAME).open("a+")
    except OSError as error:
        raise RenderError(f"{folder / LOCK_NAME}: cannot be written: {error.strerror or error}") from error
    with file:
        if not _taken(file):
            raise RenderError(
                f"{folder}: expected no other process that renders into it, found one; wait for it or stop it"
            )
        done = sum(1 for _ in (folder / "truth").glob("*.json"))
        try:
            file.truncate(0)
            json.dump({"pid": os.getpid(), "count": count, "started_at": time.time(), "done_before": done}, file)
            file.flush()
        except OSError as error:
            raise RenderError(f"{folder / LOCK_NAME}: cannot be written: {error.strerror or error}") from error
        yield
        file.truncate(0)


def _taken(file: IO[str]) -> bool:
    # Those who ask whether it is held hold it for a moment themselves.
    for _ in range(20):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            time.sleep(0.02)
        else:
            return True
    return False


def rendering_in(folder: Path) -> Rendering | None:
    """The process that renders into a folder now; None where there is none."""
    try:
        with (folder / LOCK_NAME).open("r") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except OSError:
                return Rendering(**json.load(file))
    except (OSError, ValueError, TypeError):  # no lock, or one that is being written
        return None
    return None
