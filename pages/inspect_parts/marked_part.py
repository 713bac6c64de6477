"""A part of a photo that a person marks by its edges."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from components import cached, cached_compare
from core.services.context import Context
from core.types import BoxXyxyPx


def marked_part(context: Context, photo: Path) -> BoxXyxyPx:
    """Draw two sliders and the part between them; gives it in pixels of the upright original."""
    width_px, height_px = cached_compare.photo_size(photo, context.settings.max_pixels)
    left, right = st.columns(2)
    x0, x1 = left.slider("From left to right, %", 0, 100, (25, 75), key="similar.x")
    y0, y1 = right.slider("From top to bottom, %", 0, 100, (25, 75), key="similar.y")
    box = (x0 * width_px / 100, y0 * height_px / 100, x1 * width_px / 100, y1 * height_px / 100)
    st.image(cached.dataset_thumbnail(photo, box), width=240)
    return box
