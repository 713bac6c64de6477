"""Marks that stay in place from photo to photo of one camera: dead pixels, and dirt on lens or window."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.errors import ArrayShapeError, ConfigError
from core.types import FloatImage

MIN_PHOTOS = 8  # fewer cannot tell a mark from a scene
_GRID_PX = 96  # long side of the grid in which dirt is looked for
_WINDOW_CELLS = 21
_PIXEL_STEP = 0.06  # luminance by which a dead pixel differs from its neighbours, on average
_DIRT_STEP = 0.05  # share of light that dirt takes away, against its surroundings
_SURE = 6.0  # standard errors


@dataclass(frozen=True, slots=True, eq=False)
class LastingMarks:
    """What stays in place over a set of photos.

    Attributes:
        dead_pixels_xy: int64 (N, 2), x and y.
        dirt_boxes_xyxy: float64 (M, 4), pixels, the largest first.
        dirt_share: share of the photo's area, 0 to 1.
        photo_count: photos looked at.
    """

    dead_pixels_xy: NDArray[np.int64]
    dirt_boxes_xyxy: NDArray[np.float64]
    dirt_share: float
    photo_count: int


def find_lasting_marks(grays: Iterable[FloatImage]) -> LastingMarks:
    """Look for marks in photos of one camera.

    Every photo is compared with itself, smoothed: a dead pixel differs from the median around it, dirt darkens a
    patch against its surroundings. A scene does so too, but elsewhere in each photo; what remains in the mean,
    and is many standard errors wide, is the camera.

    Args:
        grays: luminance, float32 (H, W), 0 to 1, all of equal size and not scaled down (a scaled photo has lost
            its dead pixels), at least eight, of different scenes. The fainter the dirt, the more it takes:
            what takes a quarter of the light shows after about 50. Photos are read once, one at a time.

    Raises:
        ArrayShapeError: sizes differ.
        ConfigError: fewer than eight photos.
    """
    total = _Totals()
    for gray in grays:
        total.add(gray)
    if total.count < MIN_PHOTOS:
        raise ConfigError(f"photos: expected at least {MIN_PHOTOS} of one camera, got {total.count}")
    is_dead, is_dirty = total.pixel(), total.dirt()
    y, x = np.nonzero(is_dead)
    return LastingMarks(
        np.stack([x, y], axis=1).astype(np.int64),
        _boxes(is_dirty, is_dead.shape),
        float(is_dirty.mean()),
        total.count,
    )


class _Totals:
    """Running sums of residuals and their squares."""

    def __init__(self) -> None:
        self.count = 0
        self._sums: list[NDArray[np.float64]] = []

    def add(self, gray: FloatImage) -> None:
        """Take in one photo."""
        if self._sums and self._sums[0].shape != gray.shape:
            raise ArrayShapeError(f"photo {self.count}: expected size {self._sums[0].shape}, got {gray.shape}")
        height, width = gray.shape
        scale = _GRID_PX / max(height, width)
        size = (max(round(width * scale), 8), max(round(height * scale), 8))
        small = cv2.resize(gray, size, interpolation=cv2.INTER_AREA).astype(np.float64)
        # In logarithms a mark that takes a share of the light is the same step on sky and on ground.
        light = np.log(np.maximum(small, 0.02))
        residuals = (gray - cv2.medianBlur(gray, 3), _against_median(light, 0), _against_median(light, 1))
        terms = [term for residual in residuals for term in (residual, residual**2)]
        if not self._sums:
            self._sums = [np.zeros(term.shape) for term in terms]
        for held, term in zip(self._sums, terms, strict=True):
            held += term
        self.count += 1

    def pixel(self) -> NDArray[np.bool_]:
        """Pixels that differ from their neighbours in the same way in most photos."""
        mean, error = self._mean_and_error(0)
        return np.asarray((np.abs(mean) > _PIXEL_STEP) & (np.abs(mean) > _SURE * error))

    def dirt(self) -> NDArray[np.bool_]:
        """Cells that are darker than what is beside them, and than what is above and below.

        A horizon or a pole that is at the same place in every photo is so in one direction only.
        """
        is_dark = np.ones(self._sums[2].shape, dtype=bool)
        for k in (2, 4):
            mean, error = self._mean_and_error(k)
            is_dark &= (mean < -_DIRT_STEP) & (mean < -_SURE * error)
        return is_dark

    def _mean_and_error(self, k: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        mean = self._sums[k] / self.count
        variance = np.maximum(self._sums[k + 1] / self.count - mean**2, 0)
        return mean, np.sqrt(variance / max(self.count - 1, 1))


def _against_median(light: NDArray[np.float64], axis: int) -> NDArray[np.float64]:
    """Each cell less the median of a line of cells around it, much longer than a drop or an insect."""
    pad = [(0, 0), (0, 0)]
    pad[axis] = (_WINDOW_CELLS // 2, _WINDOW_CELLS // 2)
    lines = np.lib.stride_tricks.sliding_window_view(np.pad(light, pad, mode="reflect"), _WINDOW_CELLS, axis=axis)
    return np.asarray(light - np.median(lines, axis=-1))


def _boxes(is_dirty: NDArray[np.bool_], shape: tuple[int, ...]) -> NDArray[np.float64]:
    count, _, stats, _ = cv2.connectedComponentsWithStats(is_dirty.astype(np.uint8), connectivity=8)
    scale = np.array([shape[1] / is_dirty.shape[1], shape[0] / is_dirty.shape[0]] * 2)
    found = [
        (area, (left, top, left + width, top + height)) for left, top, width, height, area in stats[1:count].tolist()
    ]
    corners = [corner for _, corner in sorted(found, key=lambda item: -item[0])]
    return np.asarray(np.array(corners, dtype=np.float64).reshape(-1, 4) * scale)
