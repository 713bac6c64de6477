"""A few photos side by side, under what they have in common."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from components import cached
from components.example_grid import GridPicture, example_grid
from core.errors import PhotoError
from core.types import BoxXyxyPx


def photo_row(
    files: Sequence[Path], words: Sequence[str] | None = None, boxes: Sequence[BoxXyxyPx | None] | None = None
) -> None:
    """Draw thumbnails with a line below each, the file's name by default; a photo that has gone says so.

    Args:
        files: the photos.
        words: below each.
        boxes: what is marked in each, pixels of the upright original; None for nothing.
    """
    lines, marks = words or [file.name for file in files], boxes or [None] * len(files)
    example_grid([_picture(file, line, mark) for file, line, mark in zip(files, lines, marks, strict=True)])


def _picture(file: Path, words: str, box: BoxXyxyPx | None) -> GridPicture:
    try:
        return GridPicture(cached.dataset_thumbnail(file, box), words)
    except PhotoError as error:
        return GridPicture(None, words, str(error))


def shown_jpeg(file: Path) -> bytes | None:
    """A photo's thumbnail; None where it has gone."""
    try:
        return cached.dataset_thumbnail(file, None)
    except PhotoError:
        return None
