"""What is looked at: the model and the photo."""

from __future__ import annotations

from contextlib import suppress

import streamlit as st

from components import session_keys as keys
from components.address import read_address, write_address
from components.addressed import addressed_select
from components.photo_choice import photo_choice
from components.wording import plain
from core.errors import NotFoundError
from core.services.context import Context
from core.services.explain_page import target_box
from core.store import PhotoFilter
from core.types import Photo
from pages.explain_parts.intake import intake, say_how

NEWEST = 200


def head(context: Context, title: str, empty_words: str) -> tuple[Photo, str] | None:
    """Draw title, model and photo.

    Returns:
        Photo and model; None where there is none yet, after the page has said how to add one (``empty_words``).
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
    if named != sha256:  # the newest photo is another one tomorrow: a copied address names this one
        write_address(keys.PHOTO, sha256)
    _forget_what_was_of_others(sha256, model)
    return context.store.photo(sha256), model


def _forget_what_was_of_others(sha256: str, model: str) -> None:
    """A box drawn on another photo, and another model's target and layer, mean nothing here."""
    before = st.session_state.get(keys.EXPLAIN_SEEN, (sha256, model))
    st.session_state[keys.EXPLAIN_SEEN] = (sha256, model)
    gone = [keys.EXPLAIN_BOX, keys.EXPLAIN_PLACE] if before[0] != sha256 else []
    gone += [keys.EXPLAIN_LAYER, keys.EXPLAIN_METHODS, keys.FEATURES_CHANNEL] if before[1] != model else []
    if before[1] != model or (target_box(read_address(keys.EXPLAIN_TARGET) or "") and gone):
        gone.append(keys.EXPLAIN_TARGET)
    for name in gone:
        write_address(name, None)


def photo_names(context: Context) -> dict[str, str]:
    """The newest photos by SHA-256, the one of the address first if it is none of them."""
    rows = context.store.photos(PhotoFilter(order="newest", limit=NEWEST))
    names = {row.photo.sha256: row.photo.name for row in rows}
    named = read_address(keys.PHOTO)
    if named is not None and named not in names:
        with suppress(NotFoundError):  # said so by ``head``
            return {named: context.store.photo(named).name, **names}
    return names
