"""The datasets made so far, and how far each is."""

from __future__ import annotations

import streamlit as st

from components import session_keys as keys
from components.bootstrap import errors_shown
from components.dataset_card import dataset_card
from core.services.context import Context
from core.services.render_datasets import list_datasets, resume_dataset, stop_dataset

POLL_S = 1.5


def datasets(context: Context) -> None:
    """Draw the datasets made so far, refreshed while one is being rendered."""
    is_running = any(dataset.state == "running" for dataset in list_datasets(context.settings))
    st.fragment(_list, run_every=POLL_S if is_running else None)(context, is_running)


def _list(context: Context, was_running: bool) -> None:
    with errors_shown():
        made = list_datasets(context.settings)
        if was_running and not any(dataset.state == "running" for dataset in made):
            st.rerun()
        if not made:
            st.caption("Datasets that you make appear here, with their progress.")
        for dataset in made:
            wish = dataset_card(dataset, key=f"{keys.LAB_DATASET}.{dataset.order.name}")
            if wish is not None:
                (stop_dataset if wish == "stop" else resume_dataset)(context.settings, dataset.order.name)
                st.rerun()
