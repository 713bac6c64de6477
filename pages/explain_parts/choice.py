"""What is looked at: the model and the photo."""

from __future__ import annotations

from contextlib import suppress

import streamlit as st

from components import session_keys as keys
from components.address import read_address
from components.addressed import addressed_select
from components.photo_choice import photo_choice
from components.wording import plain
from core.errors import NotFoundError
from core.services.context import Context
from core.store import PhotoFilter
from core.types import Photo
from pages.explain_parts.intake import intake, say_how

NEWEST = 200


def head(context: Context, title: str, empty_words: str) -> tuple[Photo, str] | None:
    """Draw title, model and photo.

    Args:
        context: the store and the models.
        title: of the page.
        empty_words: what would be here if there were a photo.

    Returns:
        Photo and model; None where there is none yet, after the page has said how to add one.
    """
    names, sha256 = photo_names(context), None
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.header(title, anchor=False, width="content")
        model = addressed_select(
            "Model",
            list(context.registry.folders),
            name=keys.EXPLAIN_MODEL,
            default=next(iter(context.registry.folders), None),
            words=lambda name: context.registry.folder(name).config.title,
            width=200,
        )
        if names:
            sha256 = photo_choice("Photo", names, name=keys.PHOTO, default=next(iter(names)))
            with st.popover("Add a photo", icon=":material/add_photo_alternate:"):
                intake(context, model)
    named = read_address(keys.PHOTO)
    if named is not None and named not in names:
        st.warning(f"Photo {plain(named[:64])} is not in the store; add it again.", icon=":material/link_off:")
    if sha256 is None or model is None:
        say_how(context, model, empty_words)
        return None
    return context.store.photo(sha256), model


def photo_names(context: Context) -> dict[str, str]:
    """The newest photos by SHA-256, the one of the address first if it is none of them."""
    rows = context.store.photos(PhotoFilter(order="newest", limit=NEWEST))
    names = {row.photo.sha256: row.photo.name for row in rows}
    named = read_address(keys.PHOTO)
    if named is not None and named not in names:
        with suppress(NotFoundError):  # said so by ``head``
            return {named: context.store.photo(named).name, **names}
    return names
