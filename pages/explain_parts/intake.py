"""A way to add a photo, from the empty page or beside the choice."""

from __future__ import annotations

import streamlit as st

from components import session_keys as keys
from components.address import write_address
from components.drop_zone import drop_zone
from core.services.context import Context
from core.services.explain_page import usual_tag
from core.services.samples import add_samples
from core.store import PhotoFilter
from pages.explain_parts.place import forget_photo


def intake(context: Context, model: str | None) -> None:
    """Draw the drop zone; the photo that came becomes the one that is shown."""
    tag = None if model is None else usual_tag(model)
    upload = drop_zone(tag=tag, key=keys.EXPLAIN_DROP, max_bytes=context.settings.max_upload_bytes)
    if upload is None or upload.batch is None or upload.is_going_on:
        return
    if st.session_state.get(keys.EXPLAIN_DROP_SEEN) == upload.batch:
        return
    st.session_state[keys.EXPLAIN_DROP_SEEN] = upload.batch
    rows = context.store.photos(PhotoFilter(batch_id=upload.batch, order="newest", limit=1))
    if rows:
        forget_photo()
        write_address(keys.PHOTO, rows[0].photo.sha256)
        st.rerun()


def say_how(context: Context, model: str | None, words: str) -> None:
    """The empty page: what would be here, and what fills it."""
    if model is None:
        st.info("No model is installed: put one into the models folder.", icon=":material/model_training:")
        return
    st.markdown(words)
    intake(context, model)
    if st.button("Add the 50 sample photos", type="primary", icon=":material/photo_library:"):
        add_samples(context)
        st.rerun()
