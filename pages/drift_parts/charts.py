"""Every measure over time with its control limits, those with alarms first."""

from __future__ import annotations

import streamlit as st

from components.figure_card import figure_card
from components.severity import SEVERITIES
from core.charts.over_time import control_figure
from core.services.drift import PhotoDrift
from core.services.urgency import Urgency
from core.services.wording import quantity_key


def charts(drift: PhotoDrift) -> None:
    """Draw two charts in a row."""
    dark = st.context.theme.type == "dark"
    severity = SEVERITIES[Urgency.LOOK_SOON]
    ordered = sorted(drift.report.charts, key=lambda chart: -len(chart.alarms()))
    for start in range(0, len(ordered), 2):
        for chart, column in zip(ordered[start : start + 2], st.columns(2, gap="medium"), strict=False):
            with column:
                name = quantity_key(chart.measure)
                figure = control_figure(chart, alarm_colour=severity.line if dark else "#b07d00", dark=dark)
                figure_card(figure, key=f"drift.{name}", name=f"drift-{name}", alt=f"{chart.measure} over time")
    reference = int(drift.report.charts[0].is_reference.sum()) if drift.report.charts else 0
    st.caption(
        f"Limits hold what the {reference} batches of the reference period differ by among each other, so that "
        "an alarm anywhere by chance has a probability of 5 %; a longer period makes them narrower."
    )
    if drift.without_batch:
        st.caption(f"{len(drift.without_batch)} photos tell no batch and are left out.")
