"""Pairs: a render and the photo that belongs to it, and in what they differ."""

from __future__ import annotations

import streamlit as st

from components import session_keys as keys
from components.addressed import addressed_segments
from components.bootstrap import bootstrap, errors_shown
from pages.pairs_parts.choice import chosen_pair
from pages.pairs_parts.measures import histograms, measures
from pages.pairs_parts.pictures import pictures
from pages.pairs_parts.seen import seen

VIEWS = {"measures": "Measures", "histograms": "Histograms", "layers": "Feature maps"}

context = bootstrap()
with errors_shown():
    st.header("Pairs", anchor=False)
    pair = chosen_pair(context)
    if pair is None:
        st.stop()
    pictures(context, pair)
    view = addressed_segments(
        "View", list(VIEWS), name=keys.PAIR_VIEW, default=["measures"], words=lambda one: VIEWS[one], show_title=False
    )[0]
    if view == "measures":
        measures(context, pair)
    elif view == "histograms":
        histograms(context, pair)
    else:
        seen(context, pair)
