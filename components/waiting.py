"""Waiting for a result on the page: quick ones without a word, slow ones with the place in the queue."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import streamlit as st

from components.wording import count_text

QUICK_S = 0.25  # nothing has to be said about waiting up to here
LOOK_EVERY_S = 0.2  # each look lets Streamlit end this run when something else was asked for


def wait_for(
    future: Future[Any], before: Callable[[Future[Any]], int], words: str, skeleton_px: int | None = None
) -> Any:
    """Wait, and say so.

    Args:
        future: the result to come.
        before: how many others come first.
        words: what is being done, for example ``drawing the map``.
        skeleton_px: height of what will be there; None for nothing of note.

    Raises:
        GridlensError: it cannot be had.
    """
    try:
        return future.result(QUICK_S)
    except TimeoutError:
        pass
    place, skeleton = st.empty(), st.empty()
    if skeleton_px is not None:
        skeleton.skeleton(height=skeleton_px)
    while True:
        others = before(future)
        queue = f"{count_text(others, 'other')} first" if others else "a moment"
        place.caption(f":material/hourglass_top: {words}: {queue} …")
        try:
            result = future.result(LOOK_EVERY_S)
        except TimeoutError:
            continue
        place.empty()
        skeleton.empty()
        return result
