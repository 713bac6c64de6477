"""Quality of one photo: brightness, contrast, blur, clipping, pixels that stand out alone."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from core.errors import ArrayShapeError
from core.imaging.decode import resize_to_long_side
from core.types import FloatImage, UInt8Image

QUALITY_LONG_SIDE_PX = 768  # blur and contrast of photos are comparable at equal size only


@dataclass(frozen=True, slots=True)
class PhotoQuality:
    """Measures of a photo's pixels, all from luminance, 0 to 1.

    Attributes:
        brightness: mean; 0 is black.
        contrast: standard deviation; 0 is one even grey, 0.5 the most there is.
        blur: as ``blur_strength``; higher is more blurred.
        dark_share, bright_share: pixels at or next to black, and white.
    """

    brightness: float
    contrast: float
    blur: float
    dark_share: float
    bright_share: float


def photo_quality(image_hwc: UInt8Image) -> PhotoQuality:
    """Measure a photo at the standard size.

    Args:
        image_hwc: uint8 (H, W, 3), RGB, upright, at any scale at which the long side has at least
            ``QUALITY_LONG_SIDE_PX``; smaller ones are measured as they are, and look less blurred.
    """
    small = resize_to_long_side(image_hwc, min(QUALITY_LONG_SIDE_PX, max(image_hwc.shape[:2])))
    gray = luminance(small)
    return PhotoQuality(
        brightness=float(gray.mean()),
        contrast=float(gray.std()),
        blur=blur_strength(gray),
        dark_share=float((gray <= 2 / 255).mean()),
        bright_share=float((gray >= 253 / 255).mean()),
    )


def luminance(image_hwc: UInt8Image) -> FloatImage:
    """Rec. 601 luminance of gamma-encoded values: float32 (H, W), 0 to 1."""
    return np.asarray(cv2.cvtColor(image_hwc, cv2.COLOR_RGB2GRAY), dtype=np.float32) / np.float32(255)


def blur_strength(gray: FloatImage, kernel_px: int = 11) -> float:
    """Measure how little an extra blur changes an image.

    Args:
        gray: luminance, float32, shape (H, W), range [0, 1].
        kernel_px: odd re-blur width, in pixels.

    Returns:
        Unitless, [0, 1]; 1 is fully blurred, and what an image without any edge gets. Compare at equal
        kernel_px and equal image size only.

    Raises:
        ArrayShapeError: gray is not 2-D.

    Source: Crete et al. 2007, doi:10.1117/12.702790.
    """
    if gray.ndim != 2:
        raise ArrayShapeError(f"gray: expected shape (H, W), got {gray.shape}")
    strengths = []
    for axis, kernel in ((0, (1, kernel_px)), (1, (kernel_px, 1))):
        blurred = cv2.blur(gray, kernel)
        sharp_steps = np.abs(np.diff(gray, axis=axis))
        lost = np.maximum(sharp_steps - np.abs(np.diff(blurred, axis=axis)), 0)
        total = float(sharp_steps.sum(dtype=np.float64))
        strengths.append(1.0 if total == 0 else 1 - float(lost.sum(dtype=np.float64)) / total)
    return max(strengths)
