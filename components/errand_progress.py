"""How far long work is that goes on by itself."""

from __future__ import annotations

import streamlit as st

from components.wording import duration_text, plain
from core.services.errands import ErrandState


def errand_progress(state: ErrandState, *, key: str) -> bool:
    """Draw words, count, time left and a stop button.

    Returns:
        Whether stop was pressed in this run.
    """
    progress = state.progress
    with st.container(horizontal=True, vertical_alignment="center"):
        if progress is None:
            st.progress(0.0, "Getting ready: loading the network")
        else:
            words = f"{progress.words.capitalize()} · {progress.done} of {progress.total}"
            left_s = progress.left_s
            if left_s is not None and progress.done < progress.total:
                words += f" · {duration_text(left_s)} left"
            st.progress(min(progress.done / max(progress.total, 1), 1.0), plain(words))
        return st.button("Stop", key=key, icon=":material/stop_circle:", help="What is done is kept.")
