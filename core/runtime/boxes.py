"""A detector's answer to boxes: peaks, sides, and one box a thing across tiles. NumPy throughout."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from core.types import FloatImage

FloatBoxes = NDArray[np.float32]  # (N, 4) xyxy

MAX_CANDIDATES = 1000  # a photo; bounds the N × N comparison where a model sees noise
FRAGMENT_CONTAINED = 0.7


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


def box_areas(boxes_xyxy: FloatBoxes) -> NDArray[np.float32]:
    """Areas of boxes (N, 4): float32 (N,); 0 for a box without extent."""
    return np.asarray(np.clip(boxes_xyxy[:, 2:] - boxes_xyxy[:, :2], 0, None).prod(axis=1), dtype=np.float32)


def intersection_areas(boxes_xyxy: FloatBoxes, others_xyxy: FloatBoxes) -> NDArray[np.float32]:
    """Areas shared by every pair of (N, 4) and (M, 4) boxes: float32 (N, M)."""
    low = np.maximum(boxes_xyxy[:, None, :2], others_xyxy[None, :, :2])
    high = np.minimum(boxes_xyxy[:, None, 2:], others_xyxy[None, :, 2:])
    return np.asarray(np.clip(high - low, 0, None).prod(axis=2), dtype=np.float32)


def overlap_fractions(boxes_xyxy: FloatBoxes, others_xyxy: FloatBoxes) -> NDArray[np.float32]:
    """Intersection over union of every pair of (N, 4) and (M, 4) boxes: float32 (N, M), range 0 to 1."""
    shared = intersection_areas(boxes_xyxy, others_xyxy)
    union = box_areas(boxes_xyxy)[:, None] + box_areas(others_xyxy)[None] - shared
    return np.asarray(np.divide(shared, union, out=np.zeros_like(shared), where=union > 0), dtype=np.float32)


def contained_fractions(boxes_xyxy: FloatBoxes, others_xyxy: FloatBoxes) -> NDArray[np.float32]:
    """Share of each of the others (M, 4) that lies inside each box (N, 4): float32 (N, M), range 0 to 1."""
    shared, areas = intersection_areas(boxes_xyxy, others_xyxy), box_areas(others_xyxy)[None]
    return np.asarray(np.divide(shared, areas, out=np.zeros_like(shared), where=areas > 0), dtype=np.float32)


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
    order = np.argsort(-np.where(is_cut, scores / 2, scores), kind="stable")[:MAX_CANDIDATES]
    boxes, is_cut, labels = boxes_xyxy[order], is_cut[order], labels[order]
    doubles = overlap_fractions(boxes, boxes) >= max_overlap
    fragments = is_cut[None] & (contained_fractions(boxes, boxes) >= FRAGMENT_CONTAINED)
    suppresses = (labels[:, None] == labels[None]) & (doubles | fragments)
    is_kept = np.ones(len(order), bool)
    for i in range(len(order)):
        if is_kept[i]:
            is_kept[i + 1 :] &= ~suppresses[i, i + 1 :]
    kept = order[is_kept]
    return np.asarray(kept[np.argsort(-scores[kept], kind="stable")], dtype=np.intp)
