"""Findings by severity over time and by line; a click on a bar leads to its photos."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import streamlit as st

from components.figure_card import figure_card
from components.photo_strip import photo_strip
from components.severity import severity_looks
from core.charts.severity_bars import severity_bars
from core.services.context import Context
from core.services.overview import Count, Overview, photos_of
from core.store import PhotoPoint
from pages.overview_parts.drift import drift_panel
from pages.overview_parts.judged import agreement, places

_MOST_LINES = 25
_STEP_COUNTS: dict[int, Count] = {3: "look_now", 2: "look_soon", 1: "unsure", 0: "in_order"}


def figures(context: Context, found: Overview) -> None:
    """Draw time and lines side by side, then drift and agreement, then the map."""
    dark = st.context.theme.type == "dark"
    looks = severity_looks(dark=dark)
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown(f"**By {found.step}**")
        bars = {day.isoformat(): counts for day, counts in found.over_time.items()}
        picked = figure_card(severity_bars(bars, looks), key="overview.time", name="severity-over-time",
                             alt="Photos by severity over time", can_pick=True)  # fmt: skip
    chosen: tuple[str, Sequence[PhotoPoint]] | None = None
    if picked is not None:
        day, step = list(found.over_time)[picked.number], len(looks) - 1 - picked.series
        chosen = _of(found, step, f"{found.step} of {day}", bar=day)
    with right:
        st.markdown("**By line**, the most urgent first")
        lines = dict(list(found.by_line.items())[:_MOST_LINES])
        picked = figure_card(severity_bars(lines, looks, lying=True), key="overview.lines", name="severity-by-line",
                             alt="Photos by severity and line", can_pick=True)  # fmt: skip
        if len(found.by_line) > _MOST_LINES:
            st.caption(f"{len(found.by_line) - _MOST_LINES} more lines are less urgent.")
    if picked is not None:
        line, step = list(lines)[picked.number], len(looks) - 1 - picked.series
        chosen = _of(found, step, line, line=line)
    if chosen is not None:
        photo_strip(chosen[1], chosen[0], key="overview.picked")
    _below(context, found, dark=dark)


def _of(
    found: Overview, step: int, words: str, *, bar: date | None = None, line: str | None = None
) -> tuple[str, Sequence[PhotoPoint]]:
    count = _STEP_COUNTS.get(step, "photos")
    return words, photos_of(found, count, bar=bar, line=line)


def _below(context: Context, found: Overview, *, dark: bool) -> None:
    left, right = st.columns(2, gap="medium")
    with left:
        drift_panel(context, found)
    with right:
        agreement(found, dark=dark)
    places(found, dark=dark)
