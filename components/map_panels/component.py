"""Python side of the panels: maps in, the look and the box that a person chose out."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import streamlit as st

from components.web_sources import read_web_sources
from core.explain.picture import COLOURS, Colours
from core.types import BoxXyxyPx, FloatImage, Photo

MOST_CELLS = 224  # a side of what is sent to the browser; finer than its picture of a map is no map
_SHARED = "../../photo_viewer/web/"

_mount = st.components.v2.component(
    "gridlens_map_panels",
    **read_web_sources(
        Path(__file__).parent / "web",
        "panels",
        (f"{_SHARED}geometry.js", f"{_SHARED}heat.js", "colours.js", "stage.js", "tools.js", "panels.js"),
    ),
)


@dataclass(frozen=True, slots=True)
class Grid:
    """A map on its way to the browser: rows × columns of int8, −127 to 127, as Base64."""

    width: int
    height: int
    values: str

    @staticmethod
    def of(map_hw: FloatImage) -> Grid:
        """From float32 (H, W), −1 to 1, covering the photo edge to edge."""
        shrink = min(1.0, MOST_CELLS / max(map_hw.shape))
        if shrink < 1:
            size = (max(1, round(map_hw.shape[1] * shrink)), max(1, round(map_hw.shape[0] * shrink)))
            map_hw = np.asarray(cv2.resize(map_hw, size, interpolation=cv2.INTER_AREA), np.float32)
        values = np.clip(np.round(map_hw * 127), -127, 127).astype(np.int8)
        return Grid(map_hw.shape[1], map_hw.shape[0], base64.b64encode(values.tobytes()).decode())


@dataclass(frozen=True, slots=True)
class Panel:
    """One picture.

    Attributes:
        title, note: above it and below it; plain text.
        photo: what lies below the map.
        grid: the map; None for the photo alone.
        diverging: whether it has two directions.
        trouble: why there is no map, shown over the photo.
        boxes: (words, place in pixels of the upright original), drawn as thin lines.
    """

    title: str
    photo: Photo
    grid: Grid | None = None
    note: str = ""
    diverging: bool = False
    trouble: str = ""
    boxes: tuple[tuple[str, BoxXyxyPx], ...] = ()


@dataclass(frozen=True, slots=True)
class Look:
    """How maps are laid over photos: opacity and threshold 0 to 100 (per cent), and one of ``COLOURS``."""

    opacity: int = 60
    threshold: int = 0
    colours: Colours = "inferno"


@dataclass(frozen=True, slots=True)
class PanelsChoice:
    """What a person did: the ``look`` now, and the ``box`` drawn in this run (pixels of the original), else None."""

    look: Look
    box: BoxXyxyPx | None = None


def map_panels(
    panels: Sequence[Panel],
    *,
    look: Look,
    key: str,
    can_draw: bool = False,
    two_sides: tuple[str, str] = ("lowers", "raises"),
    api_root: str = "/api/v1",
) -> PanelsChoice:
    """Draw the panels. Opacity, threshold, colours and zoom change in the browser, without a run of the page.

    Args:
        panels: at least one.
        look: at first; afterwards what the person chose counts, until ``look`` changes.
        key: Streamlit key.
        can_draw: whether a box can be drawn.
        two_sides: what the ends of a scale with two directions mean.
        api_root: where the API's version 1 is mounted.

    Returns:
        The choice; the page runs again when a slider is let go or a box is done.
    """
    data = {
        "panels": [_panel_data(panel, api_root) for panel in panels],
        "look": asdict(look),
        "can_draw": can_draw,
        "two_sides": list(two_sides),
    }
    result = _mount(key=key, data=data, on_look_change=lambda: None, on_box_change=lambda: None)
    return PanelsChoice(_read_look(result.look) or look, _read_box(result.box))


def _panel_data(panel: Panel, api_root: str) -> dict[str, Any]:
    address = f"{api_root}/photos/{panel.photo.sha256}"
    return {
        "title": panel.title,
        "note": panel.note,
        "trouble": panel.trouble,
        "diverging": panel.diverging,
        "grid": asdict(panel.grid) if panel.grid else None,
        "boxes": [{"text": words, "box_xyxy_px": list(box)} for words, box in panel.boxes],
        "photo": {
            "sha256": panel.photo.sha256,
            "name": panel.photo.name,
            "width_px": panel.photo.width_px,
            "height_px": panel.photo.height_px,
            "urls": {"thumbnail": f"{address}/thumbnail", "standard": f"{address}/standard"},
        },
    }


def _read_look(value: Any) -> Look | None:
    """What comes from the browser is checked like any other input."""
    if not isinstance(value, Mapping) or value.get("colours") not in COLOURS:
        return None
    numbers = [value.get(name) for name in ("opacity", "threshold")]
    if not all(isinstance(number, int) and 0 <= number <= 100 for number in numbers):
        return None
    return Look(value["opacity"], value["threshold"], value["colours"])


def _read_box(value: Any) -> BoxXyxyPx | None:
    if (
        not isinstance(value, list | tuple)
        or len(value) != 4
        or not all(isinstance(side, int | float) for side in value)
    ):
        return None
    x_min, y_min, x_max, y_max = (float(side) for side in value)
    return (x_min, y_min, x_max, y_max) if x_min < x_max and y_min < y_max else None
