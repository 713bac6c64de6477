"""Overview: how much was inspected, how urgent it is, how good models are, and where; numbers lead to photos."""

from __future__ import annotations

import streamlit as st

from components import cached
from components import session_keys as keys
from components.bootstrap import bootstrap, errors_shown
from components.period_choice import period_choice
from components.photo_strip import photo_strip
from core.services.overview import COUNTS, photos_of
from pages.overview_parts.figures import figures
from pages.overview_parts.models import models
from pages.overview_parts.numbers import TITLES, numbers

context = bootstrap()
with errors_shown():
    st.header("Overview", anchor=False)
    read = cached.store_points(context)
    if not read.points:
        st.markdown("What was inspected, how urgent it is and how good the models are is counted here.")
        st.page_link("inspect_photos.py", label="Inspect the first photos", icon=":material/search:")
        st.stop()
    days = (read.points[0].moment.date(), read.points[-1].moment.date())
    found = cached.overview(context, period_choice(read.lines, *days))
    chosen = numbers(found)
    count = next((name for name in COUNTS if name == chosen), None)
    if count is not None:
        photo_strip(photos_of(found, count), TITLES[count], key=f"{keys.OVERVIEW_PAGE}.{count}")
    figures(context, found)
    models(context, found)
