"""Maps as pictures: a heat map over the photo, channels as a grid."""

from __future__ import annotations

import math
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from core.explain.scores import resized
from core.types import FloatImage, UInt8Image

Colours = Literal["inferno", "viridis", "grey"]
COLOURS: tuple[Colours, ...] = ("inferno", "viridis", "grey")

_GAP_PX = 2
# matplotlib's inferno and viridis (CC0), ColorBrewer's PuOr (Apache-2.0): the colours of the dashboard's viewers.
_STOPS = {
    "inferno": "000004 1b0c41 4a0c6b 781c6d a52c60 cf4446 ed6925 fb9b06 f7d13d fcffa4",
    "viridis": "440154 482878 3e4989 31688e 26828e 1f9e89 35b779 6ece58 b5de2b fde725",
    "grey": "000000 ffffff",
    "signed": "2d004b 542788 8073ac b2abd2 f7f7f7 fdb863 e08214 b35806 7f3b08",
}
_FADE = 1.6  # the relevance at 1 / 1.6 and above is shown at full opacity
_LOWEST_SHARE = 0.15  # of the colours, so that what is faint is not black


def overlay(
    image_hwc: UInt8Image,
    map_hw: FloatImage,
    *,
    signed: bool,
    opacity: float = 0.6,
    threshold: float = 0.0,
    colours: Colours = "inferno",
) -> UInt8Image:
    """Lay a map over a photo, as the dashboard does.

    Args:
        image_hwc: uint8 RGB (H, W, 3).
        map_hw: float32, any size over the whole photo, 0 to 1 or, signed, −1 to 1.
        signed: orange raises the answer and purple lowers it, whatever ``colours`` says.
        opacity: of the map where it is strong, 0 to 1; it fades to nothing with the relevance.
        threshold: relevance under it is not shown, 0 to 1.
        colours: of maps that are not signed.

    Returns:
        uint8 (H, W, 3).
    """
    relevance = np.clip(resized(map_hw, image_hwc.shape[:2]), -1, 1)
    size = np.abs(relevance)
    place = (relevance + 1) / 2 if signed else _LOWEST_SHARE + (1 - _LOWEST_SHARE) * size
    coloured = _coloured(np.asarray(place, np.float32), "signed" if signed else colours)
    share = (opacity * np.clip(size * _FADE, 0, 1) * (size >= threshold))[..., None]
    return np.asarray(image_hwc * (1 - share) + coloured * share, np.uint8)


def channel_tiles(maps_hwc: FloatImage, order: NDArray[np.intp], cell_px: int) -> UInt8Image:
    """Channels as grey pictures, each stretched between its own lowest and highest value.

    Args:
        maps_hwc: float32 (H', W', C).
        order: channel numbers.
        cell_px: long side of a channel's picture, pixels.

    Returns:
        uint8 (len(order), h, w); a channel that is the same everywhere is 0.
    """
    scale = cell_px / max(maps_hwc.shape[:2])
    height, width = (max(1, round(side * scale)) for side in maps_hwc.shape[:2])
    tiles = np.zeros((len(order), height, width), np.uint8)
    for place, channel in enumerate(order):
        plane = maps_hwc[..., channel]
        spread = float(plane.max() - plane.min())
        if spread > 0:
            grey = ((plane - plane.min()) / spread * 255).astype(np.uint8)
            shrinks = height < plane.shape[0]
            how = cv2.INTER_AREA if shrinks else cv2.INTER_NEAREST
            tiles[place] = cv2.resize(grey, (width, height), interpolation=how)
    return tiles


def channel_grid(maps_hwc: FloatImage, order: NDArray[np.intp], cell_px: int = 96, limit: int = 256) -> UInt8Image:
    """Channels side by side; see ``channel_tiles``.

    Args:
        maps_hwc, order, cell_px: as ``channel_tiles``.
        limit: channels shown at most.

    Returns:
        uint8 RGB on white; a channel that is the same everywhere is black.
    """
    tiles = channel_tiles(maps_hwc, order[:limit], cell_px)
    count, height, width = tiles.shape
    columns = math.ceil(math.sqrt(count))
    rows = math.ceil(count / columns)
    grid = np.full((rows * (height + _GAP_PX), columns * (width + _GAP_PX), 3), 255, np.uint8)
    for place, tile in enumerate(tiles):
        top, left = place // columns * (height + _GAP_PX), place % columns * (width + _GAP_PX)
        coloured = _coloured(tile / np.float32(255), "viridis") if tile.any() else np.zeros((height, width, 3))
        grid[top : top + height, left : left + width] = coloured.astype(np.uint8)
    return grid


def _coloured(place: NDArray[np.float32], name: str) -> NDArray[np.float32]:
    """Colours at places 0 to 1 of a scale: float32 (…, 3), 0 to 255."""
    stops = np.array([[int(stop[k : k + 2], 16) for k in (0, 2, 4)] for stop in _STOPS[name].split()], np.float32)
    steps = np.linspace(0, 1, len(stops))
    table = np.stack([np.interp(np.linspace(0, 1, 256), steps, stops[:, k]) for k in range(3)], axis=1)
    return np.asarray(table[np.clip(place * 255, 0, 255).round().astype(np.uint8)], np.float32)


def tile_sheet(tiles_nhw: UInt8Image) -> UInt8Image:
    """Grey tiles (N, h, w) below each other in the colours of viridis: uint8 RGB (N · h, w, 3)."""
    place = np.asarray(tiles_nhw.reshape(-1, tiles_nhw.shape[2]) / 255, np.float32)
    return _coloured(place, "viridis").astype(np.uint8)


def kernel_tiles(weights_hwn: FloatImage, cell_px: int) -> UInt8Image:
    """Kernels (h, w, N) as tiles (N, cell, cell'): 0 is the middle grey, all on one scale."""
    peak = float(np.abs(weights_hwn).max()) or 1.0
    grey = (weights_hwn / peak * 127.5 + 127.5).round().astype(np.uint8)
    return np.stack([grown(grey[..., k], cell_px) for k in range(grey.shape[2])])


def grown(image: UInt8Image, cell_px: int) -> UInt8Image:
    """A small picture (h, w) or (h, w, 3) with its long side at ``cell_px``, every cell a square."""
    scale = cell_px / max(image.shape[:2])
    size = (max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale)))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_NEAREST), np.uint8)
