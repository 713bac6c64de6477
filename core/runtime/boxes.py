"""A detector's answer to boxes: peaks, sides, and one box a thing across tiles. NumPy throughout."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from core.types import FloatImage

FloatBoxes = NDArray[np.float32]  # (N, 4) xyxy


def local_maxima(scores_hwk: FloatImage, floor: float) -> NDArray[np.intp]:
    """Cells that no neighbour in their 3 × 3 surroundings beats, for each label by itself.

    Args:
        scores_hwk: float32, shape (H', W', K), range 0 to 1.
        floor: lowest score that counts.

    Returns:
        (N, 3): row, column, label index. Of a plateau of equal scores every cell is returned; merging
        the boxes takes care of them.
    """
    # Contiguous (K, H', W') planes: OpenCV dilates any number of channels only as separate planes.
    planes = np.ascontiguousarray(np.moveaxis(scores_hwk, -1, 0))
    kernel = np.ones((3, 3), np.uint8)
    highest = np.stack([cv2.dilate(plane, kernel, borderType=cv2.BORDER_REPLICATE) for plane in planes])
    label, row, column = np.nonzero((planes >= highest) & (planes >= floor))
    return np.stack([row, column, label], axis=1)


def cell_boxes(distances_hw4: FloatImage, cells: NDArray[np.intp], stride_px: int) -> FloatBoxes:
    """Boxes of cells, in pixels of the network's input.

    Args:
        distances_hw4: float32 (H', W', 4): left, top, right, bottom from the cell's centre, in strides.
        cells: (N, ≥2), row and column first.
        stride_px: pixels of input a cell.

    Returns:
        float32 (N, 4), xyxy.
    """
    rows, columns = cells[:, 0], cells[:, 1]
    sides = distances_hw4[rows, columns]
    centres = np.stack([columns, rows], axis=1) + 0.5
    boxes = np.concatenate([centres - sides[:, :2], centres + sides[:, 2:]], axis=1)
    return np.asarray(boxes * stride_px, dtype=np.float32)


def overlap_fractions(box: NDArray[np.float32], boxes_xyxy: FloatBoxes) -> NDArray[np.float32]:
    """Intersection over union of one box (4,) with many (N, 4): float32 (N,), range 0 to 1."""
    low = np.maximum(box[:2], boxes_xyxy[:, :2])
    high = np.minimum(box[2:], boxes_xyxy[:, 2:])
    intersection = np.clip(high - low, 0, None).prod(axis=1)
    areas = np.clip(boxes_xyxy[:, 2:] - boxes_xyxy[:, :2], 0, None).prod(axis=1)
    union = np.clip(box[2:] - box[:2], 0, None).prod() + areas - intersection
    return np.asarray(np.divide(intersection, union, out=np.zeros_like(areas), where=union > 0), dtype=np.float32)


def contained_fractions(box: NDArray[np.float32], boxes_xyxy: FloatBoxes) -> NDArray[np.float32]:
    """Share of each box (N, 4) that lies inside one box (4,): float32 (N,), range 0 to 1."""
    low = np.maximum(box[:2], boxes_xyxy[:, :2])
    high = np.minimum(box[2:], boxes_xyxy[:, 2:])
    intersection = np.clip(high - low, 0, None).prod(axis=1)
    areas = np.clip(boxes_xyxy[:, 2:] - boxes_xyxy[:, :2], 0, None).prod(axis=1)
    return np.asarray(np.divide(intersection, areas, out=np.zeros_like(areas), where=areas > 0), dtype=np.float32)


def merge_boxes(
    boxes_xyxy: FloatBoxes,
    scores: NDArray[np.float32],
    labels: NDArray[np.intp],
    is_cut: NDArray[np.bool_],
    max_overlap: float = 0.5,
) -> NDArray[np.intp]:
    """Greedy non-maximum suppression for each label, over all tiles of a photo at once.

    A box that a tile border cuts competes with half its score: the neighbouring tile most likely saw
    the whole thing. A cut box is also dropped where most of it lies inside a box that is kept, since
    half a cap overlaps the whole one by less than ``max_overlap``.

    Args:
        boxes_xyxy: float32 (N, 4).
        scores: float32 (N,).
        labels: label index of each box, (N,).
        is_cut: whether the box touches a tile border that is not the photo's border, (N,).
        max_overlap: intersection over union from which two boxes are one thing.

    Returns:
        Indices of the boxes kept, highest score first.
    """
    kept: list[int] = []
    waiting = np.argsort(-np.where(is_cut, scores / 2, scores), kind="stable")
    while waiting.size:
        best, rest = int(waiting[0]), waiting[1:]
        kept.append(best)
        same_label = labels[rest] == labels[best]
        doubles = overlap_fractions(boxes_xyxy[best], boxes_xyxy[rest]) >= max_overlap
        fragments = is_cut[rest] & (contained_fractions(boxes_xyxy[best], boxes_xyxy[rest]) >= 0.7)
        waiting = rest[~(same_label & (doubles | fragments))]
    return np.asarray(sorted(kept, key=lambda i: -scores[i]), dtype=np.intp)
