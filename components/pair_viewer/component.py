"""Python side of the pair viewer: two pictures in; zoom and slider stay in the browser."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import streamlit as st

from components.web_sources import read_web_sources
from core.services.pairs import ShownPicture

Mode = Literal["side", "slider"]
_SHARED = "../../photo_viewer/web/"

_mount = st.components.v2.component(
    "gridlens_pair_viewer",
    **read_web_sources(Path(__file__).parent / "web", "pair", (f"{_SHARED}geometry.js", "pane.js", "pair.js")),
)


@dataclass(frozen=True, slots=True, eq=False)
class PairPicture:
    """One side: its title, and the picture."""

    title: str
    picture: ShownPicture


def pair_viewer(first: PairPicture, second: PairPicture, *, mode: Mode, key: str) -> None:
    """Show both; they are zoomed and moved together, whatever their sizes.

    Args:
        first, second: left and right, or below and above the slider.
        mode: ``side`` by side, or one over the other under a ``slider``.
        key: Streamlit key; zoom and slider live as long as it stays.
    """
    _mount(key=key, data={"mode": mode, "sides": [_side_data(first), _side_data(second)]})


def _side_data(side: PairPicture) -> dict[str, Any]:
    picture = side.picture
    data = base64.b64encode(picture.data).decode("ascii")
    return {
        "title": side.title,
        "url": f"data:{picture.media_type};base64,{data}",
        "width_px": picture.width_px,
        "height_px": picture.height_px,
    }
