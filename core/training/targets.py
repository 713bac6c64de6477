"""What the stride-8 detector is taught: a map of centres and the sides of boxes."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

STRIDE_PX = 8
_MIN_VISIBLE_SHARE = 0.6
_MIN_SIDE_PX = 5.0


def centre_targets(
    boxes_xyxy_px: NDArray[np.float64],
    box_labels: NDArray[np.int64],
    label_count: int,
    height_px: int,
    width_px: int,
) -> NDArray[np.float32]:
    """Paint boxes into target maps.

    Args:
        boxes_xyxy_px: float64 (N, 4), may reach beyond the frame; a box that shows less than 60 % of
            its area or a side under 5 px is left out of the centres, and its place is ignored.
        box_labels: int64 (N,), 0 to label_count − 1.
        label_count: K.
        height_px, width_px: frame; multiples of 8.

    Returns:
        float32 (H / 8, W / 8, K + 6): K maps with 1 at centres and a Gaussian around them (Zhou et al.
        2019, section 3, with a radius of a sixth of the box), left, top, right, bottom in strides,
        the weight of those four, and the weight of the centre maps (0 where ignored).
    """
    rows, columns = height_px // STRIDE_PX, width_px // STRIDE_PX
    target = np.zeros((rows, columns, label_count + 6), dtype=np.float32)
    target[..., label_count + 5] = 1.0
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float64)
    x_px, y_px = (x + 0.5) * STRIDE_PX, (y + 0.5) * STRIDE_PX
    frame = np.array([width_px, height_px, width_px, height_px], dtype=np.float64)
    areas = np.prod(boxes_xyxy_px[:, 2:] - boxes_xyxy_px[:, :2], axis=1)
    for i in np.argsort(-areas):  # small boxes last: they win the cells that they share
        full, cut = boxes_xyxy_px[i], np.clip(boxes_xyxy_px[i], 0, frame)
        side = cut[2:] - cut[:2]
        if side.min() <= 0:
            continue
        if np.prod(side) < _MIN_VISIBLE_SHARE * np.prod(full[2:] - full[:2]) or side.min() < _MIN_SIDE_PX:
            inside = (x_px > cut[0]) & (x_px < cut[2]) & (y_px > cut[1]) & (y_px < cut[3])
            target[inside, label_count + 5] = 0.0
            continue
        _paint(target, cut, int(box_labels[i]), label_count, x_px, y_px)
    return target


def _paint(
    target: NDArray[np.float32],
    box: NDArray[np.float64],
    label: int,
    label_count: int,
    x_px: NDArray[np.float64],
    y_px: NDArray[np.float64],
) -> None:
    centre, side = (box[:2] + box[2:]) / 2, box[2:] - box[:2]
    sigma = np.maximum(side / 6, STRIDE_PX * 0.5)
    gauss = np.exp(-((x_px - centre[0]) ** 2 / (2 * sigma[0] ** 2) + (y_px - centre[1]) ** 2 / (2 * sigma[1] ** 2)))
    row = min(int(centre[1] // STRIDE_PX), target.shape[0] - 1)
    column = min(int(centre[0] // STRIDE_PX), target.shape[1] - 1)
    target[..., label] = np.maximum(target[..., label], gauss)
    target[row, column, label] = 1.0
    near = gauss > 0.4
    near[row, column] = True
    distances = np.stack([x_px - box[0], y_px - box[1], box[2] - x_px, box[3] - y_px], axis=-1) / STRIDE_PX
    near &= (distances > 0).all(axis=-1)
    target[near, label_count : label_count + 4] = distances[near]
    target[near, label_count + 4] = np.maximum(gauss[near], 0.2)


def mask_target(
    mask_hw: NDArray[np.uint8] | None,
    affine: NDArray[np.float64],
    photo_hw: tuple[int, int],
    size_px: int,
    grid: tuple[int, int],
) -> NDArray[np.float32]:
    """Where attention should lie: a mask, moved as its photo was, as shares over the attention's cells.

    Args:
        mask_hw: uint8 (H, W), 0 is background; None for no object.
        affine: (2, 3), photo pixels → input pixels.
        photo_hw: height and width of the photo; the mask may be larger or smaller.
        size_px: side of the input.
        grid: rows and columns of the attention.

    Returns:
        float32 (rows, columns, 1), sums to 1; all 0 where nothing of the object is in the frame.
    """
    share = np.zeros(grid, dtype=np.float32)
    if mask_hw is not None:
        to_photo = np.array([photo_hw[1] / mask_hw.shape[1], photo_hw[0] / mask_hw.shape[0], 1.0])
        is_object = (mask_hw > 127).astype(np.float32)
        moved = cv2.warpAffine(is_object, affine * to_photo, (size_px, size_px), flags=cv2.INTER_LINEAR)
        share = cv2.resize(moved, (grid[1], grid[0]), interpolation=cv2.INTER_AREA).astype(np.float32)
        total = float(share.sum())
        share = share / total if total > 1e-3 else np.zeros_like(share)
    return share[..., None]
