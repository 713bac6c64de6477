"""What each part of a picture looks like, and where in many pictures something looks like a given part."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
from numpy.typing import NDArray

from core.types import UInt8Image

Floats = NDArray[np.float32]
Bytes = NDArray[np.uint8]

GRID = 8
HUES, GREYS, DIRECTIONS = 8, 4, 8
CELL_LENGTH = HUES + GREYS + DIRECTIONS
_COLOURS = HUES + GREYS
WINDOW_CELLS = (1, 2, 3, 4, 6, 8)
_CHUNK = 128
_BUSY = 64.0  # eighths of a grey step a pixel, in the mean


def cell_descriptors(image_hwc: UInt8Image) -> Bytes:
    """Colours and directions of edges in each of 8 × 8 parts of a picture.

    Args:
        image_hwc: uint8, shape (H, W, 3), RGB, at least 8 px a side.

    Returns:
        uint8, shape (8, 8, 20): 8 hues and 4 greys as shares of the part's pixels, summing up to about 255, then the
        mean gradient in 8 directions, in eighths of a grey step a pixel, at most 255.
    """
    height_px, width_px = image_hwc.shape[:2]
    rows, columns = np.arange(height_px) * GRID // height_px, np.arange(width_px) * GRID // width_px
    cell = (rows[:, None] * GRID + columns[None]).ravel()
    sums = _sums(image_hwc, cell, GRID**2)
    # Gradients stay as strong as they are: the sum over a window then weighs its parts as the window's pixels do.
    means = sums / np.bincount(cell, minlength=GRID**2)[:, None]
    means[:, :_COLOURS] *= 255
    return np.asarray(np.rint(np.minimum(means, 255)), dtype=np.uint8).reshape(GRID, GRID, CELL_LENGTH)


def region_descriptor(image_hwc: UInt8Image) -> Floats:
    """What a whole picture looks like, the one that a person has marked.

    Args:
        image_hwc: uint8, shape (H, W, 3), RGB, of the scale at which the others were described.

    Returns:
        float32 (21,): 8 hues and 4 greys, sum 1; 8 directions and what lacks to a busy picture, sum 1.
    """
    count = image_hwc.shape[0] * image_hwc.shape[1]
    means = _sums(image_hwc, np.zeros(count, np.int64), 1) / np.float32(count)
    return _shares(means[0])


def find_region(region: Floats, cells: Bytes) -> tuple[Floats, Floats]:
    """Where each picture looks most like a region: windows of 1 to 8 parts a side are tried at every place.

    Args:
        region: as ``region_descriptor``.
        cells: uint8, shape (N, 8, 8, 20).

    Returns:
        How much both share (mean of the intersections of colours and of directions): (N,), 0 to 1, higher is nearer;
        and the window: (N, 4), x_min, y_min, x_max, y_max as fractions of the picture. Of windows that are
        equally near the smallest.
    """
    if not len(cells):
        return np.empty(0, np.float32), np.empty((0, 4), np.float32)
    chunks = [cells[start : start + _CHUNK] for start in range(0, len(cells), _CHUNK)]
    with ThreadPoolExecutor(min(os.cpu_count() or 1, 8)) as pool:  # NumPy lets go of the interpreter inside
        parts = list(pool.map(lambda chunk: _best_windows(region, chunk), chunks))
    return np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])


def _best_windows(region: Floats, cells: Bytes) -> tuple[Floats, Floats]:
    count = len(cells)
    # Descriptors first and pictures last: NumPy is ten times as fast along a long last axis as along 21 values.
    sums = np.zeros((CELL_LENGTH, GRID + 1, GRID + 1, count), np.float32)
    sums[:, 1:, 1:] = cells.transpose(3, 1, 2, 0).astype(np.float32).cumsum(axis=1).cumsum(axis=2)
    best, box = np.full(count, -1, np.float32), np.zeros((count, 4), np.float32)
    for side in WINDOW_CELLS:
        inside = sums[:, side:, side:] - sums[:, :-side, side:] - sums[:, side:, :-side] + sums[:, :-side, :-side]
        inside /= np.float32(side**2)
        shared = np.minimum(_shares(inside), region[:, None, None, None]).sum(axis=0).reshape(-1, count) / 2
        place = shared.argmax(axis=0)
        value = shared[place, np.arange(count)]
        y, x = np.divmod(place, GRID + 1 - side)
        is_better = value > best + 1e-6
        best = np.where(is_better, value, best)
        box[is_better] = (np.stack([x, y, x + side, y + side], axis=1) / GRID)[is_better]
    return best, box


def _sums(image_hwc: UInt8Image, cell: NDArray[np.int64], cells: int) -> Floats:
    hsv = cv2.cvtColor(image_hwc, cv2.COLOR_RGB2HSV)
    hue, value = hsv[..., 0].astype(np.int64), hsv[..., 2].astype(np.int64)
    # A pixel is coloured as far as it is saturated, and else grey: hue means nothing in a grey sky.
    saturation = hsv[..., 1].astype(np.float32).ravel() / 255
    grey = cv2.cvtColor(image_hwc, cv2.COLOR_RGB2GRAY).astype(np.float32)
    dx, dy = cv2.Scharr(grey, cv2.CV_32F, 1, 0), cv2.Scharr(grey, cv2.CV_32F, 0, 1)
    strength = cv2.magnitude(dx, dy)
    # Scharr's weights sum up to 16 on each side of a pixel, so its strength is in 1/32 of a grey step a pixel.
    strength[strength < 32 * 6] = 0  # 6 grey steps a pixel: noise of sensor and compression lies below
    angle = np.arctan2(dy, dx) % np.pi
    direction = np.minimum((angle / np.pi * DIRECTIONS + 0.5).astype(np.int64) % DIRECTIONS, DIRECTIONS - 1)
    parts = ((hue.ravel() * HUES // 180, saturation, HUES), (value.ravel() * GREYS // 256, 1 - saturation, GREYS),
             (direction.ravel(), strength.ravel() / 4, DIRECTIONS))  # fmt: skip
    sums = [np.bincount(cell * n + which, weight, cells * n).reshape(cells, n) for which, weight, n in parts]
    return np.concatenate(sums, axis=1).astype(np.float32)


def _shares(means: Floats) -> Floats:
    """(20, …) sums of colours and mean gradients → (21, …), two parts of sum 1.

    Gradients weaker than a busy picture's leave a rest: without it one faint edge would outweigh all that is even.
    """
    colours, gradients = means[:_COLOURS], means[_COLOURS:]
    total = gradients.sum(axis=0)
    whole = np.maximum(total, np.float32(_BUSY))
    shares = np.empty((CELL_LENGTH + 1, *means.shape[1:]), np.float32)
    shares[:_COLOURS] = colours / np.maximum(colours.sum(axis=0), np.float32(1e-6))
    shares[_COLOURS:-1] = gradients / whole
    shares[-1] = 1 - total / whole
    return shares
