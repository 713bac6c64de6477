"""Files that are whole or not there, and where a row's photo lies."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from core.errors import StoreError


def write_whole(path: Path, data: bytes) -> None:
    """Write a file that appears under its name only when all of it is on the disk.

    Raises:
        StoreError: disk full or folder not writable; nothing is left behind.
    """
    with _written(path, data) as part:
        os.replace(part, path)


def write_once(path: Path, data: bytes) -> bool:
    """As ``write_whole``, but never over a file that is there; False where one was, be it of another process.

    Raises:
        StoreError: disk full or folder not writable; nothing is left behind.
    """
    with _written(path, data) as part:
        try:
            os.link(part, path)
        except FileExistsError:
            return False
        except OSError:  # a file system without hard links: the check before is the best there is
            if path.exists():
                return False
            os.replace(part, path)
        return True


@contextmanager
def _written(path: Path, data: bytes) -> Iterator[Path]:
    part: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
        part = Path(name)
        with open(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.chmod(0o644)
        yield part
    except OSError as error:
        raise StoreError(
            f"{path}: cannot be written ({error.strerror or error}); free some space or make the folder writable"
        ) from error
    finally:
        if part is not None:
            with suppress(OSError):
                part.unlink()


def stored_path(photo: Path, folder: Path) -> str:
    """How a version names a photo: relative where photo and versions lie in one data folder, else absolute.

    So the data folder can be moved as a whole, and photos elsewhere are still found.

    Args:
        photo: the file; relative ones begin at the working folder.
        folder: where the versions lie, inside the data folder.
    """
    absolute = Path(os.path.abspath(photo))
    if absolute.is_relative_to(folder.absolute().parent):
        return Path(os.path.relpath(absolute, folder.absolute())).as_posix()
    return absolute.as_posix()
