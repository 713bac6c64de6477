"""Python side of a figure's card: a plotly figure in, buttons that save it as PNG, SVG or CSV below it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from components.web_sources import read_web_sources
from core.charts.figure_csv import figure_csv

if TYPE_CHECKING:
    import plotly.graph_objects as go

_mount = st.components.v2.component(
    "gridlens_figure_card", **read_web_sources(Path(__file__).parent / "web", "figure_card", ("figure_card.js",))
)
_CONFIG = {"displaylogo": False, "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d"]}


def figure_card(figure: go.Figure, *, key: str, name: str, alt: str) -> None:
    """Draw a figure and its downloads. Pictures are made by the browser, as the figure stands there.

    Args:
        figure: what to draw.
        key: Streamlit key of the figure.
        name: of the files, without ending.
        alt: what the figure shows, for screen readers.
    """
    st.plotly_chart(figure, key=key, config=_CONFIG, alt=alt)
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
