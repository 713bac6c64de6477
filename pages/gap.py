"""Gap: how far renders lie from field photos for a model, at which layer, because of what, and what to change next."""

from __future__ import annotations

import streamlit as st

from components import session_keys as keys
from components.addressed import addressed_segments
from components.bootstrap import bootstrap, errors_shown
from pages.gap_parts.advice import advice
from pages.gap_parts.channels import channels
from pages.gap_parts.choice import question
from pages.gap_parts.intro import head, offer_sample
from pages.gap_parts.layers import layers
from pages.gap_parts.set_map import set_map
from pages.gap_parts.watch import finished_study

VIEWS = {"layers": "Gap by layer", "advice": "What to change next"}

context = bootstrap()
with errors_shown():
    head()
    run = question(context)
    view = addressed_segments(
        "View", list(VIEWS), name=keys.GAP_VIEW, default=["layers"], words=lambda one: VIEWS[one], show_title=False
    )[0]
    if view == "advice":
        advice(context)
        st.stop()
    if run is None:
        offer_sample(context)
        st.stop()
    study = finished_study(context, run)
    if study is not None:
        layer = layers(study)
        channels(study, layer)
        set_map(study, layer)
