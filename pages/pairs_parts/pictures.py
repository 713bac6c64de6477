"""Both pictures, as they are or as edges, with one zoom; and how they are shown."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import cast

import streamlit as st

from components import cached_compare
from components import session_keys as keys
from components.addressed import addressed_segments
from components.pair_viewer import PairPicture, pair_viewer
from components.pair_viewer.component import Mode
from core.compare.edges import HIGH_THRESHOLD, LOW_THRESHOLD
from core.services.context import Context
from core.services.pairs import SAMPLE_WORDS, Pair, ShownPicture

MOST_GRADIENT = 500
_ARRANGED = {"side": "Side by side", "slider": "Under a slider"}


@dataclass(frozen=True, slots=True)
class Shown:
    """How both are shown: arranged how, and as edges between these gradients or, None, as they are."""

    mode: Mode
    edges: tuple[int, int] | None


def how_shown() -> Shown:
    """Draw the choice, to be laid into a row."""
    mode = addressed_segments("Arranged", list(_ARRANGED), name=keys.PAIR_MODE, default=("side",),
                              words=_ARRANGED.__getitem__)[0]  # fmt: skip
    look = addressed_segments("Shown", ("photo", "edges"), name=keys.PAIR_LOOK, default=("photo",),
                              words=str.capitalize)[0]  # fmt: skip
    if look == "photo":
        return Shown(cast(Mode, mode), None)
    usual = int(LOW_THRESHOLD), int(HIGH_THRESHOLD)
    edges = st.slider("Canny's thresholds", 0, MOST_GRADIENT, usual, 5, key="pairs.thresholds", width=260,
                      help="Gradients from which an edge goes on, and from which it begins.")  # fmt: skip
    return Shown(cast(Mode, mode), edges)


def pictures(context: Context, pair: Pair, how: Shown) -> None:
    """Draw both."""
    max_pixels = context.settings.max_pixels

    def picture(path: Path) -> ShownPicture:
        if how.edges is None:
            return cached_compare.pair_photo(path, max_pixels)
        return cached_compare.pair_edges(path, max_pixels, *how.edges)

    first, second = (
        PairPicture(title, picture(path)) for title, path in zip(pair.words, (pair.first, pair.second), strict=True)
    )
    pair_viewer(first, second, mode=how.mode, key="pairs.viewer")
    words = "Both zoom and move together: Ctrl and wheel, a double click, or + and −; drag to move."
    if pair.words == SAMPLE_WORDS:
        words += " The second one stands in for a field photo, of which none is shipped."
    st.caption(words)
