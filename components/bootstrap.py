"""How every page begins, and how it says what went wrong."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from components import cached
from components.wording import plain
from core.errors import GridlensError
from core.services.context import Context

LOG = logging.getLogger("gridlens.pages")


def bootstrap() -> Context:
    """The store and the models; where they cannot be opened, the page says why and ends."""
    try:
        return cached.context()
    except GridlensError as error:
        st.error(f"**Gridlens cannot start.** {plain(str(error))}", icon=":material/error:")
        st.stop()


@contextmanager
def errors_shown() -> Iterator[None]:
    """Show errors that Gridlens raises on purpose as a message; all others are bugs and go on."""
    try:
        yield
    except GridlensError as error:
        LOG.warning("%s", error)
        st.error(plain(str(error)), icon=":material/error:")
