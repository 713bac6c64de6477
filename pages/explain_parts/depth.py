"""Where the layer lies on the way from photo to answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from components import session_keys as keys
from components.address import write_address
from core.charts.layer_graph import LayerMark, layer_figure
from core.services.explain_masks import ObjectPlace
from core.services.explain_orders import NetworkFacts
from core.services.explain_page import energies_by_layer
from core.types import Photo

if TYPE_CHECKING:
    from core.explain.result import Explanation


def layer_graph(
    photo: Photo, facts: NetworkFacts, here: str, found: tuple[Explanation, ...], place: ObjectPlace | None
) -> None:
    """Draw the layers, the chosen one marked; a click on another goes there."""
    marks = [
        LayerMark(info.name, max(info.shape[0] or 0, info.shape[1] or 0), info.shape[2] or 0)
        for info in facts.layers
        if info.name in facts.stations or info.name == here
    ]
    shares = energies_by_layer(found, photo, place)
    figure = layer_figure(marks, here, shares, dark=st.context.theme.type == "dark")
    chosen = st.plotly_chart(
        figure, key=keys.EXPLAIN_GRAPH, on_select="rerun", selection_mode="points", config={"displayModeBar": False}
    )
    words = "The line is the share of each layer's map that lies on the object. " if shares else ""
    st.caption(f"From the photo (left) to the answer (right). {words}A click on a bar goes to that layer.")
    _follow(chosen, here)


def _follow(chosen: object, here: str) -> None:
    points = chosen["selection"]["points"] if isinstance(chosen, dict) else []
    layer = str(points[0]["x"]) if points else None
    if layer == st.session_state.get(keys.EXPLAIN_GRAPH_SEEN):
        return
    st.session_state[keys.EXPLAIN_GRAPH_SEEN] = layer
    if layer is not None and layer != here:
        write_address(keys.EXPLAIN_LAYER, layer)
        st.rerun()
