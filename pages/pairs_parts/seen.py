"""What a layer gives for both photos: one model and layer for both, the channels that differ most first."""

from __future__ import annotations

import streamlit as st

from components import session_keys as keys
from components.addressed import addressed_select
from components.wording import plain
from core.services.context import Context
from core.services.explain_orders import NetworkFacts, NetworkOrder, PhotoFile
from core.services.pair_orders import PairChannel, PairMaps, PairMapsOrder
from core.services.pairs import Pair
from pages.explain_parts.asking import ask

_SIDE_PX = 156


def seen(context: Context, pair: Pair) -> None:
    """Draw the choice of model and layer, and both photos' maps."""
    folders = context.registry.folders
    with st.container(horizontal=True, vertical_alignment="bottom"):
        model = addressed_select(
            "Model", list(folders), name=keys.PAIR_MODEL, default=next(iter(folders)),
            words=lambda name: folders[name].config.title, width=260,
        )  # fmt: skip
        folder = folders[model or next(iter(folders))]
        facts: NetworkFacts = ask(NetworkOrder(folder.path), "reading the network")
        layer = addressed_select(
            "Layer of both photos", facts.stations, name=keys.PAIR_LAYER, default=facts.head, width=300,
            help="The first are near the photo, the last near the answer.",
        )  # fmt: skip
    files = [PhotoFile(path, context.settings.max_pixels) for path in (pair.first, pair.second)]
    order = PairMapsOrder(folder.path, files[0], files[1], layer or facts.head)
    maps: PairMaps = ask(order, "looking through the network")
    st.caption(f"{plain(maps.layer)}: cosine {maps.cosine:.3f} between both photos' means. Channels that differ most "
               "first; left and right on one scale.")  # fmt: skip
    with st.container(horizontal=True, gap="medium"):
        for channel in maps.channels:
            _channel(channel)


def _channel(channel: PairChannel) -> None:
    with st.container(width=2 * _SIDE_PX + 8, gap=None):
        with st.container(horizontal=True, gap="xxsmall"):
            for side, picture in zip(("left", "right"), channel.pictures(), strict=True):
                st.image(picture, width=_SIDE_PX, alt=f"channel {channel.channel}, {side}")
        sign = "+" if channel.difference >= 0 else "−"
        st.caption(f"channel {channel.channel}: {sign}{100 * abs(channel.difference):.0f} % on the right")
