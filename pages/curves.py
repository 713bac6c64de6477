"""Curves: how good answers are at every threshold and overlap, whether they can be trusted, and where they fail."""

from __future__ import annotations

import streamlit as st

from components import session_keys as keys
from components.addressed import addressed_segments
from components.bootstrap import bootstrap, errors_shown
from pages.curves_parts.breakdown import breakdown_view
from pages.curves_parts.choice import choice
from pages.curves_parts.desk import desk
from pages.curves_parts.trust import trust_view
from pages.curves_parts.values import values_desk

VIEWS = {"curves": "Curves", "trust": "Trust", "breakdown": "Breakdown"}

context = bootstrap()
with errors_shown():
    chosen = choice(context)
    if not chosen:
        st.stop()
    view = addressed_segments(
        "Look at", list(VIEWS), name=keys.CURVE_VIEW, default=["curves"], words=lambda v: VIEWS[v], show_title=False
    )[0]
    if view == "trust":
        trust_view(context, chosen)
    elif view == "breakdown":
        breakdown_view(context, chosen)
    elif chosen[0].kind == "value":
        values_desk(context, chosen)
    else:
        desk(context, chosen)
