"""How many edges a picture has, how sharp they are and how straight."""

from __future__ import annotations

import cv2
import numpy as np

from core.imaging.quality import blur_strength, luminance
from core.types import UInt8Image

EDGE_MEASURES = ("edge_density", "sharpness", "edge_straightness")
LOW_THRESHOLD, HIGH_THRESHOLD = 80.0, 160.0
_AROUND_PX = 6.0  # how far edges are looked at together, standard deviation


def canny_edges(image_hwc: UInt8Image, low: float = LOW_THRESHOLD, high: float = HIGH_THRESHOLD) -> UInt8Image:
    """Canny's edges of a picture's luminance, smoothed a little first.

    Args:
        image_hwc: uint8, shape (H, W, 3), RGB.
        low, high: gradients (Sobel, L2) from which an edge goes on, and from which it begins.

    Returns:
        uint8, shape (H, W): 255 on edges, else 0.

    Source: Canny 1986, doi:10.1109/TPAMI.1986.4767851.
    """
    grey = cv2.GaussianBlur(cv2.cvtColor(image_hwc, cv2.COLOR_RGB2GRAY), (0, 0), 1.0)
    return np.asarray(cv2.Canny(grey, low, high, L2gradient=True), dtype=np.uint8)


def edge_values(image_hwc: UInt8Image) -> tuple[float, float, float]:
    """Density, sharpness and straightness of a picture's edges; compare pictures of equal size only.

    Args:
        image_hwc: uint8, shape (H, W, 3), RGB.

    Returns:
        Density: share of pixels on Canny's edges. Sharpness: 1 − ``blur_strength``. Straightness: how much of
        the gradient around an edge's pixels has one direction (coherence of the structure tensor), 1 for one straight
        line, 0 for none; 0 without edges. All 0 to 1.

    Source: coherence: Bigün and Granlund 1987.
    """
    gray = luminance(image_hwc)
    edges = canny_edges(image_hwc) > 0
    density = float(edges.mean())
    sharpness = 1.0 - blur_strength(gray)
    if not edges.any():
        return density, sharpness, 0.0
    gray = cv2.GaussianBlur(gray, (0, 0), 1.0)
    dx, dy = cv2.Scharr(gray, cv2.CV_32F, 1, 0), cv2.Scharr(gray, cv2.CV_32F, 0, 1)
    xx, yy, xy = (cv2.GaussianBlur(part, (0, 0), _AROUND_PX)[edges] for part in (dx * dx, dy * dy, dx * dy))
    total = xx + yy
    coherence = np.sqrt((xx - yy) ** 2 + 4 * xy**2) / np.where(total > 0, total, 1)
    return density, sharpness, float(np.clip(coherence, 0, 1).mean())
