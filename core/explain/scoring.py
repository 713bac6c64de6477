"""Everything that one explanation is measured by, as flat numbers."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import asdict
from typing import Any

import numpy as np

from core.errors import ArrayShapeError
from core.explain.faithfulness import Faithfulness, measure_faithfulness
from core.explain.scores import centre_map, report_on_mask, resized
from core.explain.subject import Subject
from core.explain.view import View
from core.types import BoolMask, FloatImage

_CENTRES_KEPT = 16
_CENTRES: OrderedDict[tuple[Any, ...], Faithfulness] = OrderedDict()  # by subject: its id could come again


def score_explanation(subject: Subject, view: View, map_hw: FloatImage, mask_hw: BoolMask | None) -> dict[str, float]:
    """Scores of a map of the network's input.

    Args:
        subject, view: the network and what it saw.
        map_hw: float32, over the input.
        mask_hw: bool, over the photo; None where nobody knows where the object is.

    Returns:
        ``deletion``, ``insertion``, ``average_drop``, ``average_increase`` (see ``core.explain.faithfulness``), and
        ``deletion_centre``, ``insertion_centre``: what a blob in the middle gets; with a mask also ``energy``,
        ``pointing``, ``iou``, each alone and with ``_centre``, ``_area`` and ``_random`` (see
        ``core.explain.scores``), and ``iou_threshold``.

    Raises:
        ArrayShapeError: the mask is not bool, is empty, or has other proportions than the photo.
    """
    found = asdict(measure_faithfulness(subject, view.x_nhwc, view.target, map_hw))
    centre = _centre_faithfulness(subject, view)
    found |= {"deletion_centre": centre.deletion, "insertion_centre": centre.insertion}
    if mask_hw is not None:
        check_mask(mask_hw, view.aspect)
        found |= report_on_mask(resized(view.on_photo(map_hw), mask_hw.shape), mask_hw).as_mapping()
    return {name: float(value) for name, value in found.items()}


def _centre_faithfulness(subject: Subject, view: View) -> Faithfulness:
    """What a blob in the middle gets; the same for every method, and as dear as one of them."""
    key = (subject, view.target.text, view.target.index, hashlib.sha256(view.x_nhwc.tobytes()).hexdigest())
    if key not in _CENTRES:
        _CENTRES[key] = measure_faithfulness(subject, view.x_nhwc, view.target, centre_map(view.x_nhwc.shape[1:3]))
        while len(_CENTRES) > _CENTRES_KEPT:
            _CENTRES.popitem(last=False)
    return _CENTRES[key]


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
