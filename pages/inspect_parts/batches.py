"""Which batch is shown, how far it is, and what could not be read."""

from __future__ import annotations

import streamlit as st

from components import session_keys as keys
from components.batch_progress import batch_progress, failed_files
from components.bootstrap import errors_shown
from components.drop_zone import UploadChoice
from components.wording import plain, time_text
from core.errors import NotFoundError
from core.services.context import Context
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
    """Draw the batch choice, the progress while there is any, and the failed files.

    Returns:
        Whether results are still coming in.
    """
    is_working = batch is not None and not _is_finished(context.store.progress(batch.id), _upload_of(batch))
    _batch_choice(context, batch)
    if batch is not None:
        if is_working:
            _progress(context, batch)
        failed_files(context.store.rows(batch.id, ("failed",)))
    return is_working


@st.fragment(run_every=POLL_S)
def _progress(context: Context, batch: Batch) -> None:
    with errors_shown():
        progress = context.store.progress(batch.id)
        upload = _upload_of(batch)
        if _is_finished(progress, upload):
            st.rerun()
        expected = upload.total_count if upload and upload.is_going_on else 0
        if batch_progress(progress, expected=expected, key="inspect.progress") == "stop":
            context.store.cancel_batch(batch.id)
            st.rerun()


def _upload_of(batch: Batch) -> UploadChoice | None:
    upload = st.session_state.get(keys.UPLOAD_SEEN)
    return upload if isinstance(upload, UploadChoice) and upload.batch == batch.id else None


def _is_finished(progress: BatchProgress, upload: UploadChoice | None) -> bool:
    return progress.is_finished and not (upload and upload.is_going_on)


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
    )


def _take_batch() -> None:
    st.query_params[keys.BATCH] = st.session_state[keys.BATCH_CHOICE]
    st.query_params.pop(keys.PHOTO, None)


def _batch_words(batch: Batch) -> str:
    stopped = " · stopped" if batch.cancelled_at else ""
    return f"{batch.name} · {time_text(batch.created_at)}{stopped}"
