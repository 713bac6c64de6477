"""How far the batch is, what it amounts to, and what of it could not be read."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from components import session_keys as keys
from components.batch_progress import batch_line
from components.bootstrap import errors_shown
from components.drop_zone import UploadChoice
from core.services.context import Context
from core.services.gallery_page import gallery_summary
from core.store import Batch, BatchProgress
from pages.inspect_parts.batches import batch_choice

POLL_S = 1.0


def status_line(context: Context, batch: Batch | None) -> bool:
    """Draw the batch choice and its line of counts and progress.

    Returns:
        Whether results are still coming in.
    """
    is_working = _progress(context, batch) is not None
    with st.container(horizontal=True, vertical_alignment="center"):
        batch_choice(context, batch)
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
            stopped_count=counted.stopped_count,
            progress=progress,
            key="inspect.progress",
        )
        if wish and batch is not None:
            (context.store.cancel_batch if wish == "stop" else context.store.retry_batch)(batch.id)
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
