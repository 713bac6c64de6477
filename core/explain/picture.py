"""Maps as pictures: a heat map over the photo, channels as a grid."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from core.explain.scores import resized
from core.types import FloatImage, UInt8Image

_GAP_PX = 2
_RAISES = np.array((215, 25, 28), np.float32)
_LOWERS = np.array((33, 102, 215), np.float32)


def overlay(image_hwc: UInt8Image, map_hw: FloatImage, *, signed: bool, opacity: float = 0.55) -> UInt8Image:
    """Lay a map over a photo.

    Args:
        image_hwc: uint8 RGB (H, W, 3).
        map_hw: float32, any size over the whole photo, 0 to 1 or, signed, −1 to 1.
        signed: red raises the answer and blue lowers it; else the colours of ``turbo``.
        opacity: of the map where it is strongest, 0 to 1; it fades to nothing with the relevance.

    Returns:
        uint8 (H, W, 3).
    """
    relevance = np.clip(resized(map_hw, image_hwc.shape[:2]), -1, 1)
    size = np.abs(relevance)
    if signed:
        colours = np.where(relevance[..., None] >= 0, _RAISES, _LOWERS)
    else:
        bgr = cv2.applyColorMap((size * 255).astype(np.uint8), cv2.COLORMAP_TURBO)
        colours = bgr[..., ::-1].astype(np.float32)
    share = (opacity * np.sqrt(size))[..., None]
    return np.asarray(image_hwc * (1 - share) + colours * share, np.uint8)


def channel_grid(maps_hwc: FloatImage, order: NDArray[np.intp], cell_px: int = 96, limit: int = 256) -> UInt8Image:
    """Channels side by side, each stretched between its own lowest and highest value.

    Args:
        maps_hwc: float32 (H', W', C).
        order: channel numbers, first to be shown first.
        cell_px: long side of a channel's picture, pixels.
        limit: channels shown at most.

    Returns:
        uint8 RGB; a channel that is the same everywhere is black.
    """
    shown = order[:limit]
    columns = math.ceil(math.sqrt(len(shown)))
    scale = cell_px / max(maps_hwc.shape[:2])
    height, width = (max(1, round(side * scale)) for side in maps_hwc.shape[:2])
    rows = math.ceil(len(shown) / columns)
    grid = np.full((rows * (height + _GAP_PX), columns * (width + _GAP_PX), 3), 255, np.uint8)
    for place, channel in enumerate(shown):
        top, left = place // columns * (height + _GAP_PX), place % columns * (width + _GAP_PX)
        plane = maps_hwc[..., channel]
        spread = float(plane.max() - plane.min())
        grey = (plane - plane.min()) / spread * 255 if spread > 0 else np.zeros_like(plane)
        cell = cv2.resize(grey.astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST)
        coloured = (
            cv2.applyColorMap(cell, cv2.COLORMAP_VIRIDIS) if spread > 0 else np.zeros((height, width, 3), np.uint8)
        )
        grid[top : top + height, left : left + width] = coloured[..., ::-1]
    return grid
