"""Agreement between people and models over time, and where photos were taken; marks lead to their photos."""

from __future__ import annotations

import streamlit as st

from components.figure_card import figure_card
from components.photo_strip import photo_strip
from components.severity import severity_looks
from core.charts.over_time import share_figure
from core.charts.severity_map import severity_map
from core.services.overview import Overview, photos_of
from core.services.urgency import Urgency


def agreement(found: Overview, *, dark: bool) -> None:
    """Draw the share of accepted findings over time."""
    st.markdown("**Agreement between people and models**")
    if not found.agreement_over_time:
        st.caption("Nobody has accepted or rejected findings in this period yet.")
        return
    figure = share_figure(found.agreement_over_time, title="Findings accepted", dark=dark)
    picked = figure_card(figure, key="overview.agreement", name="agreement", alt="Share of findings accepted over time",
                         can_pick=True)  # fmt: skip
    if picked is not None and picked.number < len(found.agreement_over_time):
        day = list(found.agreement_over_time)[picked.number]
        photo_strip(photos_of(found, "reviewed", bar=day), f"Judged, {found.step} of {day}", key="overview.judged")


def places(found: Overview, *, dark: bool) -> None:
    """Draw the map, where any photo tells its position."""
    placed = {
        step: [p for p in found.points if p.gps and p.is_inspected and p.urgency_step == step] for step in Urgency
    }
    if not any(placed.values()):
        return
    st.markdown("**Where**")
    marks = {int(step): [(*p.gps, p.name) for p in mine if p.gps] for step, mine in placed.items()}
    figure = severity_map(marks, severity_looks(dark=dark))
    picked = figure_card(figure, key="overview.map", name="map", alt="Photos by position and severity", can_pick=True)
    if picked is not None and picked.series < len(placed):
        mine = placed[Urgency(picked.series)]
        photo_strip(mine[picked.number : picked.number + 1], "The photo of this place", key="overview.place")
