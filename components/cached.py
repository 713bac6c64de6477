"""What lives longer than one run of a page. Caching is done here and nowhere else."""

from __future__ import annotations

import threading
from functools import lru_cache

from core.config import read_settings
from core.services.context import Context, open_context

_opening = threading.Lock()


def context() -> Context:
    """This process's store and models, opened once and shared by all sessions. Thread-safe.

    Not ``st.cache_resource``: the app opens it ahead of the first session, where Streamlit has no cache yet.

    Raises:
        ConfigError, StoreError, ModelError: it cannot be opened; the next call tries again.
    """
    with _opening:
        return _open_once()


@lru_cache(maxsize=1)
def _open_once() -> Context:
    return open_context(read_settings())
