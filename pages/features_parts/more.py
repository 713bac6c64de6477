"""Beside the channels: their health, what a channel likes, and filters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from components import session_keys as keys
from components.address import read_address, write_address
from components.channel_grid import Cell, channel_grid
from core.runtime.model_config import ModelFolder
from core.services.context import Context
from core.services.feature_orders import FiltersOrder, HealthOrder, LikesOrder
from core.services.feature_page import filter_sheet, health_marks, health_photos
from core.types import Photo
from pages.explain_parts.asking import ask
from pages.features_parts.channels import choose_channel

if TYPE_CHECKING:
    from core.explain.features import ChannelHealth

_KINDS = {
    "colour": "What each filter of the first layer matches, as a small photo; grey is nothing.",
    "depthwise": "One kernel a channel; bright adds, dark takes away.",
    "kernels": "One kernel for each channel that it reads, the strongest first; bright adds, dark takes away.",
}


def health(context: Context, photo: Photo, folder: ModelFolder, layer: str) -> dict[int, str]:
    """Draw the switch; channel → ``dead`` or ``saturated`` over the newest photos, where it is on."""
    wanted = read_address(keys.FEATURES_HEALTH) is not None
    st.session_state["address.health"] = wanted
    st.toggle(
        "Count dead and saturated channels",
        key="address.health",
        on_change=lambda: write_address(keys.FEATURES_HEALTH, "1" if st.session_state["address.health"] else None),
        help="Over this photo and the newest of the store, 24 in all. Dead: the same everywhere in every one.",
    )
    if not wanted:
        return {}
    found: ChannelHealth = ask(
        HealthOrder(folder.path, health_photos(context, photo), layer), "Photos are being looked at"
    )
    dead, saturated = int(found.dead.sum()), int(found.saturated.sum())
    st.markdown(f"Over {found.count} photos: **dead {dead} of {len(found.dead)}** (✕), **saturated {saturated}** (▲)")
    return health_marks(found)


def likes(folder: ModelFolder, layer: str, channel: int) -> None:
    """Draw the picture that a channel answers to most, once it was asked for."""
    wanted = f"{layer} {channel}"
    if st.button("What does this channel like?", icon=":material/auto_awesome:", help="Gradient ascent from noise"):
        st.session_state[keys.FEATURES_LIKES] = wanted
    if st.session_state.get(keys.FEATURES_LIKES) == wanted:
        picture = ask(LikesOrder(folder.path, layer, channel), "A picture is being made that it answers to most")
        st.image(picture, width=260, caption=f"Channel {channel} answers to this most")


def filters(folder: ModelFolder, layer: str, channel: int) -> None:
    """Draw the weights of the convolution that makes the layer."""
    found = ask(FiltersOrder(folder.path, layer), "Weights are being read")
    sheet, numbers = filter_sheet(found, channel)
    st.markdown(f"**{found.layer}**" + (f", channel {channel}" if found.kind == "kernels" else ""))
    cells = [Cell(k, f"{k}", f"{'From channel' if found.kind == 'kernels' else 'Channel'} {k}") for k in numbers]
    of_channels = found.kind != "kernels"  # else of the channels that are read, which lie in another layer
    channel_grid(
        sheet,
        cells,
        selected=channel if of_channels else None,
        key=f"features.filters.{found.kind}",
        on_chosen=choose_channel if of_channels else None,
    )
    st.caption(_KINDS[found.kind])
