"""Feature maps: what a model sees, layer by layer and channel by channel."""

from __future__ import annotations

import streamlit as st

from components import session_keys as keys
from components.addressed import addressed_segments
from components.bootstrap import bootstrap, errors_shown
from components.layer_choice import layer_choice
from core.services.context import Context
from core.services.explain_orders import NetworkFacts, NetworkOrder
from core.services.explain_page import photo_file
from core.services.feature_orders import ChannelsOrder
from core.services.feature_page import channel_sheet
from core.types import Photo
from pages.explain_parts.asking import ask
from pages.explain_parts.choice import head
from pages.explain_parts.maps import PICTURE_PX
from pages.features_parts.beside import compared, explain_link
from pages.features_parts.channels import channel_of, grid, large, sorted_sheet
from pages.features_parts.depth import depth
from pages.features_parts.more import filters, health, likes

EMPTY = "Drop a photo to see what each layer of a model sees in it."
PARTS = {"channels": "Channels", "filters": "Filters", "depth": "Through the network"}


@st.fragment
def features(context: Context, photo: Photo, model: str) -> None:
    """A layer's channels over one photo or two, its filters, or the way through all layers."""
    with errors_shown():
        folder = context.registry.folder(model)
        facts: NetworkFacts = ask(NetworkOrder(folder.path), "The network is being loaded", PICTURE_PX)
        main, side = st.columns([2.6, 1], gap="medium")
        with main:
            (part,) = addressed_segments(
                "Part", list(PARTS), name=keys.FEATURES_PART, default=("channels",), words=PARTS.__getitem__,
                show_title=False,
            )  # fmt: skip
        with side:
            shapes = {info.name: info.shape for info in facts.layers}
            first = facts.field or facts.stations
            layer = layer_choice(shapes, first, default=first[0])
            photos = compared(context, photo, asks=part != "filters")
        with main:
            if part == "depth":
                depth(context, folder, facts, layer, photos)
                return
            found = [ask(ChannelsOrder(folder.path, photo_file(context, one), layer, at), "The layer is being read")
                     for one, at in photos]  # fmt: skip
            sheet = sorted_sheet(found[0]) if part == "channels" else channel_sheet(found[0], "energy")
            channel = channel_of(sheet)
            if part == "filters":
                filters(folder, layer, channel)
            else:
                large(folder, [(one, channels) for (one, _), channels in zip(photos, found, strict=True)], channel)
                grid(sheet, health(context, photo, folder, layer), channel)
        with side:
            likes(folder, layer, channel)
            explain_link(photo, folder, layer)


context = bootstrap()
with errors_shown():
    chosen = head(context, "Feature maps", EMPTY)
    if chosen is not None:
        features(context, *chosen)
