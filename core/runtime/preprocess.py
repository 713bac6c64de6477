"""Pixels to network input, the same for inference, training and explanation."""

from __future__ import annotations

import numpy as np

from core.imaging.decode import resize_to
from core.types import FloatImage, UInt8Image


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
    return scale_to_unit(resize_to(image_hwc, height_px, width_px))[None]


def scale_to_unit(image_hwc: UInt8Image) -> FloatImage:
    """x / 127.5 − 1: uint8 0…255 to float32 −1…1, as MobileNetV2 was pretrained."""
    scaled = image_hwc.astype(np.float32)
    scaled *= np.float32(1 / 127.5)
    scaled -= np.float32(1)
    return scaled
