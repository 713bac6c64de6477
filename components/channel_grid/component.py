"""Python side of the grid: one sheet of pictures in, the number that was clicked out."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import cv2
import streamlit as st

from components.web_sources import read_web_sources
from core.types import UInt8Image

_mount = st.components.v2.component(
    "gridlens_channel_grid", **read_web_sources(Path(__file__).parent / "web", "grid", ("grid.js",))
)


@dataclass(frozen=True, slots=True)
class Cell:
    """One picture of the grid.

    Attributes:
        number: what is chosen by a click.
        words: below it; short.
        title: tooltip, read to screen readers.
        mark: ``✕`` and the like over the picture; "" for none.
    """

    number: int
    words: str
    title: str
    mark: str = ""


def channel_grid(
    sheet_hwc: UInt8Image,
    cells: Sequence[Cell],
    *,
    selected: int | None,
    key: str,
    on_chosen: Callable[[int], None] | None = None,
) -> None:
    """Draw the grid.

    Args:
        sheet_hwc: uint8 RGB, the cells' pictures below each other, all of one size.
        cells: in the order of the sheet, at least one.
        selected: the number that is shown large.
        key: Streamlit key.
        on_chosen: called with a number when its picture was clicked, before the page runs again.
    """
    height_px, width_px = sheet_hwc.shape[0] // len(cells), sheet_hwc.shape[1]
    encoded = cv2.imencode(".png", cv2.cvtColor(sheet_hwc, cv2.COLOR_RGB2BGR))[1].tobytes()
    data = {
        "sheet": "data:image/png;base64," + base64.b64encode(encoded).decode(),
        "width": width_px,
        "height": height_px,
        "cells": [asdict(cell) for cell in cells],
        "selected": selected,
    }

    def tell() -> None:
        chosen = st.session_state[key].chosen
        if on_chosen is not None and any(cell.number == chosen for cell in cells):  # what the browser says is checked
            on_chosen(chosen)

    _mount(key=key, data=data, on_chosen_change=tell)
