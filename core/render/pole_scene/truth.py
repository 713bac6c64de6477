"""Masks and boxes of a painted scene, in pixels of the photo."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from core.render.pole_scene.assembly import Assembly, PoleTop
from core.render.pole_scene.canvas import FIRST_TOP, Canvas
from core.render.result import LabelledBox
from core.types import BoolMask, UInt8Image

VISIBLE_SHARE = 0.75
"""Least share of a top that must be inside the frame and not hidden, for it to have a box."""

MINIMUM_BOX_PX = 3.0


def object_mask(canvas: Canvas, identities: Sequence[int], width_px: int, height_px: int) -> BoolMask:
    """Pixels of the photo that show one of these ids or a pole top, at least half of each."""
    shown = np.isin(canvas.ids, identities) | (canvas.ids >= FIRST_TOP)
    return _shrunk(shown, width_px, height_px)


def top_mask(canvas: Canvas, width_px: int, height_px: int) -> BoolMask:
    """Pixels of the photo that show a pole top."""
    return _shrunk(canvas.ids >= FIRST_TOP, width_px, height_px)


def top_boxes(canvas: Canvas, asm: Assembly, width_px: int, height_px: int) -> tuple[LabelledBox, ...]:
    """Boxes of the tops of which enough is in the frame and visible."""
    scale = np.array([width_px / canvas.camera.width_px, height_px / canvas.camera.height_px])
    boxes = []
    for top in asm.tops:
        hull = _outline(canvas, top)
        if hull is None:
            continue
        # ids on the canvas count whole pixels; the outline's area is exact and may reach out of frame
        full = float(cv2.contourArea(hull.astype(np.float32)))
        if full <= 0 or np.count_nonzero(canvas.ids == top.identity) < VISIBLE_SHARE * full:
            continue
        low, high = hull.min(axis=0) * scale, hull.max(axis=0) * scale
        x0, y0 = np.clip(low, 0, (width_px, height_px))
        x1, y1 = np.clip(high, 0, (width_px, height_px))
        if min(x1 - x0, y1 - y0) >= MINIMUM_BOX_PX:
            boxes.append(LabelledBox(top.label, (float(x0), float(y0), float(x1), float(y1))))
    return tuple(boxes)


def contrast_of_255(image_hwc: UInt8Image, mask: BoolMask) -> float:
    """How far an object stands out: grey levels between its mean or spread and those of what surrounds it."""
    near = cv2.dilate(mask.astype(np.uint8), np.ones((9, 9), np.uint8)).astype(bool) & ~mask
    if not mask.any() or not near.any():
        return 0.0
    inside, outside = image_hwc[mask].astype(np.float32), image_hwc[near].astype(np.float32)
    level = np.abs(inside.mean(axis=0) - outside.mean(axis=0)).max()
    spread = abs(float(inside.mean(axis=1).std() - outside.mean(axis=1).std()))
    return float(level + spread)


def _outline(canvas: Canvas, top: PoleTop) -> np.ndarray | None:
    parts = [canvas.outline(p0, p1, radii) for p0, p1, radii in top.bodies]
    if any(p is None for p in parts):
        return None
    points = np.concatenate([p for p in parts if p is not None])
    hull: np.ndarray = cv2.convexHull(points.astype(np.float32))[:, 0]
    return hull


def _shrunk(shown: BoolMask, width_px: int, height_px: int) -> BoolMask:
    small = cv2.resize(shown.astype(np.float32), (width_px, height_px), interpolation=cv2.INTER_AREA)
    mask: BoolMask = small >= 0.5
    return mask
