"""Tileable noise, made once a process from fixed seeds; scenes differ by where and how they sample it."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]
TILE_PX = 512
FEATURE_PX = {"fbm": 128.0, "smooth": 160.0, "fine": 24.0, "grass": 10.0, "fibre": 10.0, "worley": 32.0, "edges": 32.0}
"""Typical size of a feature of each tile; sampling functions take feature sizes in metres."""


@lru_cache(maxsize=16)
def tile(name: str) -> F32:
    """One noise tile, float32 (512, 512), evenly distributed over [0, 1], wrapping at its edges."""
    if name in ("worley", "edges"):
        return _worley(name)
    kx, ky = np.meshgrid(np.fft.fftfreq(TILE_PX), np.fft.fftfreq(TILE_PX))
    k = np.hypot(kx, ky) * TILE_PX + 1e-6
    if name == "fbm":
        gain = np.where(k > 2, k**-1.75, 0.0)
    elif name == "smooth":
        gain = np.where(k > 1.5, k**-2.8, 0.0)
    elif name == "fine":
        gain = np.where(k > 8, k**-0.9, 0.0) * np.exp(-((k / 150) ** 2))
    elif name == "fibre":  # long along rows of constant x, as wood grain along a pole
        gain = np.exp(-((ky * TILE_PX / 4.0) ** 2)) * np.where(np.abs(kx) * TILE_PX > 3, 1.0, 0.0) * k**-0.45
    else:  # grass: short blades in a few directions
        gain = sum(
            np.exp(-(((np.cos(a) * kx + np.sin(a) * ky) * TILE_PX / 14.0) ** 2)) for a in (0.2, 0.9, 1.6, 2.5)
        ) * np.where(k > 10, k**-0.55, 0.0)
    rng = np.random.default_rng(len(name) * 1009 + ord(name[0]))
    white = np.fft.fft2(rng.standard_normal((TILE_PX, TILE_PX)))
    return _equalised(np.real(np.fft.ifft2(white * gain)))


def sample(name: str, x_px: F32, y_px: F32) -> F32:
    """Bilinear samples of a tile at any positions (same shape out as in), wrapping."""
    xs, ys = _wrapped(x_px), _wrapped(y_px)
    if xs.size == 0:
        return np.zeros_like(x_px, dtype=np.float32)
    if xs.ndim != 2:  # OpenCV maps are two-dimensional and under 32,768 px wide
        width = min(xs.size, 2048)
        pad = -xs.size % width
        xs, ys = (np.pad(a.ravel(), (0, pad)).reshape(-1, width) for a in (xs, ys))
    out = cv2.remap(tile(name), xs, ys, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
    result: F32 = out.ravel()[: x_px.size].reshape(x_px.shape)
    return result


def _wrapped(position_px: F32) -> F32:
    # np.mod of float32 is five times slower than this
    turns = np.asarray(position_px, np.float32) * np.float32(1 / TILE_PX)
    turns -= np.floor(turns)
    turns *= np.float32(TILE_PX)
    return turns


def _equalised(field: NDArray[np.floating]) -> F32:
    order = np.argsort(field, axis=None)
    ranks = np.empty(field.size, np.float32)
    ranks[order] = np.linspace(0, 1, field.size, dtype=np.float32)
    return ranks.reshape(field.shape)


def _worley(name: str) -> F32:
    rng = np.random.default_rng(77)
    points = rng.integers(0, TILE_PX, (256, 2))
    seeds = np.full((3 * TILE_PX, 3 * TILE_PX), 255, np.uint8)
    for dx in range(3):
        for dy in range(3):
            seeds[points[:, 1] + dy * TILE_PX, points[:, 0] + dx * TILE_PX] = 0
    distance, labels = cv2.distanceTransformWithLabels(seeds, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    middle = slice(TILE_PX, 2 * TILE_PX)
    if name == "worley":
        return _equalised(distance[middle, middle])
    edge = (cv2.morphologyEx(labels.astype(np.float32), cv2.MORPH_GRADIENT, np.ones((3, 3))) == 0).astype(np.uint8)
    return _equalised(cv2.distanceTransform(edge, cv2.DIST_L2, 5)[middle, middle])
