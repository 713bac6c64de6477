"""Whether a person could tell from a photo what its pole is made of; scenes where not are drawn again."""

from __future__ import annotations

import cv2
import numpy as np

from core.render.pole_scene.canvas import FIRST_TOP, POLE, Canvas
from core.render.pole_scene.draws import Draws
from core.render.pole_scene.truth import contrast_of_255
from core.types import BoolMask, UInt8Image

LEAST_CONTRAST_OF_255 = 32.0
LEAST_LATTICE_SHARE, MOST_SHARE = 0.02, 0.6
"""Of the frame."""
LEAST_WIDTH = {"TREE": 0.018, "STEEL": 0.02, "CONCRETE": 0.02}
LEAST_LENGTH = 0.3
"""Of the long side: a shaft at least that wide must be seen over that length; zinc needs its gloss to be told."""
LEVELS_OF_255 = {"TREE": (8.0, 195.0), "STEEL": (75.0, 250.0), "CONCRETE": (98.0, 245.0)}
"""Mean level of a pole."""
LEAST_OF_AROUND = {"TREE": 0.0, "STEEL": 0.5, "CONCRETE": 0.6}
"""Its level over that of what is beside it: against the light, pale concrete and zinc look like tarred wood."""


def pole_can_be_told(draws: Draws, label: str, canvas: Canvas, image_hwc: UInt8Image, mask: BoolMask) -> bool:
    """Whether the pole is large, contrasting and lit enough for its material to show.

    Args:
        draws: takes ``pole_share_of_frame``, ``pole_contrast_of_255`` and ``pole_level_of_255``.
        label: a pole's; ``NONE`` is always told.
        canvas: painted.
        image_hwc: the photo, uint8 RGB.
        mask: the photo's pixels that show the structure, (H, W).
    """
    pole = (canvas.ids == POLE) | (canvas.ids >= FIRST_TOP)
    share = draws.keep("pole_share_of_frame", float(pole.mean()))
    contrast = draws.keep("pole_contrast_of_255", contrast_of_255(image_hwc, mask))
    level, around = _levels(image_hwc, pole)
    draws.keep("pole_level_of_255", level)
    if label == "NONE":
        return True
    lattice = "bracing" in draws.record
    low, high = LEVELS_OF_255[label]
    # members against the sky tell a lattice however dark they are
    lit = lattice or (low <= level <= high and level >= LEAST_OF_AROUND[label] * around)
    large = share >= LEAST_LATTICE_SHARE if lattice else _shaft_shows(pole, LEAST_WIDTH[label])
    return bool(lit and large and share <= MOST_SHARE and contrast >= LEAST_CONTRAST_OF_255)


def _levels(image_hwc: UInt8Image, pole: BoolMask) -> tuple[float, float]:
    """Mean level of the pole, and of a strip beside it; 0 where there is none."""
    small = cv2.resize(pole.astype(np.float32), image_hwc.shape[1::-1], interpolation=cv2.INTER_AREA)
    beside = (cv2.dilate(small, np.ones((13, 13), np.uint8)) > 0) & (small <= 0)
    inside, outside = image_hwc[small >= 0.5], image_hwc[beside]
    return float(inside.mean()) if inside.size else 0.0, float(outside.mean()) if outside.size else 0.0


def _shaft_shows(pole: BoolMask, least_width: float) -> bool:
    long_side = max(pole.shape)
    half_width = cv2.distanceTransform(pole.astype(np.uint8), cv2.DIST_L2, 3)
    wide = half_width >= max(least_width * long_side / 2, 1.0)
    return bool(np.count_nonzero(wide) >= LEAST_LENGTH * long_side)
