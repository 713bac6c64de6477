"""Under the picture: its masks, and what can be taken home."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import streamlit as st

from components import session_keys as keys
from core.render.dataset import encoded_jpeg
from core.services.render_process import Order
from pages.render_lab_parts.live import LivePicture


def tools(live: LivePicture, order: Order) -> None:
    """Draw the switch of the masks and two downloads."""
    name = f"{order.scene}-{order.variant}-{order.seed}".lower()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.toggle("Masks", key=keys.LAB_MASKS, help="Dims all but the object, and outlines joint, cap and true boxes.")
        # What is on screen when the button is pressed, which is not yet known here.
        for words, data, file, kind in (
            ("Picture", lambda: _jpeg(live), f"{name}.jpg", "image/jpeg"),
            ("Variables", lambda: json.dumps(_document(live), indent=1), f"{name}.json", "application/json"),
        ):
            st.download_button(words, data, file, kind, icon=":material/download:", on_click="ignore")


def _jpeg(live: LivePicture) -> bytes:
    return b"" if live.picture is None else encoded_jpeg(live.picture.image_hwc, 95)


def _document(live: LivePicture) -> dict[str, Any]:
    return {} if live.picture is None else {"order": asdict(live.picture.order), "truth": live.picture.truth}
