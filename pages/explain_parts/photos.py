"""The photos that can be looked at, and the one that is offered first."""

from __future__ import annotations

from contextlib import suppress

import streamlit as st

from components import session_keys as keys
from components.address import read_address, write_address
from core.errors import NotFoundError
from core.services.context import Context
from core.services.explain_page import fitting_photo
from core.store import PhotoFilter
from pages.explain_parts.place import forget_photo

NEWEST = 200


def photo_names(context: Context) -> dict[str, str]:
    """The newest photos by SHA-256, the one of the address first if it is none of them."""
    rows = context.store.photos(PhotoFilter(order="newest", limit=NEWEST))
    names = {row.photo.sha256: row.photo.name for row in rows}
    named = read_address(keys.PHOTO)
    if named is not None and named not in names:
        with suppress(NotFoundError):  # said so by ``head``
            return {named: context.store.photo(named).name, **names}
    return names


def show_fitting(context: Context, model: str) -> None:
    """Show a photo that the model has something to say about, where there is one."""
    fitting = fitting_photo(context, model)
    if fitting is not None:
        forget_photo()
        write_address(keys.PHOTO, fitting)
        st.session_state[keys.EXPLAIN_OFFERED] = fitting
