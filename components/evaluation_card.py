"""An evaluation that was ordered: how far it is, or why it ended."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from components.errand_progress import errand_progress
from components.wording import plain
from core.services.evaluation_runs import EvaluationRun

Wish = Literal["stop", "again", "remove"]


def evaluation_card(run: EvaluationRun, *, key: str) -> Wish | None:
    """Draw one that is not done.

    Returns:
        What was pressed in this run.
    """
    words = plain(f"{run.name}: {run.order.model} on {run.order.dataset.rpartition('/')[2]}")
    with st.container(border=True):
        if run.state.state == "running":
            st.markdown(f"**{words}**")
            is_stopped = errand_progress(run.state, key=f"{key}.stop")
            st.caption("It goes on when this page is closed, and opens here when it is done.")
            return "stop" if is_stopped else None
        if run.state.error:
            st.error(f"{words}: {plain(run.state.error)}", icon=":material/error:")
        else:
            st.info(f"{words}: stopped before its end.", icon=":material/stop:")
        with st.container(horizontal=True):
            again = st.button("Measure again", key=f"{key}.again", icon=":material/replay:")
            remove = st.button("Remove", key=f"{key}.remove", icon=":material/delete:")
    return "again" if again else "remove" if remove else None
