"""A few photos side by side, under what they have in common."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from components import cached
from components.example_grid import GridPicture, example_grid
from core.errors import PhotoError


def photo_row(files: Sequence[Path], words: Sequence[str] | None = None) -> None:
    """Draw thumbnails with a line below each, the file's name by default; a photo that has gone says so."""
    example_grid([_picture(file, line) for file, line in zip(files, words or [f.name for f in files], strict=True)])


def _picture(file: Path, words: str) -> GridPicture:
    try:
        return GridPicture(cached.dataset_thumbnail(file, None), words)
    except PhotoError as error:
        return GridPicture(None, words, str(error))


def shown_jpeg(file: Path) -> bytes | None:
    """A photo's thumbnail; None where it has gone."""
    try:
        return cached.dataset_thumbnail(file, None)
    except PhotoError:
        return None
