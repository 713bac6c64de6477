"""The labelled photos that a photo is compared with: read at once where they are few, else in the background."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from components import cached_compare
from components.errand_progress import errand_progress
from core.services.context import Context
from core.services.libraries import MOST_UNREAD, begin_reading, reading_state, stop_reading, unread_count
from core.services.photo_library import Library

POLL_S = 1.0


def ready_library(context: Context, source: Path) -> Library | None:
    """The photos of a dataset CSV with their records; None while they are being read, or have to be first."""
    settings, describer = context.settings, cached_compare.describer(context.settings)
    state = reading_state(settings, source)
    if state.state == "running":
        st.fragment(_reading, run_every=POLL_S)(context, source)
        return None
    unread = unread_count(settings, source, describer)
    if unread > MOST_UNREAD:
        if st.button(f"Read the {unread} photos of it", icon=":material/play_arrow:", key="similar.read"):
            begin_reading(settings, source)
            st.rerun()
        st.caption(state.error or "It goes on by itself, and is done once.")
        return None
    with st.spinner("Reading photos"):
        return cached_compare.library(settings, source, unread)


def _reading(context: Context, source: Path) -> None:
    state = reading_state(context.settings, source)
    if state.state != "running":
        st.rerun()
    if errand_progress(state, key="similar.stop"):
        stop_reading(context.settings, source)
        st.rerun()
