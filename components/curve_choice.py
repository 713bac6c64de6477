"""How curves are drawn: measure, scale, smoothing, parts; kept in the address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import streamlit as st

from components import session_keys as keys
from components.address import read_address, write_address
from components.addressed import addressed_segments, addressed_select
from core.charts.loss_curves import Scale

PARTS = ("validation", "training")
_STRONGEST = 0.95


@dataclass(frozen=True, slots=True)
class CurveChoice:
    """What a person wants to see of the curves; see ``core.charts.loss_curves.loss_figure``."""

    measure: str
    scale: Scale
    smooth: float
    parts: tuple[str, ...]


def curve_choice(measures: Sequence[str]) -> CurveChoice:
    """Draw the choices in one line.

    Args:
        measures: names, the first is the default; at least one.
    """
    with st.container(horizontal=True, vertical_alignment="bottom"):
        measure = addressed_select("Measure", measures, name=keys.MEASURE, default=measures[0], words=_words, width=180)
        scale = addressed_segments(
            "Scale", ("linear", "log"), name=keys.SCALE, default=("linear",), words=str.capitalize
        )[0]
        parts = addressed_segments(
            "Photos", PARTS, name=keys.CURVE_PARTS, default=PARTS, multiple=True, words=str.capitalize
        )
        smooth = _smoothing()
    return CurveChoice(measure or measures[0], cast(Scale, scale), smooth, parts)


def _words(measure: str) -> str:
    return measure.replace("_", " ").capitalize()


def _smoothing() -> float:
    try:
        named = float(read_address(keys.SMOOTH) or 0.0)
    except ValueError:
        named = 0.0
    smooth = round(min(max(named, 0.0), _STRONGEST), 2) if named == named else 0.0
    widget_key = f"address.{keys.SMOOTH}"
    st.session_state[widget_key] = smooth
    st.slider(
        "Smoothing",
        0.0,
        _STRONGEST,
        step=0.05,
        key=widget_key,
        on_change=_write_smoothing,
        args=(widget_key,),
        help="Exponential moving average; the raw values stay faint behind.",
        width=240,
    )
    return smooth


def _write_smoothing(widget_key: str) -> None:
    value = st.session_state[widget_key]
    write_address(keys.SMOOTH, f"{value:g}" if value else None)
