"""A box as what is explained, in text: ``whole top cap:10,20,60,70``."""

from __future__ import annotations

from core.types import BoxXyxyPx


def box_text(label: str, box_xyxy_px: BoxXyxyPx) -> str:
    """A box as a target: ``whole top cap:10,20,60,70``."""
    return f"{label}:" + ",".join(f"{side:.0f}" for side in box_xyxy_px)


def target_box(target: str) -> tuple[str, BoxXyxyPx] | None:
    """The label and the box of a target that names one."""
    label, _, sides = target.rpartition(":")
    parts = sides.split(",")
    if not label or len(parts) != 4:
        return None
    try:
        x_min, y_min, x_max, y_max = (float(part) for part in parts)
    except ValueError:
        return None
    return label.removeprefix("-"), (x_min, y_min, x_max, y_max)
