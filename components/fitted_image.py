"""A picture as wide as its place, but never taller than the screen."""

from __future__ import annotations

from streamlit.delta_generator import DeltaGenerator

from core.types import UInt8Image

TALLEST_PX = 540


def fitted_image(place: DeltaGenerator, image_hwc: UInt8Image) -> None:
    """Draw an image (uint8 RGB, shape (H, W, 3)); upright ones are narrower, so that controls stay in sight."""
    height_px, width_px = image_hwc.shape[:2]
    place.image(image_hwc, width="stretch" if width_px >= height_px else round(TALLEST_PX * width_px / height_px))
