"""Datasets: versions of labelled photos, what is in them, where they come from, and changes to them."""

from __future__ import annotations

import streamlit as st

from components import session_keys as keys
from components.addressed import addressed_segments
from components.bootstrap import bootstrap, errors_shown
from core.services.datasets import dataset_versions
from pages.datasets_parts import change, look
from pages.datasets_parts.choice import chosen_version, overview
from pages.datasets_parts.examples import examples
from pages.datasets_parts.head import head, offer_samples
from pages.datasets_parts.imports import imports
from pages.datasets_parts.outcome import say_what_was_left_out

VIEWS = ("labels", "examples", "differences", "change", "export")

context = bootstrap()
with errors_shown():
    versions = dataset_versions(context.settings).versions()
    head(context, is_empty=not versions)
    imports(context)
    if not versions:
        offer_samples(context)
        st.stop()
    say_what_was_left_out()
    version = chosen_version(context, versions)
    overview(versions, version)
    (view,) = addressed_segments(
        "View", VIEWS, name=keys.DATASET_VIEW, default=("labels",), words=str.capitalize, show_title=False
    )
    if view == "labels":
        look.labels(context, version)
    elif view == "examples":
        examples(context, version)
    elif view == "differences":
        look.differences(context, versions, version)
    elif view == "change":
        change.change(context, versions, version)
    else:
        change.export(context, version)
