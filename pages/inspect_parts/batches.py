"""Which batch is shown, how far it is, and what could not be read."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from components import session_keys as keys
from components.batch_progress import batch_line
from components.bootstrap import errors_shown
from components.drop_zone import UploadChoice
from components.local_time import local_time
from components.wording import plain
from core.errors import NotFoundError
from core.services.context import Context
from core.services.gallery_page import gallery_summary
from core.store import Batch, BatchProgress

POLL_S = 1.0


def choose_batch(context: Context) -> Batch | None:
    """The batch of the address; where it names none, the latest. None means all photos.

    An unknown batch is said so, and the latest is shown instead.
    """
    named = st.query_params.get(keys.BATCH)
    if named == keys.ALL_BATCHES:
        return None
    if named is not None:
        try:
            return context.store.batch(named)
        except NotFoundError as error:
            st.warning(plain(str(error)), icon=":material/link_off:")
    latest = context.store.latest_batch()
    if latest is not None:
        st.query_params[keys.BATCH] = latest.id
    return latest


def summary(context: Context, batch: Batch | None) -> bool:
    """Draw the batch choice and its line of counts and progress.

    Returns:
        Whether results are still coming in.
    """
    is_working = _progress(context, batch) is not None
    with st.container(horizontal=True, vertical_alignment="center"):
        _batch_choice(context, batch)
        st.fragment(_line, run_every=POLL_S if is_working else None)(context, batch, is_working)
    return is_working


def _line(context: Context, batch: Batch | None, was_working: bool) -> None:
    with errors_shown():
        progress = _progress(context, batch)
        if was_working and progress is None:
            st.rerun()
        counted = gallery_summary(context, batch.id if batch else None)
        wish = batch_line(
            photo_count=counted.photo_count,
            look_now_count=counted.look_now_count,
            failures=counted.failures,
            progress=progress,
            key="inspect.progress",
        )
        if wish == "stop" and batch is not None:
            context.store.cancel_batch(batch.id)
            st.rerun()


def _progress(context: Context, batch: Batch | None) -> BatchProgress | None:
    """How far the batch is, counted with the files that an upload still brings in; None when all is done."""
    if batch is None:
        return None
    progress = context.store.progress(batch.id)
    upload = st.session_state.get(keys.UPLOAD_SEEN)
    if isinstance(upload, UploadChoice) and upload.batch == batch.id and upload.is_going_on:
        return replace(progress, total=max(progress.total, upload.total_count))
    return None if progress.is_finished else progress


def _batch_choice(context: Context, batch: Batch | None) -> None:
    batches = {one.id: one for one in context.store.batches()}
    if batch is not None:
        batches.setdefault(batch.id, batch)
    st.session_state[keys.BATCH_CHOICE] = batch.id if batch else keys.ALL_BATCHES
    st.selectbox(
        "Batch",
        [*batches, keys.ALL_BATCHES],
        format_func=lambda one: "All photos" if one == keys.ALL_BATCHES else _batch_words(batches[one]),
        key=keys.BATCH_CHOICE,
        on_change=_take_batch,
        label_visibility="collapsed",
        width=310,
    )


def _take_batch() -> None:
    st.query_params[keys.BATCH] = st.session_state[keys.BATCH_CHOICE]
    st.query_params.pop(keys.PHOTO, None)


def _batch_words(batch: Batch) -> str:
    stopped = " · stopped" if batch.cancelled_at else ""
    return f"{batch.name} · {local_time(batch.created_at)}{stopped}"
