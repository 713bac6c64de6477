"""Drift: whether photos, or what models say of them, have changed since a reference period; and which show it."""

from __future__ import annotations

import streamlit as st

from components import cached
from components import session_keys as keys
from components.address import read_address
from components.bootstrap import bootstrap, errors_shown
from components.drift_choice import drift_choice
from components.wording import count_text, plain
from core.metrics.control import MIN_REFERENCE_BATCHES
from core.services.drift import BY_DAY, MIN_PHOTOS, usual_reference
from pages.drift_parts.alarms import alarms
from pages.drift_parts.charts import charts
from pages.drift_parts.quality import quality_line

context = bootstrap()
with errors_shown():
    st.header("Drift", anchor=False)
    by = read_address(keys.DRIFT_BY) or BY_DAY
    batches = cached.drift_batches(context, by)
    start = usual_reference(batches)
    if start is None and by == BY_DAY:
        st.markdown(
            "Drift compares days of photos with those of a reference period: their light and sharpness, what models "
            f"say of them, and how they look to a network. It needs at least {MIN_REFERENCE_BATCHES + 1} days of "
            f"{MIN_PHOTOS} photos; there are {count_text(len(batches), 'day')} so far."
        )
        st.page_link("inspect_photos.py", label="Inspect more photos", icon=":material/search:")
        st.stop()
    choice = drift_choice(context.registry.folders, batches, start)
    if choice is None:
        st.caption(plain(f"Too few batches by {by}: at least {MIN_REFERENCE_BATCHES + 1} of {MIN_PHOTOS} photos."))
        st.stop()
    is_whole = quality_line(context)
    with st.spinner("Comparing …"):
        drift = cached.photo_drift(
            context, choice.until, choice.by, choice.features_of, has_marks=choice.has_marks, measure_quality=is_whole
        )
    alarms(context, drift)
    charts(drift)
