"""Which batch is shown."""

from __future__ import annotations

import streamlit as st

from components import session_keys as keys
from components.address import read_address, write_address
from components.local_time import local_time
from components.wording import plain
from core.errors import NotFoundError
from core.services.context import Context
from core.store import Batch


def chosen_batch(context: Context) -> Batch | None:
    """The batch of the address; where it names none, the latest. None means all photos.

    An unknown batch is said so, and the latest is shown instead.
    """
    named = read_address(keys.BATCH)
    if named == keys.ALL_BATCHES:
        return None
    if named is not None:
        try:
            return context.store.batch(named)
        except NotFoundError as error:
            st.warning(plain(str(error)), icon=":material/link_off:")
    latest = context.store.latest_batch()
    if latest is not None:
        write_address(keys.BATCH, latest.id)
    return latest


def show_batch(batch_id: str) -> None:
    """Make a batch the one that the page shows, with no photo open yet."""
    write_address(keys.BATCH, batch_id)
    write_address(keys.PHOTO, None)


def batch_choice(context: Context, batch: Batch | None) -> None:
    """Draw the choice among the newest batches and all photos."""
    batches = {one.id: one for one in context.store.batches()}
    if batch is not None:
        batches.setdefault(batch.id, batch)
    st.session_state[keys.BATCH_CHOICE] = batch.id if batch else keys.ALL_BATCHES
    st.selectbox(
        "Batch",
        [*batches, keys.ALL_BATCHES],
        format_func=lambda one: "All photos" if one == keys.ALL_BATCHES else _batch_words(batches[one]),
        key=keys.BATCH_CHOICE,
        on_change=lambda: show_batch(st.session_state[keys.BATCH_CHOICE]),
        label_visibility="collapsed",
        width=310,
    )


def _batch_words(batch: Batch) -> str:
    stopped = " · stopped" if batch.cancelled_at else ""
    return f"{batch.name} · {local_time(batch.created_at)}{stopped}"
