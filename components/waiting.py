"""Waiting for a result on the page: quick ones without a word, slow ones with the place in the queue."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import streamlit as st

from components.wording import count_text

QUICK_S = 0.25  # nothing has to be said about waiting up to here
LOOK_EVERY_S = 0.2  # each look lets Streamlit end this run when something else was asked for


def wait_for(future: Future[Any], before: Callable[[Future[Any]], int], words: str) -> Any:
    """Wait, and say so.

    Args:
        future: the result to come.
        before: how many others come first.
        words: what is being done, for example ``drawing the map``.

    Raises:
        GridlensError: it cannot be had.
    """
    try:
        return future.result(QUICK_S)
    except TimeoutError:
        pass
    place = st.empty()
    while True:
        others = before(future)
        queue = f"{count_text(others, 'other')} first" if others else "a moment"
        place.caption(f":material/hourglass_top: {words}: {queue} …")
        try:
            result = future.result(LOOK_EVERY_S)
        except TimeoutError:
            continue
        place.empty()
        return result
