"""Python side of the strip: layers in, the layer that was clicked out.

Not a plotly figure: drawing one anew took half of the time from another layer to its map.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from components.web_sources import read_web_sources

_mount = st.components.v2.component(
    "gridlens_layer_strip", **read_web_sources(Path(__file__).parent / "web", "strip", ("strip.js",))
)


@dataclass(frozen=True, slots=True)
class LayerBar:
    """One layer.

    Attributes:
        name: its path in the network.
        shape: (rows, columns, channels); None where the network does not fix it.
        share: of its map's energy on the object, 0 to 1; None where nobody knows.
    """

    name: str
    shape: tuple[int | None, ...]
    share: float | None = None

    @property
    def cells(self) -> int:
        """The larger of rows and columns; 1 where neither is known."""
        return max((side or 1 for side in self.shape[:2]), default=1)


def layer_strip(
    bars: Sequence[LayerBar], *, here: str, area: float | None, key: str, on_chosen: Callable[[str], None]
) -> None:
    """Draw the bars: as high as the logarithm of their cells a side, the shares as a line over them.

    Args:
        bars: in the order of the network, at least one.
        here: the layer that is shown; marked.
        area: the object's share of the photo, 0 to 1, drawn as a dotted line beside the shares; None for none.
        key: Streamlit key.
        on_chosen: called with a layer's name when it was clicked, before the page runs again.
    """
    finest = max(2, *(bar.cells for bar in bars))
    data = {
        "bars": [
            {
                "name": bar.name,
                "shape": " × ".join(str(side or "?") for side in bar.shape),
                "height": (1 + math.log2(bar.cells)) / (1 + math.log2(finest)),
                "share": bar.share,
            }
            for bar in bars
        ],
        "here": here,
        "area": area,
    }

    def tell() -> None:
        chosen = st.session_state[key].chosen
        if any(bar.name == chosen for bar in bars):  # what comes from the browser is checked
            on_chosen(chosen)

    _mount(key=key, data=data, on_chosen_change=tell)
