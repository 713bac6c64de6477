"""Where the layer lies on the way from photo to answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from components import session_keys as keys
from components.address import write_address
from components.layer_strip import LayerBar, layer_strip
from core.explain.methods import PHOTO_LAYER
from core.services.explain_masks import ObjectPlace
from core.services.explain_orders import NetworkFacts
from core.services.explain_page import energies_by_layer
from core.types import Photo

if TYPE_CHECKING:
    from core.explain.result import Explanation

_HOW_TO = "The higher a bar, the finer the layer's picture. Click one to see the map there."
_CLOSED_FORM = "The class activation map is read where the answer is made; choose LayerCAM to see any layer."


def strip_of_layers(
    photo: Photo,
    facts: NetworkFacts,
    shown: Sequence[Explanation],
    found: Sequence[Sequence[Explanation]],
    place: ObjectPlace | None,
) -> None:
    """Draw the layers with the one of the first map at a layer marked; a click on another goes there.

    Args:
        photo, facts: what is explained.
        shown: the map of each method.
        found: all maps of each method, which came in the same pass.
        place: where the object is.
    """
    at = next((k for k, one in enumerate(shown) if one.layer != PHOTO_LAYER), None)
    if at is None:
        st.caption("This way to a map belongs to no single layer of the network.")
        return
    here, energies = shown[at].layer, energies_by_layer(found[at], photo, place)
    bars = [
        LayerBar(info.name, info.shape, energies.shares.get(info.name))
        for info in facts.layers
        if info.name in facts.stations or info.name == here
    ]
    layer_strip(
        bars,
        here=here,
        area=energies.area,
        key=keys.EXPLAIN_GRAPH,
        on_chosen=lambda name: write_address(keys.EXPLAIN_LAYER, None if name == facts.layer else name),
    )
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.caption(_CLOSED_FORM if _is_closed_form(shown) else _HOW_TO, width="content")
        st.page_link(
            "features.py",
            label="What this layer sees",
            icon=":material/grid_view:",
            query_params={keys.PHOTO: photo.sha256, keys.EXPLAIN_MODEL: shown[at].model, keys.EXPLAIN_LAYER: here},
        )


def _is_closed_form(shown: Sequence[Explanation]) -> bool:
    return all(one.method == "cam" for one in shown if one.layer != PHOTO_LAYER)
