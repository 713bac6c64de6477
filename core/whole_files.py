"""Files that are whole or not there, whatever happens while they are written; the one way to write them."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from core.errors import StoreError

PART = ".part"


def write_whole(path: Path, data: bytes | str, *, is_durable: bool = True) -> None:
    """Write a file that appears under its name only when all of it is written; until then an old one stays.

    Args:
        path: its folder is made if need be.
        data: text goes as UTF-8.
        is_durable: whether it is on the disk before it gets its name, so that a power cut leaves it whole as well;
            a killed process does in any case. Costs a few milliseconds.

    Raises:
        StoreError: disk full or folder not writable; nothing is left behind.
    """
    with _written(path, data, is_durable) as part:
        os.replace(part, path)


def write_once(path: Path, data: bytes | str) -> bool:
    """As ``write_whole``, but never over a file that is there; False where one was, be it of another process.

    Raises:
        StoreError: disk full or folder not writable; nothing is left behind.
    """
    with _written(path, data, is_durable=True) as part:
        try:
            os.link(part, path)
        except FileExistsError:
            return False
        except OSError:  # a file system without hard links: the check before is the best there is
            if path.exists():
                return False
            os.replace(part, path)
        return True


def clear_left_overs(folder: Path) -> None:
    """Remove what killed processes were writing anywhere in a folder that nobody else writes to now."""
    for part in folder.rglob(f"*{PART}"):
        if part.is_file():
            with suppress(FileNotFoundError):
                part.unlink()


@contextmanager
def _written(path: Path, data: bytes | str, is_durable: bool) -> Iterator[Path]:
    """The data under another name in the same folder, of which nothing is left at the end."""
    part: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=PART, dir=path.parent)
        part = Path(name)
        with open(descriptor, "wb") as file:
            file.write(data.encode() if isinstance(data, str) else data)
            file.flush()
            if is_durable:
                os.fsync(file.fileno())
        part.chmod(0o644)
        yield part
    except OSError as error:
        raise StoreError(
            f"{path}: cannot be written ({error.strerror or error}); make room, or make the folder writable"
        ) from error
    finally:
        if part is not None:
            with suppress(OSError):
                part.unlink()
