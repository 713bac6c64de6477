"""What lens and sensor may have left on a photo: pixels that stand out alone, and soft marks.

One photo cannot tell a dead pixel from a spark, or dirt from a cloud; ``core.metrics.standing`` asks many photos.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.errors import ArrayShapeError
from core.imaging.decode import resize_to_long_side
from core.imaging.quality import QUALITY_LONG_SIDE_PX, luminance
from core.types import FloatImage, UInt8Image

RELIEF_CELLS = 96  # along the long side: a cell is 1 % of it, and a drop of rain covers several

_LEAST_STEP = 24  # of 255, that a pixel differs from the 5 × 5 around it
_MOST_SHARE = 1e-4  # of all pixels, the strongest; so few that chance hardly puts two at one place
_LEAST_MOST = 20
_SURROUNDINGS = 0.06  # of the long side: larger than dirt, smaller than sky and ground
_MOST_RELIEF = 0.35


@dataclass(frozen=True, slots=True, eq=False)
class FrameMarks:
    """What one photo shows.

    Attributes:
        lone_xys: see ``lone_pixels``.
        relief: see ``relief``; of equal shape for photos of equal size.
        width_px, height_px: of the photo, upright.
    """

    lone_xys: NDArray[np.int32]
    relief: NDArray[np.float32]
    width_px: int
    height_px: int


def frame_marks(image_hwc: UInt8Image) -> FrameMarks:
    """Both kinds of marks of a photo at full size; arguments and errors as ``lone_pixels``."""
    return FrameMarks(lone_pixels(image_hwc), relief(image_hwc), image_hwc.shape[1], image_hwc.shape[0])


def lone_pixels(image_hwc: UInt8Image) -> NDArray[np.int32]:
    """Pixels that are much brighter or darker than their surroundings.

    Args:
        image_hwc: uint8 (H, W, 3), RGB, at full size: any shrinking averages a dead pixel away.

    Returns:
        int32 (n, 3): x, y, and 1 for brighter or −1 for darker; the strongest 0.01 % at most (20 in small images).

    Raises:
        ArrayShapeError: image_hwc is no colour image.
    """
    if image_hwc.ndim != 3 or image_hwc.shape[2] != 3:
        raise ArrayShapeError(f"image_hwc: expected uint8 (H, W, 3), received {image_hwc.dtype} {image_hwc.shape}")
    gray = cv2.cvtColor(image_hwc, cv2.COLOR_RGB2GRAY)
    # A raw converter spreads one dead pixel over a cross of five, which outvotes a median of 3 × 3.
    step = gray.astype(np.int16) - cv2.medianBlur(gray, 5)
    at = np.flatnonzero(np.abs(step) >= _LEAST_STEP)
    most = max(_LEAST_MOST, int(_MOST_SHARE * step.size))
    strength = np.abs(step.reshape(-1)[at])
    if len(at) > most:
        at = np.sort(at[np.argsort(-strength, kind="stable")[:most]])
    y, x = np.divmod(at, gray.shape[1])
    return np.stack([x, y, np.sign(step.reshape(-1)[at])], axis=1).astype(np.int32)


def relief(image_hwc: UInt8Image) -> FloatImage:
    """How much darker (below 0) or brighter each part of a photo is than what surrounds it.

    Args:
        image_hwc: uint8 (H, W, 3), RGB, upright; a long side of 768 px is enough.

    Returns:
        float32, 96 cells along the long side, −0.35 to 0.35: logarithm of luminance over its surroundings', which
        reach 6 % of the long side.
    """
    gray = luminance(resize_to_long_side(image_hwc, min(QUALITY_LONG_SIDE_PX, max(image_hwc.shape[:2]))))
    sigma = _SURROUNDINGS * max(gray.shape)
    around = cv2.GaussianBlur(gray, (0, 0), sigma)
    marks = np.clip(np.log((gray + 0.02) / (around + 0.02)), -_MOST_RELIEF, _MOST_RELIEF)
    scale = RELIEF_CELLS / max(gray.shape)
    size = (max(round(gray.shape[1] * scale), 1), max(round(gray.shape[0] * scale), 1))
    return np.asarray(cv2.resize(marks, size, interpolation=cv2.INTER_AREA), dtype=np.float32)
