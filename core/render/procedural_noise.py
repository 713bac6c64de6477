"""Seeded noise that textures and backgrounds are made of."""

from __future__ import annotations

import cv2
import numpy as np

from core.types import FloatImage


def octave_noise(
    rng: np.random.Generator, shape: tuple[int, int], *, cells: float, octaves: int = 4, gain: float = 0.55
) -> FloatImage:
    """Sum smooth noise of doubling frequency; tiles seamlessly when ``cells`` is whole.

    Args:
        rng: source of randomness.
        shape: (H, W) in pixels.
        cells: features along the longer side at the coarsest octave.
        octaves: how many doublings.
        gain: amplitude of each octave against the one before.

    Returns:
        float32 (H, W), mean 0.5, clipped to 0 to 1.
    """
    total = np.zeros(shape, np.float32)
    weight, scale = 1.0, 0.0
    longer = max(shape)
    for octave in range(octaves):
        rows = max(2, round(cells * 2**octave * shape[0] / longer))
        columns = max(2, round(cells * 2**octave * shape[1] / longer))
        if rows > shape[0] or columns > shape[1]:
            break
        coarse = np.pad(rng.random((rows, columns), np.float32) - 0.5, 2, mode="wrap")
        total += weight * _enlarge_wrapped(coarse, rows, columns, shape)
        scale += weight**2
        weight *= gain
    spread = 0.86 / max(1e-6, scale**0.5)
    return np.asarray(np.clip(0.5 + total * spread, 0.0, 1.0), np.float32)


def _enlarge_wrapped(padded: FloatImage, rows: int, columns: int, shape: tuple[int, int]) -> FloatImage:
    y = (np.arange(shape[0], dtype=np.float32) + 0.5) * rows / shape[0] + 1.5
    x = (np.arange(shape[1], dtype=np.float32) + 0.5) * columns / shape[1] + 1.5
    map_x, map_y = np.meshgrid(x, y)
    enlarged: FloatImage = cv2.remap(padded, map_x, map_y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)
    return enlarged


def grains(rng: np.random.Generator, side_px: int, count: int) -> tuple[FloatImage, FloatImage]:
    """Divide a tile into crystal grains (Voronoi cells, wrapped).

    Returns:
        A random value of each pixel's grain and the nearness to a grain's border, both float32 (side, side), 0 to 1.
    """
    per_side = max(2, round(count**0.5))
    seeds = np.zeros((side_px, side_px), np.uint8) + 255
    grid = (
        np.stack(np.meshgrid(np.arange(per_side), np.arange(per_side)), -1) + rng.random((per_side, per_side, 2))
    ) / per_side
    at = np.clip((grid.reshape(-1, 2) * side_px).astype(int), 0, side_px - 1)
    seeds[at[:, 1], at[:, 0]] = 0
    margin = side_px // per_side + 1
    wrapped = np.pad(seeds, margin, mode="wrap")
    distance, label = cv2.distanceTransformWithLabels(wrapped, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    # Wrapped copies of one seed carry different labels: name each grain by where its seed lies in the tile.
    ys, xs = np.nonzero(wrapped == 0)
    value_of = rng.random((side_px, side_px), np.float32)[(ys - margin) % side_px, (xs - margin) % side_px]
    table = np.zeros(int(label.max()) + 1, np.float32)
    table[label[ys, xs]] = value_of
    inner = slice(margin, margin + side_px)
    border = distance[inner, inner] / max(1.0, float(distance.max()))
    return table[label[inner, inner]], border.astype(np.float32)
