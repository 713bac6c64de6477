"""One import of a dataset that goes on in the background, or has ended there."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import streamlit as st

from components.wording import count_text, plain
from core.services.dataset_imports import DatasetImport

STATES = {
    "running": ":material/hourglass_top: being read",
    "done": ":material/check: read",
    "stopped": ":material/pause: stopped",
    "failed": ":material/error: failed",
}

Wish = Literal["stop", "resume", "show", "put away"]


def import_card(found: DatasetImport, *, key: str) -> Wish | None:
    """Draw an import.

    Args:
        found: as it stands.
        key: Streamlit key.

    Returns:
        What was asked for in this run.
    """
    state = found.errand.state
    with st.container(border=True, gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            name = found.order.name or Path(found.order.source).name
            st.markdown(f"**{plain(name)}** · {STATES[state]}{_came_to(found)}", width="content")
            wish = _buttons(found, key)
        if state == "running":
            _progress(found)
        if found.errand.error:
            st.error(plain(found.errand.error), icon=":material/error:")
        elif state == "stopped":
            st.caption("What was read of videos is kept; going on reads the rest.")
        st.caption(plain(found.order.source))
    return wish


def _came_to(found: DatasetImport) -> str:
    if found.version is None:
        return ""
    words = f" · {count_text(found.version.photo_count, 'photo')}"
    return words + (f" · {count_text(len(found.left_out), 'file')} left out" if found.left_out else "")


def _buttons(found: DatasetImport, key: str) -> Wish | None:
    with st.container(horizontal=True, width="content"):
        if found.errand.state == "running":
            is_wanted = st.button("Stop", key=f"{key}.stop", icon=":material/stop_circle:")
            return "stop" if is_wanted else None
        if found.version is not None and st.button("Show", key=f"{key}.show", icon=":material/visibility:"):
            return "show"
        if found.errand.state != "done" and st.button("Go on", key=f"{key}.resume", icon=":material/play_arrow:"):
            return "resume"
        is_wanted = st.button("Put away", key=f"{key}.away", icon=":material/close:", type="tertiary")
        return "put away" if is_wanted else None


def _progress(found: DatasetImport) -> None:
    progress = found.errand.progress
    if progress is None:
        st.progress(0.0, text="getting ready")
        return
    counted = f"{progress.done} of {progress.total} · " if progress.total > 1 else ""
    st.progress(progress.done / max(progress.total, 1), text=plain(f"{counted}{progress.words}"))
