"""The way through the network: how the background fades against the object."""

from __future__ import annotations

import streamlit as st

from components import session_keys as keys
from components.map_panels import Panel
from core.charts.depth import depth_figure
from core.runtime.model_config import ModelFolder
from core.services.context import Context
from core.services.explain_masks import ObjectPlace
from core.services.explain_orders import NetworkFacts
from core.services.explain_page import photo_file
from core.services.feature_orders import DepthOrder
from core.types import Photo
from pages.explain_parts.asking import ask
from pages.explain_parts.pictures import kept_panels
from pages.explain_parts.place import drawn_boxes


def depth(
    context: Context,
    folder: ModelFolder,
    facts: NetworkFacts,
    layer: str,
    photos: list[tuple[Photo, ObjectPlace | None]],
) -> None:
    """Draw how the background fades; for photos whose object's place is known."""
    lines = {}
    for photo, place in photos:
        if place is not None:
            order = DepthOrder(folder.path, photo_file(context, photo), facts.stations, place)
            points = ask(order, "Layers are being read")
            lines[photo.name] = [(p.layer, p.object_energy, p.background_energy) for p in points]
    if not any(lines.values()):
        st.info("Where is the object? Draw a box around it, or choose a render, which brings its mask.")
        panel = Panel(photos[0][0].name, photos[0][0], boxes=drawn_boxes())
        kept_panels([panel], folder, key=keys.FEATURES_PANELS, two_sides=("", ""))
        return
    st.plotly_chart(
        depth_figure(lines, layer, dark=st.context.theme.type == "dark"),
        key="features.depth",
        config={"displaylogo": False},
    )
    st.caption(
        "Energy of the activations a cell, on the object and beside it. At 50 % the layer does not tell them apart."
    )
