"""Which files a person means by a list of files and folders."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from core.errors import NotFoundError

PHOTO_ENDINGS = frozenset({".jpg", ".jpeg", ".jpe", ".png", ".tif", ".tiff", ".webp"})


def find_photo_files(paths: Sequence[Path]) -> list[Path]:
    """Files as given, and the photos of folders, sorted, with their subfolders.

    A file that is named is always taken, whatever its ending, so that it fails visibly if it is no
    photo. In folders, only names with a photo's ending count; hidden files do not.

    Raises:
        NotFoundError: a path does not exist.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if not path.exists():
            raise NotFoundError(f"{path}: expected a file or folder, found nothing; check the spelling")
        for file in _photos_in(path) if path.is_dir() else (path,):
            found[file] = None
    return list(found)


def _photos_in(folder: Path) -> Iterator[Path]:
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith(".") and Path(name).suffix.lower() in PHOTO_ENDINGS:
                yield Path(root, name)
