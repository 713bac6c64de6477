"""What lives longer than one run of a page. Caching is done here and nowhere else."""

from __future__ import annotations

import streamlit as st

from core.config import read_settings
from core.services.context import Context, open_context


@st.cache_resource(show_spinner=False, max_entries=1)
def context() -> Context:
    """This process's store and models, opened once and shared by all sessions. Thread-safe."""
    return open_context(read_settings())
