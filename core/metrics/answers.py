"""Answers and truth as columns, one array a property: what matching reads. Checked once, when they are made."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.errors import ArrayShapeError

Float = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class BoxAnswers:
    """Boxes that a model found, on all photos together.

    Attributes:
        photo: int64 (N,), index of the photo; ties of score are broken by it.
        label: int64 (N,), index of the label.
        score: float64 (N,), finite, higher is surer.
        boxes_xyxy: float64 (N, 4), x_min ≤ x_max, y_min ≤ y_max. May lie outside the photo: they are
            counted as they are, as COCO does.
        area: float64 (N,), width × height.
    """

    photo: Ints
    label: Ints
    score: Float
    boxes_xyxy: Float
    area: Float

    def __len__(self) -> int:
        """Number of boxes."""
        return len(self.score)


@dataclass(frozen=True, slots=True, eq=False)
class BoxTruth:
    """Boxes that are there, on all photos together.

    Attributes:
        photo, label, boxes_xyxy, area: as in ``BoxAnswers``.
        size: float64 (N,), what COCO calls area (of the mask, where there is one): decides small, medium, large.
        is_crowd: bool (N,), a region that takes any number of answers, each then neither right nor wrong.
    """

    photo: Ints
    label: Ints
    boxes_xyxy: Float
    area: Float
    size: Float
    is_crowd: Bools

    def __len__(self) -> int:
        """Number of boxes."""
        return len(self.area)


def box_answers(
    photo: ArrayLike, label: ArrayLike, score: ArrayLike, boxes_xyxy: ArrayLike, area: ArrayLike | None = None
) -> BoxAnswers:
    """Check columns and make ``BoxAnswers``.

    Args:
        photo, label, score: (N,); photo and label indices of at least 0.
        boxes_xyxy: (N, 4).
        area: (N,), where it is known more exactly than from the corners (COCO stores width and height).

    Raises:
        ArrayShapeError: lengths differ, a score or side is not finite, or a box is inverted; names the row.
    """
    boxes = _checked_boxes(boxes_xyxy)
    scores = np.asarray(score, dtype=np.float64).reshape(-1)
    photos, labels = _indices(photo, "photo"), _indices(label, "label")
    _same_length(len(boxes), photo=photos, label=labels, score=scores)
    if (bad := _first(~np.isfinite(scores))) is not None:
        raise ArrayShapeError(f"score {bad}: expected a finite number, got {scores[bad]}")
    return BoxAnswers(photos, labels, scores, boxes, _areas(boxes, area))


def box_truth(
    photo: ArrayLike,
    label: ArrayLike,
    boxes_xyxy: ArrayLike,
    area: ArrayLike | None = None,
    size: ArrayLike | None = None,
    is_crowd: ArrayLike | None = None,
) -> BoxTruth:
    """Check columns and make ``BoxTruth``; ``size`` defaults to the area, ``is_crowd`` to nowhere.

    Raises:
        ArrayShapeError: as ``box_answers``.
    """
    boxes = _checked_boxes(boxes_xyxy)
    photos, labels = _indices(photo, "photo"), _indices(label, "label")
    areas = _areas(boxes, area)
    sizes = areas if size is None else np.asarray(size, dtype=np.float64).reshape(-1)
    crowd = np.zeros(len(boxes), bool) if is_crowd is None else np.asarray(is_crowd, dtype=bool).reshape(-1)
    _same_length(len(boxes), photo=photos, label=labels, size=sizes, is_crowd=crowd)
    return BoxTruth(photos, labels, boxes, areas, sizes, crowd)


def _checked_boxes(boxes_xyxy: ArrayLike) -> Float:
    boxes = np.asarray(boxes_xyxy, dtype=np.float64)
    if boxes.size == 0:
        return np.zeros((0, 4))
    if boxes.ndim != 2 or boxes.shape[1] != 4:
        raise ArrayShapeError(f"boxes_xyxy: expected shape (N, 4), got {boxes.shape}")
    if (bad := _first(np.asarray(~np.isfinite(boxes).all(axis=1)))) is not None:
        raise ArrayShapeError(f"box {bad}: expected four finite numbers, got {boxes[bad].tolist()}")
    if (bad := _first(np.asarray((boxes[:, 2:] < boxes[:, :2]).any(axis=1)))) is not None:
        raise ArrayShapeError(f"box {bad}: expected x_min ≤ x_max and y_min ≤ y_max, got {boxes[bad].tolist()}")
    return boxes


def _areas(boxes: Float, area: ArrayLike | None) -> Float:
    if area is None:
        return (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    areas = np.asarray(area, dtype=np.float64).reshape(-1)
    _same_length(len(boxes), area=areas)
    return areas


def _indices(values: ArrayLike, name: str) -> Ints:
    indices = np.asarray(values, dtype=np.int64).reshape(-1)
    if (bad := _first(indices < 0)) is not None:
        raise ArrayShapeError(f"{name} {bad}: expected an index of at least 0, got {indices[bad]}")
    return indices


def _first(is_bad: Bools) -> int | None:
    return int(np.argmax(is_bad)) if is_bad.any() else None


def _same_length(count: int, **columns: NDArray[np.generic]) -> None:
    for name, column in columns.items():
        if len(column) != count:
            raise ArrayShapeError(f"{name}: expected {count} rows, one a box, got {len(column)}")
