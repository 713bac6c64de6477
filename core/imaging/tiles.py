"""Cutting photos: overlapping tiles for the detector, a deep-zoom pyramid for the viewer."""

from __future__ import annotations

import threading
from collections import OrderedDict
from pathlib import Path

import numpy as np

from core.errors import ConfigError, NotFoundError
from core.imaging.decode import decode_upright, resize_to
from core.imaging.photo import read_header
from core.imaging.sniff import HEAD_BYTES, identify
from core.imaging.variants import encode_jpeg
from core.types import UInt8Image

VIEWER_TILE_PX = 512
_TILE_QUALITY = 88
_CACHE_BYTES = 256_000_000


def tile_origins(height_px: int, width_px: int, tile_px: int, overlap_px: int) -> tuple[tuple[int, int], ...]:
    """Lay square tiles over an image so that all of it is covered.

    Args:
        height_px, width_px: the image, pixels.
        tile_px: side of a tile, pixels.
        overlap_px: least overlap of neighbouring tiles, pixels, 0 ≤ overlap < tile.

    Returns:
        (x, y) of each tile's upper left corner, pixels, row by row. Tiles lie inside the image, spread
        evenly; along a side shorter than the tile there is one tile at 0 that reaches over the edge.

    Raises:
        ConfigError: a size is not positive, or the overlap is not under the tile's side.
    """
    if min(height_px, width_px, tile_px) < 1 or not 0 <= overlap_px < tile_px:
        raise ConfigError(
            f"tiles: expected sizes of at least 1 px and 0 ≤ overlap < tile, received image {width_px} × {height_px}, "
            f"tile {tile_px}, overlap {overlap_px}"
        )
    return tuple(
        (x, y)
        for y in _starts(height_px, tile_px, tile_px - overlap_px)
        for x in _starts(width_px, tile_px, tile_px - overlap_px)
    )


def _starts(length_px: int, tile_px: int, most_step_px: int) -> list[int]:
    spare_px = length_px - tile_px
    if spare_px <= 0:
        return [0]
    steps = -(-spare_px // most_step_px)
    return [index * spare_px // steps for index in range(steps + 1)]


def level_count(height_px: int, width_px: int, tile_px: int = VIEWER_TILE_PX) -> int:
    """Levels of the viewer's pyramid: 0 is full size, each next is half, the last fits one tile."""
    count = 1
    while max(height_px, width_px) > tile_px << (count - 1):
        count += 1
    return count


class TilePyramid:
    """Serves viewer tiles, keeping the few levels that were looked at last in memory.

    A viewer asks for a dozen tiles of one photo at once: the level is decoded once and the others wait
    for it. Thread-safe. Memory: at most 256 MB of levels, or the one level that is larger than that.
    """

    def __init__(self, cache_bytes: int = _CACHE_BYTES) -> None:
        self._cache_bytes = cache_bytes
        self._levels: OrderedDict[tuple[Path, int], UInt8Image] = OrderedDict()
        self._lock = threading.Lock()

    def tile(self, path: Path, name: str, level: int, column: int, row: int, tile_px: int = VIEWER_TILE_PX) -> bytes:
        """One tile of a photo as JPEG.

        Args:
            path: the original file.
            name: what the person calls it, for messages.
            level: 0 is full resolution, each next level half of it (rounded up).
            column, row: place in the grid of tile_px squares, from the upper left.
            tile_px: side of a tile, pixels.

        Returns:
            A JPEG of at most tile_px × tile_px; tiles at the right and lower edge are smaller.

        Raises:
            PhotoError: the photo cannot be decoded.
            NotFoundError: the photo has no such level or tile.
        """
        if level < 0 or column < 0 or row < 0 or level > 16:
            raise NotFoundError(f"{name}: no tile {column}, {row} on level {level}; all count from 0")
        image = self._level(path, name, level)
        left, upper = column * tile_px, row * tile_px
        if left >= image.shape[1] or upper >= image.shape[0]:
            raise NotFoundError(
                f"{name}: no tile {column}, {row} on level {level}, which is {image.shape[1]} × {image.shape[0]} px"
            )
        return encode_jpeg(np.ascontiguousarray(image[upper : upper + tile_px, left : left + tile_px]), _TILE_QUALITY)

    def _level(self, path: Path, name: str, level: int) -> UInt8Image:
        # One lock for all: decoding one photo at a time also bounds the memory of many viewers at once.
        with self._lock:
            key = (path, level)
            if key in self._levels:
                self._levels.move_to_end(key)
                return self._levels[key]
            image = decode_level(path, name, level)
            self._levels[key] = image
            while len(self._levels) > 1 and sum(kept.nbytes for kept in self._levels.values()) > self._cache_bytes:
                self._levels.popitem(last=False)
            return image


def decode_level(path: Path, name: str, level: int) -> UInt8Image:
    """Decode one level of a photo's pyramid: uint8 (H, W, 3), each side ⌈full / 2^level⌉ pixels.

    Raises:
        PhotoError: the photo cannot be decoded.
    """
    with path.open("rb") as file:
        media_type = identify(file.read(HEAD_BYTES), name)
    width_px, height_px, _ = read_header(path, name, media_type)
    width_px, height_px = -(-width_px >> level), -(-height_px >> level)
    image = decode_upright(path, name, at_least_px=max(width_px, height_px))
    return resize_to(image, height_px, width_px)


_PYRAMID = TilePyramid()


def viewer_tile(path: Path, name: str, level: int, column: int, row: int, tile_px: int = VIEWER_TILE_PX) -> bytes:
    """One viewer tile as JPEG, from the process's own ``TilePyramid``; see ``TilePyramid.tile``."""
    return _PYRAMID.tile(path, name, level, column, row, tile_px)
