"""Findings by severity over time, by line and on a map; a click on a bar or mark leads to its photos."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import streamlit as st

from components.figure_card import figure_card
from components.photo_strip import photo_strip
from components.severity import severity_looks
from core.charts.over_time import share_figure
from core.charts.severity_bars import severity_bars
from core.charts.severity_map import severity_map
from core.services.overview import Count, Overview, photos_of
from core.services.urgency import Urgency
from core.store import PhotoPoint

_MOST_LINES = 25
_STEP_COUNTS: dict[int, Count] = {3: "look_now", 2: "look_soon", 1: "unsure", 0: "in_order"}


def figures(found: Overview) -> None:
    """Draw time and lines side by side, then agreement and the map."""
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
    _below(found, dark=dark)


def _of(
    found: Overview, step: int, words: str, *, bar: date | None = None, line: str | None = None
) -> tuple[str, Sequence[PhotoPoint]]:
    count = _STEP_COUNTS.get(step, "photos")
    return words, photos_of(found, count, bar=bar, line=line)


def _below(found: Overview, *, dark: bool) -> None:
    left, right = st.columns(2, gap="medium")
    if found.agreement_over_time:
        with left:
            st.markdown("**Agreement between people and models**")
            figure = share_figure(found.agreement_over_time, title="Findings accepted", dark=dark)
            figure_card(figure, key="overview.agreement", name="agreement", alt="Share of findings accepted over time")
    placed = {
        step: [p for p in found.points if p.gps and p.is_inspected and p.urgency_step == step] for step in Urgency
    }
    if any(placed.values()):
        with right if found.agreement_over_time else left:
            st.markdown("**Where**")
            places = {int(step): [(*p.gps, p.name) for p in mine if p.gps] for step, mine in placed.items()}
            figure = severity_map(places, severity_looks(dark=dark))
            picked = figure_card(figure, key="overview.map", name="map", alt="Photos by position and severity",
                                 can_pick=True)  # fmt: skip
        if picked is not None and picked.series < len(placed):
            mine = placed[Urgency(picked.series)]
            photo_strip(mine[picked.number : picked.number + 1], "The photo of this place", key="overview.place")
