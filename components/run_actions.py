"""What can be done with a run: stop, resume, delete."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from components.run_wording import size_text
from core.services.training_runs import TrainingRun

RunWish = Literal["stop", "resume", "delete"]


def run_actions(run: TrainingRun, *, folder_bytes: int, key: str) -> RunWish | None:
    """Draw the buttons that fit the run's status; deleting asks once more.

    Args:
        run: which.
        folder_bytes: what deleting frees.
        key: Streamlit key.

    Returns:
        What was asked for in this very run of the page.
    """
    if run.is_active:
        words = "Leave the line" if run.status == "waiting" else "Stop"
        pressed = st.button(words, icon=":material/stop_circle:", key=f"{key}.stop", help="What is learned is kept.")
        return "stop" if pressed else None
    wish: RunWish | None = None
    if run.status != "done":
        is_first = st.button("Resume", type="primary", icon=":material/resume:", key=f"{key}.resume")
        wish = "resume" if is_first else None
    with st.popover("Delete", icon=":material/delete:"):
        st.markdown(
            f"Delete the run with its curves, checkpoints and log ({size_text(folder_bytes)})? "
            "A model that was taken into use stays. This cannot be undone."
        )
        if st.button("Delete this run", icon=":material/delete_forever:", key=f"{key}.delete"):
            wish = "delete"
    return wish
