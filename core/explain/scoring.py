"""Everything that one explanation is measured by, as flat numbers."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np

from core.errors import ArrayShapeError
from core.explain.faithfulness import measure_faithfulness
from core.explain.scores import report_on_mask, resized
from core.explain.subject import Subject
from core.explain.view import View
from core.types import BoolMask, FloatImage


def score_explanation(subject: Subject, view: View, map_hw: FloatImage, mask_hw: BoolMask | None) -> dict[str, float]:
    """Scores of a map of the network's input.

    Args:
        subject, view: the network and what it saw.
        map_hw: float32, over the input.
        mask_hw: bool, over the photo; None where nobody knows where the object is.

    Returns:
        ``deletion``, ``insertion``, ``average_drop``, ``average_increase`` (see ``core.explain.faithfulness``); with a
        mask also ``energy``, ``pointing``, ``iou``, each alone and with ``_centre``, ``_area`` and ``_random``
        (see ``core.explain.scores``), and ``iou_threshold``.

    Raises:
        ArrayShapeError: the mask is not bool, is empty, or has other proportions than the photo.
    """
    found = asdict(measure_faithfulness(subject, view.x_nhwc, view.target, map_hw))
    if mask_hw is not None:
        check_mask(mask_hw, view.aspect)
        found |= report_on_mask(resized(view.on_photo(map_hw), mask_hw.shape), mask_hw).as_mapping()
    return {name: float(value) for name, value in found.items()}


def check_mask(mask_hw: BoolMask, aspect: float) -> None:
    """Refuse a mask that cannot lie on the photo.

    Raises:
        ArrayShapeError: not bool (H, W), or other proportions than width / height = ``aspect``.
    """
    if mask_hw.ndim != 2 or mask_hw.dtype != np.bool_:
        raise ArrayShapeError(f"mask_hw: expected bool (H, W), got {mask_hw.dtype} {mask_hw.shape}")
    height_px, width_px = mask_hw.shape
    # One pixel of rounding on either side is no other photo.
    if abs(width_px - aspect * height_px) > 1 + aspect:
        raise ArrayShapeError(
            f"mask_hw: expected the photo's proportions, {aspect:.3f} wide for 1 high, got {width_px} × {height_px} px"
        )
