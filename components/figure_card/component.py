"""Python side of a figure's card: a plotly figure in, buttons that save it as PNG, SVG or CSV below it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from components.web_sources import read_web_sources
from core.charts.figure_csv import figure_csv

if TYPE_CHECKING:
    import plotly.graph_objects as go

_mount = st.components.v2.component(
    "gridlens_figure_card", **read_web_sources(Path(__file__).parent / "web", "figure_card", ("figure_card.js",))
)
_CONFIG = {"displaylogo": False, "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d"]}


@dataclass(frozen=True, slots=True)
class PickedPoint:
    """A mark or bar that a person clicked: the series' number and the point's in it, from 0, and its place."""

    series: int
    number: int
    x: object
    y: object


def figure_card(figure: go.Figure, *, key: str, name: str, alt: str, can_pick: bool = False) -> PickedPoint | None:
    """Draw a figure and its downloads. Pictures are made by the browser, as the figure stands there.

    Args:
        figure: what to draw.
        key: Streamlit key of the figure.
        name: of the files, without ending.
        alt: what the figure shows, for screen readers.
        can_pick: whether a click on a mark or bar chooses it.

    Returns:
        What is chosen now; None for nothing.
    """
    if can_pick:
        state = st.plotly_chart(figure, key=key, config=_CONFIG, alt=alt, on_select="rerun", selection_mode=("points",))
        points = state["selection"]["points"]
    else:
        st.plotly_chart(figure, key=key, config=_CONFIG, alt=alt)
        points = []
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center", key=f"{key}.files"):
        # Streamlit gives the element of a key this class; plotly's own button in it saves the picture.
        element = f"st-key-{re.sub(r'[^a-zA-Z0-9_-]', '-', key)}"
        _mount(key=f"{key}.pictures", data={"element": element, "name": name}, width="content")
        st.download_button(
            "CSV",
            lambda: "\ufeff" + figure_csv(figure),  # the mark tells Excel UTF-8
            f"{name}.csv",
            "text/csv",
            key=f"{key}.csv",
            type="tertiary",
            on_click="ignore",
            help="The numbers behind the figure",
        )
    return _picked(points)


def _picked(points: Sequence[Mapping[str, Any]]) -> PickedPoint | None:
    """The first chosen point; what comes from the browser is checked like any other input."""
    if not points:
        return None
    series, number = points[0].get("curve_number"), points[0].get("point_index", points[0].get("point_number"))
    if not isinstance(series, int) or not isinstance(number, int):
        return None
    return PickedPoint(series, number, points[0].get("x"), points[0].get("y"))
