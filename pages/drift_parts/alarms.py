"""What is beyond its limits, with the photos that pull it there."""

from __future__ import annotations

import streamlit as st

from components import cached
from components import session_keys as keys
from components.addressed import addressed_select
from components.photo_strip import photo_strip
from components.wording import count_text
from core.metrics.drift import Alarm
from core.services.context import Context
from core.services.drift import PhotoDrift


def alarms(context: Context, drift: PhotoDrift) -> None:
    """Draw the alarms as a list, and the photos of the chosen one."""
    found = drift.report.alarms
    if not found:
        st.success(
            f"Nothing is beyond its limits: {count_text(len(drift.report.charts), 'measure')} of "
            f"{count_text(len(drift.photos), 'photo')}.", icon=":material/check:",
        )  # fmt: skip
        return
    names = {f"{alarm.batch}|{alarm.measure}": alarm for alarm in found}
    st.markdown(f"**{count_text(len(found), 'alarm')}**")
    chosen = addressed_select(
        "Alarm", list(names), name=keys.DRIFT_MEASURE, default=next(iter(names)), words=lambda n: _words(names[n])
    )
    alarm = names[chosen or next(iter(names))]
    points = {point.sha256: point for point in cached.store_points(context).points}
    shown = [points[drift.photos[k]] for k in alarm.photos.tolist() if drift.photos[k] in points]
    if alarm.places:
        at = "; ".join(f"{x:.0%} from the left, {y:.0%} from the top" for x, y in alarm.places)
        st.caption(f"Look at {at}.")
    photo_strip(shown, f"Photos behind it: {alarm.measure}, {alarm.batch}", key="drift.photos")


def _words(alarm: Alarm) -> str:
    side = "above" if alarm.value > alarm.high else "below"
    limit = alarm.high if alarm.value > alarm.high else alarm.low
    return f"{alarm.batch}: {alarm.measure} {alarm.value:.4g}, {side} its limit {limit:.4g}"
