"""What the file itself tells, on one line."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from components.local_time import local_time
from components.wording import plain
from core.types import Photo


def photo_facts(photo: Photo, tags: Sequence[str], api_root: str = "/api/v1") -> None:
    """Draw name, size, time, place, camera and tags; the original is one click away."""
    megapixels = photo.width_px * photo.height_px / 1e6
    facts = [f"{photo.width_px} × {photo.height_px} ({megapixels:.1f} megapixels)"]
    if photo.captured_at:
        facts.append(local_time(photo.captured_at, with_zone=True))
    if photo.gps:
        facts.append(f"{photo.gps[0]:.5f}°, {photo.gps[1]:.5f}°")
    if photo.camera:
        facts.append(photo.camera)
    facts += [f"#{tag}" for tag in tags]
    original = f"[original file]({api_root}/photos/{photo.sha256}/original)"
    st.caption(" · ".join([f"**{plain(photo.name)}**", *map(plain, facts), original]))
