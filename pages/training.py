"""Training: start runs, watch their curves, compare what they were trained with and what came of it."""

from __future__ import annotations

import streamlit as st

from components import session_keys as keys
from components.address import read_address
from components.bootstrap import bootstrap, errors_shown
from core.services.training_runs import list_runs
from pages.training_parts.curves import curves
from pages.training_parts.details import details
from pages.training_parts.differences import differences
from pages.training_parts.intro import head, offer_sample
from pages.training_parts.new_run import new_run
from pages.training_parts.overview import overview

context = bootstrap()
with errors_shown():
    is_new = read_address(keys.NEW_RUN) is not None
    head(is_new=is_new)
    if is_new:
        new_run(context)
        st.stop()
    runs = list_runs(context.settings.runs_dir)
    if not runs:
        offer_sample(context)
        st.stop()
    chosen = overview(context, runs)
    curves(context, chosen)
    differences(chosen)
    details(context, chosen)
