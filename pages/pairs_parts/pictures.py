"""Both pictures, as they are or as edges, with one zoom."""

from __future__ import annotations

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
from core.services.pairs import Pair, ShownPicture

MOST_GRADIENT = 500
_ARRANGED = {"side": "Side by side", "slider": "Under a slider"}


def pictures(context: Context, pair: Pair) -> None:
    """Draw how they are shown, and both."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        mode = addressed_segments("Arranged", ("side", "slider"), name=keys.PAIR_MODE, default=("side",),
                                  words=_ARRANGED.__getitem__)[0]  # fmt: skip
        look = addressed_segments("Shown", ("photo", "edges"), name=keys.PAIR_LOOK, default=("photo",),
                                  words=str.capitalize)[0]  # fmt: skip
        if look == "edges":
            low, high = st.slider("Canny's thresholds", 0, MOST_GRADIENT, (int(LOW_THRESHOLD), int(HIGH_THRESHOLD)), 5,
                                  key="pairs.thresholds", width=320,
                                  help="Gradients from which an edge goes on, and from which it begins.")  # fmt: skip
        else:
            low, high = 0, 0
    max_pixels = context.settings.max_pixels

    def shown(path: Path) -> ShownPicture:
        if look == "edges":
            return cached_compare.pair_edges(path, max_pixels, low, high)
        return cached_compare.pair_photo(path, max_pixels)

    sides = [PairPicture(title, shown(path)) for title, path in zip(pair.words, (pair.first, pair.second), strict=True)]
    pair_viewer(sides[0], sides[1], mode=cast(Mode, mode), key="pairs.viewer")
    st.caption("Both zoom and move together: Ctrl and wheel, a double click, or + and −; drag to move.")
