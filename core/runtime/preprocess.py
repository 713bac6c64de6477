"""Pixels to network input, the same for inference, training and explanation."""

from __future__ import annotations

import cv2
import numpy as np

from core.errors import ArrayShapeError
from core.types import FloatImage, UInt8Image


def resize(image_hwc: UInt8Image, height_px: int, width_px: int) -> UInt8Image:
    """Resize without regard to the aspect ratio: area average when it shrinks, bilinear when it grows.

    Args:
        image_hwc: uint8 RGB, shape (H, W, 3).
        height_px, width_px: size wanted, at least 1.

    Returns:
        uint8 RGB, shape (height_px, width_px, 3); the same array where the size fits already.

    Raises:
        ArrayShapeError: not uint8 (H, W, 3).
    """
    if image_hwc.dtype != np.uint8 or image_hwc.ndim != 3 or image_hwc.shape[2] != 3:
        raise ArrayShapeError(
            f"image_hwc: expected uint8 (H, W, 3), got {image_hwc.dtype} {image_hwc.shape}; decode it as RGB first"
        )
    if image_hwc.shape[:2] == (height_px, width_px):
        return image_hwc
    shrinks = height_px * width_px <= image_hwc.shape[0] * image_hwc.shape[1]
    return np.asarray(
        cv2.resize(image_hwc, (width_px, height_px), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR),
        dtype=np.uint8,
    )


def network_input(image_hwc: UInt8Image, height_px: int, width_px: int) -> FloatImage:
    """Stretch a photo to the network's input and scale it to −1…1.

    Args:
        image_hwc: uint8 RGB, shape (H, W, 3).
        height_px, width_px: size of the network's input.

    Returns:
        float32, shape (1, height_px, width_px, 3), range −1 to 1.

    Raises:
        ArrayShapeError: not uint8 (H, W, 3).
    """
    return scale_to_unit(resize(image_hwc, height_px, width_px))[None]


def scale_to_unit(image_hwc: UInt8Image) -> FloatImage:
    """x / 127.5 − 1: uint8 0…255 to float32 −1…1, as MobileNetV2 was pretrained."""
    scaled = image_hwc.astype(np.float32)
    scaled *= np.float32(1 / 127.5)
    scaled -= np.float32(1)
    return scaled
