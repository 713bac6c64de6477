"""In what two photos differ: all measures, and their histograms."""

from __future__ import annotations

from typing import cast

import streamlit as st

from components import cached_compare
from components import session_keys as keys
from components.addressed import addressed_segments
from components.measure_table import measure_table
from core.charts.pair_histograms import HistogramPair, pair_histograms_figure
from core.compare.histograms import COLOUR_SPACES, ColourSpace
from core.services.context import Context
from core.services.pairs import Pair, pair_histograms

_SPACES = {"rgb": "Red, green, blue", "hsv": "Hue, saturation, value", "grey": "Luminance"}


def measures(context: Context, pair: Pair) -> None:
    """Draw the table of all measures, features of every model of whole photos included."""
    with st.spinner("Comparing"):
        found = cached_compare.pair_measures(context.settings, pair.first, pair.second)
    measure_table(found, key="pairs.measures")
    st.caption("The same as `gridlens compare A B`.")


def histograms(context: Context, pair: Pair) -> None:
    """Draw both photos' histograms over each other."""
    space = addressed_segments("Colours", COLOUR_SPACES, name=keys.PAIR_SPACE, default=("rgb",),
                               words=_SPACES.__getitem__, show_title=False)[0]  # fmt: skip
    found = pair_histograms(pair.first, pair.second, cast(ColourSpace, space), context.settings.max_pixels)
    figure = pair_histograms_figure(
        [HistogramPair(one.channel, one.first, one.second) for one in found], titles=("left", "right"),
        dark=st.context.theme.type == "dark",
    )  # fmt: skip
    st.plotly_chart(figure, key=f"pairs.histograms.{space}", config={"displaylogo": False})
