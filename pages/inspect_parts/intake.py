"""Head of the page: what the photos show, and the drop zone."""

from __future__ import annotations

import streamlit as st

from components import session_keys as keys
from components.addressed import addressed_select
from components.bootstrap import errors_shown
from components.drop_zone import drop_zone
from core.services.context import Context
from core.services.samples import FOLDER_TAGS, add_samples
from pages.inspect_parts.batches import show_batch

OWN_TAG = "own tag"
TAGS = (*FOLDER_TAGS.values(), OWN_TAG)


def intake(context: Context, *, is_empty: bool) -> None:
    """Draw title, tag choice and drop zone; an upload's batch becomes the one that is shown."""
    if is_empty:
        st.title("Inspect overhead-line photos", anchor=False)
        st.markdown("Gridlens names the pole type, finds missing top caps and measures worn shackles.")
        tag = _tag_choice(show_title=True)
        _upload(context, tag, is_empty)
        return
    title_column, zone_column = st.columns([1, 2], vertical_alignment="center")
    with title_column, st.container(horizontal=True, vertical_alignment="center"):
        st.header("Inspect", anchor=False, width="content")
        tag = _tag_choice(show_title=False)
    with zone_column:
        _upload(context, tag, is_empty)


def offer_samples(context: Context) -> None:
    """What the page will show, and the one button that fills it."""
    with st.container(horizontal=True, horizontal_alignment="center", vertical_alignment="center"):
        st.markdown("No photos at hand?", width="content")
        if st.button("Inspect the 50 sample photos", type="primary", icon=":material/photo_library:"):
            show_batch(add_samples(context))
            st.rerun()


def _tag_choice(*, show_title: bool) -> str | None:
    tag = addressed_select(
        "What the photos show",
        TAGS,
        name=keys.TAG,
        default=TAGS[0],
        words=lambda name: name.capitalize(),
        show_title=show_title,
        width=220,
        help="Decides which models look at the photos that you add now.",
    )
    if tag != OWN_TAG:
        return tag
    own = st.text_input(
        "Own tag", key=keys.OWN_TAG, placeholder="for example line 12", label_visibility="collapsed", width=200
    )
    return own.strip() or None


@st.fragment
def _upload(context: Context, tag: str | None, is_empty: bool) -> None:
    with errors_shown():
        upload = drop_zone(tag=tag, key=keys.DROP_ZONE, large=is_empty, max_bytes=context.settings.max_upload_bytes)
    if upload is None or upload.batch is None:
        return
    seen = st.session_state.get(keys.UPLOAD_SEEN)
    st.session_state[keys.UPLOAD_SEEN] = upload
    if seen is None or seen.batch != upload.batch:
        show_batch(upload.batch)
        st.rerun()
    if seen.is_going_on and not upload.is_going_on:
        st.rerun()
