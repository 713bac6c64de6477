"""Takes the sampling noise out of a path-traced picture. Mitsuba's own denoiser needs CUDA."""

from __future__ import annotations

import cv2
import numpy as np

from core.types import FloatImage

REACH_PX = 2


def without_fireflies(radiance: FloatImage) -> FloatImage:
    """Limit pixels to three times the median around them: lone hot pixels are sampling noise.

    Args:
        radiance: float32 (H, W, 3), linear.
    """
    limit = 3.0 * cv2.medianBlur(radiance, 3) + 0.25 * float(np.mean(radiance))
    return np.asarray(np.minimum(radiance, limit), np.float32)


def guided_smooth(radiance: FloatImage, normal: FloatImage, albedo: FloatImage, coverage: FloatImage) -> FloatImage:
    """Average neighbours of like normal, albedo and coverage (cross-bilateral): noise goes, edges stay.

    Args:
        radiance, normal, albedo: float32 (H, W, 3). coverage: float32 (H, W).

    Source: Dammertz et al. 2010, "Edge-avoiding À-Trous wavelet transform", its weights in one 5 × 5 pass.
    """
    guide = np.concatenate([normal / 0.12, albedo / 0.06, coverage[..., None] / 0.08], 2)
    height, width = radiance.shape[:2]
    margin = ((REACH_PX, REACH_PX), (REACH_PX, REACH_PX), (0, 0))
    padded_guide = np.pad(guide, margin, mode="edge")
    padded = np.pad(radiance, margin, mode="edge")
    total = np.zeros_like(radiance)
    weights = np.zeros((height, width, 1), np.float32)
    for dy in range(2 * REACH_PX + 1):
        for dx in range(2 * REACH_PX + 1):
            window = (slice(dy, dy + height), slice(dx, dx + width))
            apart = ((padded_guide[window] - guide) ** 2).sum(2, keepdims=True)
            weight = np.exp(-0.5 * apart - 0.25 * ((dy - REACH_PX) ** 2 + (dx - REACH_PX) ** 2))
            total += weight * padded[window]
            weights += weight
    return np.asarray(total / weights, np.float32)
