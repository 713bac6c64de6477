"""A fingerprint of what a picture shows: near-duplicates have nearly the same one."""

from __future__ import annotations

import cv2
import numpy as np

from core.errors import ArrayShapeError
from core.types import UInt8Image

HASH_BITS = 64
_SIDE_PX = 32
_KEPT = 8
# Frequencies weaker than this (grey steps of 255, over the whole picture) are noise of sensor and compression.
_NOISE = 1.0


def perceptual_hash(image_hwc: UInt8Image) -> int:
    """The signs of a picture's 64 lowest frequencies.

    Args:
        image_hwc: uint8, shape (H, W, 3), RGB.

    Returns:
        64 bits. Size, brightness, noise and compression hardly change it; a picture without any structure has 0.

    Raises:
        ArrayShapeError: image_hwc is not uint8 (H, W, 3).

    Source: Zauner 2010, "Implementation and Benchmarking of Perceptual Image Hash Functions", section 3.2 (DCT).
    """
    if image_hwc.ndim != 3 or image_hwc.shape[2] != 3 or image_hwc.dtype != np.uint8:
        raise ArrayShapeError(f"image_hwc: expected uint8 (H, W, 3), received {image_hwc.dtype} {image_hwc.shape}")
    grey = cv2.cvtColor(image_hwc, cv2.COLOR_RGB2GRAY)
    small = cv2.resize(grey, (_SIDE_PX, _SIDE_PX), interpolation=cv2.INTER_AREA)
    low = cv2.dct(small.astype(np.float32))[:_KEPT, :_KEPT].ravel()
    middle = float(np.median(low[1:]))  # without the mean brightness, which is far larger than all else
    bits = low > max(middle, _NOISE)
    bits[0] = False
    return int(np.packbits(bits).view(">u8")[0])


def hash_distance(a: int, b: int) -> int:
    """In how many of their 64 bits two hashes differ: 0 the same picture, about 32 unrelated ones."""
    return (a ^ b).bit_count()
