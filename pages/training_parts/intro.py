"""Head of the page, and what it offers while there are no runs."""

from __future__ import annotations

import streamlit as st

from components import session_keys as keys
from components.address import write_address
from components.bootstrap import errors_shown
from core.services.context import Context
from core.services.training_configs import SAMPLE_CONFIG
from core.services.training_line import start_run


def head(*, is_new: bool) -> None:
    """Draw the title, and the way to a new training or back."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.header("New training" if is_new else "Training", anchor=False, width="content")
        if is_new:
            st.button(
                "All runs", icon=":material/arrow_back:", key="training.back", on_click=write_address,
                args=(keys.NEW_RUN, None),
            )  # fmt: skip
        else:
            st.button(
                "New training", icon=":material/add:", key="training.new", on_click=write_address,
                args=(keys.NEW_RUN, "yes"),
            )  # fmt: skip


def offer_sample(context: Context) -> None:
    """What the page will show, and the one button that fills it."""
    st.markdown(
        "Runs appear here with their loss curves, time per epoch and time left, and what each model came to. "
        "They go on when this page is closed."
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Start the sample training", type="primary", icon=":material/play_arrow:", key="training.sample"):
            with errors_shown():
                show_run(start_run(context.settings, SAMPLE_CONFIG).name)
                st.rerun()
        st.caption("Pole types from the 40 sample photos; about a minute on two cores.", width="content")


def show_run(name: str) -> None:
    """Make a run the one that the page shows."""
    write_address(keys.RUNS, name)
    for other in (keys.RUN_SHOWN, keys.RUN_PART, keys.NEW_RUN, keys.NEW_WAY):
        write_address(other, None)
