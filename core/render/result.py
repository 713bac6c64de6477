"""What a renderer gives back: pixels and the truth about them, both from the scene."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.types import BoolMask, BoxXyxyPx, UInt8Image


@dataclass(frozen=True, slots=True)
class LabelledBox:
    """A labelled place: float pixels ``(x_min, y_min, x_max, y_max)`` of the render, cut to its frame."""

    label: str
    box_xyxy_px: BoxXyxyPx


@dataclass(frozen=True, slots=True, eq=False)
class Render:
    """One rendered photo with its ground truth.

    Attributes:
        image_hwc: uint8 RGB, shape (H, W, 3).
        label: class of the scene (``TREE``, ``STEEL``, ``CONCRETE``, or ``NONE`` where no pole is in
            frame); None for a scene with a value.
        value: worn fraction 0 to 0.95 for a shackle; None for a pole.
        boxes: what a detector should find.
        masks: name → bool (H, W), for example ``object`` and ``joint``.
        variables: every scene variable that was drawn, by name with its unit (``elevation_deg``).
    """

    image_hwc: UInt8Image
    label: str | None = None
    value: float | None = None
    boxes: tuple[LabelledBox, ...] = ()
    masks: Mapping[str, BoolMask] = field(default_factory=dict)
    variables: Mapping[str, float | str] = field(default_factory=dict)
