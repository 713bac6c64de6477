"""Photos of a dataset as thumbnails: the whole photo, or the surroundings of a box with the box drawn in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from core.datasets import Dataset, DatasetRow
from core.datasets.photos import photo_facts
from core.errors import PhotoError
from core.imaging import decode_upright, encode_jpeg, resize_to
from core.types import BoxXyxyPx, UInt8Image

THUMBNAIL_PX = 240
SURROUNDINGS = 2.5
"""Side of what is shown of a photo, in sides of the box."""
_LEAST_SIDE_PX = 48
_FRAME_RGB, _EDGE_RGB = (255, 255, 255), (20, 20, 20)


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled thing to look at.

    Attributes:
        file: the photo.
        row: what the dataset says.
    """

    file: Path
    row: DatasetRow


def examples_of(
    dataset: Dataset, wanted: Callable[[DatasetRow], bool], offset: int = 0, limit: int = 12
) -> tuple[int, tuple[Example, ...]]:
    """How many rows are wanted, and some of them, in the version's order."""
    rows = [row for row in dataset.rows if wanted(row)]
    return len(rows), tuple(Example(dataset.file(row.path), row) for row in rows[offset : offset + limit])


def thumbnail(file: Path, box: BoxXyxyPx | None, side_px: int = THUMBNAIL_PX) -> bytes:
    """A square JPEG of a photo, or of a box and what is around it.

    Args:
        file: the photo.
        box: pixels of the upright original; None shows the whole photo, cut to a square in the middle.
        side_px: of the JPEG.

    Raises:
        PhotoError: not there, or not a photo.
    """
    facts = photo_facts(file, file.name)
    width, height = facts.width_px, facts.height_px
    left, top, side = _window(width, height, box)
    # Decoded just as fine as the window needs: a JPEG then comes at 1/2, 1/4 or 1/8 of its size.
    image = decode_upright(file, file.name, at_least_px=int(max(width, height) * min(1.0, side_px / side)) + 1)
    scale = max(image.shape[:2]) / max(width, height)
    x, y, cut = round(left * scale), round(top * scale), max(2, round(side * scale))
    window = _cut(image, x, y, cut)
    if window.size == 0:
        raise PhotoError(f"{file.name}: expected a box inside the photo, received one outside")
    window = resize_to(np.ascontiguousarray(window), side_px, side_px)
    if box is not None:
        _draw(window, (np.array(box) - (left, top) * 2) * side_px / side)
    return encode_jpeg(window, 85)


def _window(width: int, height: int, box: BoxXyxyPx | None) -> tuple[float, float, float]:
    """Left, top and side of the square to show, in pixels of the original; inside of it where it fits."""
    if box is None:
        side = float(min(width, height))
        return (width - side) / 2, (height - side) / 2, side
    wanted = SURROUNDINGS * max(box[2] - box[0], box[3] - box[1], _LEAST_SIDE_PX / SURROUNDINGS)
    side = min(wanted, float(max(width, height)))
    left, top = (box[0] + box[2] - side) / 2, (box[1] + box[3] - side) / 2
    left = min(max(left, 0.0), width - side) if side <= width else (width - side) / 2
    top = min(max(top, 0.0), height - side) if side <= height else (height - side) / 2
    return left, top, side


def _cut(image: UInt8Image, x: int, y: int, side: int) -> UInt8Image:
    """A square out of an image; what lies beyond its edge is grey."""
    inner = image[max(y, 0) : y + side, max(x, 0) : x + side]
    if inner.shape[:2] == (side, side) or inner.size == 0:
        return inner
    canvas = np.full((side, side, 3), 128, np.uint8)
    row, column = max(-y, 0), max(-x, 0)
    canvas[row : row + inner.shape[0], column : column + inner.shape[1]] = inner
    return canvas


def _draw(image: UInt8Image, box: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> None:
    """The box as a white line with a dark edge, visible on any photo; colour is kept for severity."""
    x_min, y_min, x_max, y_max = (round(float(side)) for side in box)
    cv2.rectangle(image, (x_min, y_min), (x_max, y_max), _EDGE_RGB, 3, cv2.LINE_AA)
    cv2.rectangle(image, (x_min, y_min), (x_max, y_max), _FRAME_RGB, 1, cv2.LINE_AA)
