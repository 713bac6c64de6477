"""Pairs: a render and the photo that belongs to it, and in what they differ."""

from __future__ import annotations

import streamlit as st

from components import session_keys as keys
from components.addressed import addressed_segments
from components.bootstrap import bootstrap, errors_shown
from pages.pairs_parts.choice import chosen_pair
from pages.pairs_parts.measures import histograms, measures
from pages.pairs_parts.pictures import how_shown, pictures
from pages.pairs_parts.seen import seen

VIEWS = {"measures": "Measures", "histograms": "Histograms", "layers": "Feature maps"}

context = bootstrap()
with errors_shown():
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.header("Pairs", anchor=False, width="content")
        pair = chosen_pair(context)
        how = how_shown() if pair is not None else None
    if pair is None or how is None:
        st.info(
            "Your own pair appears here: drop two photos, first the render, then the photo that it should look like.",
            icon=":material/compare:",
        )
        st.stop()
    pictures(context, pair, how)
    view = addressed_segments(
        "View", list(VIEWS), name=keys.PAIR_VIEW, default=["measures"], words=lambda one: VIEWS[one], show_title=False
    )[0]
    if view == "measures":
        measures(context, pair)
    elif view == "histograms":
        histograms(context, pair)
    else:
        seen(context, pair)
