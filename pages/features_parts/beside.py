"""What stands beside the channels: the second photo, where the object is, and the way to the layer's map."""

from __future__ import annotations

import streamlit as st

from components import session_keys as keys
from components.photo_choice import photo_choice
from core.runtime.model_config import ModelFolder
from core.services.context import Context
from core.services.explain_masks import ObjectPlace
from core.types import Photo
from pages.explain_parts.photos import photo_names
from pages.explain_parts.place import known_place, object_place


def compared(context: Context, photo: Photo, *, asks: bool) -> list[tuple[Photo, ObjectPlace | None]]:
    """Draw the choice of a second photo and of where the object is, if ``asks``.

    Returns:
        One photo or two, each with its place.
    """
    if not asks:
        return [(photo, None)]
    others = {sha: name for sha, name in photo_names(context).items() if sha != photo.sha256}
    other = photo_choice("Beside it", others, name=keys.FEATURES_OTHER, default=None)
    photos = [(photo, object_place(context, photo))]
    if other is not None:
        second = context.store.photo(other)
        photos.append((second, known_place(context, second)))
    return photos


def explain_link(photo: Photo, folder: ModelFolder, layer: str) -> None:
    """A link to the map at the layer."""
    query = {keys.PHOTO: photo.sha256, keys.EXPLAIN_MODEL: folder.config.name, keys.EXPLAIN_LAYER: layer}
    st.page_link(
        "explain.py", label="Where the answer comes from here", icon=":material/visibility:", query_params=query
    )
