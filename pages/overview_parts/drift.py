"""Drift over the whole store: how many measures were beyond their limits, day by day, and the photos that did it."""

from __future__ import annotations

import streamlit as st

from components import cached
from components.figure_card import figure_card
from components.photo_strip import photo_strip
from components.severity import SEVERITIES
from components.wording import count_text
from core.charts.over_time import alarm_figure
from core.errors import ConfigError
from core.services.context import Context
from core.services.drift import BY_DAY, PhotoDrift, alarms_by_batch, usual_reference
from core.services.overview import Overview, photos_among
from core.services.urgency import Urgency


def drift_panel(context: Context, found: Overview) -> None:
    """Draw the bars; a click on one leads to its photos. What there is too little for is said."""
    st.markdown("**Drift**")
    drift = _whole_drift(context)
    if drift is None:
        words = "Too few days of photos yet"
    elif not drift.report.alarms:
        words = count_text(0, "alarm")
        measures = count_text(len(drift.report.charts), "measure")
        st.success(f"None of {measures} is beyond its limits on any day.", icon=":material/check:")
    else:
        words = count_text(len(drift.report.alarms), "alarm")
        by_batch = alarms_by_batch(drift)
        dark = st.context.theme.type == "dark"
        figure = alarm_figure(
            {batch: len(alarms) for batch, alarms in by_batch.items()},
            colour=SEVERITIES[Urgency.LOOK_SOON].line, dark=dark,
        )  # fmt: skip
        picked = figure_card(figure, key="overview.drift", name="drift", alt="Alarms of drift by day", can_pick=True)
        if picked is not None and picked.number < len(by_batch):
            batch, alarms = list(by_batch.items())[picked.number]
            shas = {drift.photos[k] for alarm in alarms for k in alarm.photos.tolist()}
            photo_strip(photos_among(found, shas), f"Photos behind the alarms of {batch}", key="overview.drift.photos")
    st.page_link("drift.py", label=f"{words}: what changed, and when", icon=":material/monitoring:")


def _whole_drift(context: Context) -> PhotoDrift | None:
    until = usual_reference(cached.drift_batches(context, BY_DAY))
    if until is None:
        return None
    try:
        return cached.photo_drift(context, until, BY_DAY, measure_quality=False)
    except ConfigError:  # too few photos with answers
        return None
