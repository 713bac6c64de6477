"""What is looked at: the model and the photo."""

from __future__ import annotations

import streamlit as st

from components import session_keys as keys
from components.address import read_address, write_address
from components.addressed import addressed_select
from components.photo_choice import photo_choice
from components.wording import plain
from core.services.context import Context
from core.services.explain_page import fits
from core.types import Photo
from pages.explain_parts.intake import intake, say_how
from pages.explain_parts.photos import photo_names, show_fitting
from pages.explain_parts.place import forget_photo

_OF_MODEL = (keys.EXPLAIN_LAYER, keys.EXPLAIN_METHODS, keys.FEATURES_CHANNEL)


def head(context: Context, title: str, empty_words: str) -> tuple[Photo, str] | None:
    """Draw title, model and photo.

    Returns:
        Photo and model; None where there is none yet, after the page has said how to add one (``empty_words``).
    """
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.header(title, anchor=False, width="content")
        model = _model_choice(context)
        if model is not None and read_address(keys.PHOTO) is None:
            show_fitting(context, model)
        names, sha256 = photo_names(context), None
        if names:
            first = next(iter(names))
            sha256 = photo_choice("Photo", names, name=keys.PHOTO, default=first, on_change=forget_photo)
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
    return context.store.photo(sha256), model


def _model_choice(context: Context) -> str | None:
    folders = context.registry.folders
    first = next(iter(folders), None)

    def change() -> None:
        """Another model's target and layer mean nothing to this one, nor may a photo that nobody chose."""
        for name in (*_OF_MODEL, keys.EXPLAIN_TARGET):
            write_address(name, None)
        model, shown = read_address(keys.EXPLAIN_MODEL) or first, read_address(keys.PHOTO)
        was_offered = shown is not None and shown == st.session_state.get(keys.EXPLAIN_OFFERED)
        if model is not None and was_offered and not fits(context, shown, model):
            show_fitting(context, model)

    return addressed_select(
        "Model",
        list(folders),
        name=keys.EXPLAIN_MODEL,
        default=first,
        words=lambda name: folders[name].config.title,
        width=200,
        on_change=change,
    )
