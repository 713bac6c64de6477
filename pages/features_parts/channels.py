"""The channels of a layer: a grid, and one of them large over one photo or two."""

from __future__ import annotations

from typing import cast, get_args

import streamlit as st

from components import session_keys as keys
from components.address import read_address, write_address
from components.addressed import addressed_segments
from components.channel_grid import Cell, channel_grid
from components.map_panels import Grid, Panel
from core.runtime.model_config import ModelFolder
from core.services.feature_orders import Channels
from core.services.feature_page import ChannelSheet, Order, channel_maps, channel_sheet
from core.types import Photo
from pages.explain_parts.pictures import kept_panels
from pages.explain_parts.place import drawn_boxes

_ORDER_WORDS = {"energy": "By energy", "mask": "By response in the mask", "name": "By number"}


def channel_of(sheet: ChannelSheet) -> int:
    """The channel of the address; else the first of the sheet."""
    named = read_address(keys.FEATURES_CHANNEL) or ""
    return int(named) if named.isdigit() and int(named) < sheet.count else sheet.numbers[0]


def sorted_sheet(channels: Channels) -> ChannelSheet:
    """Draw the order; without a mask there is none by response."""
    orders = [order for order in get_args(Order) if order != "mask" or channels.response is not None]
    (order,) = addressed_segments(
        "Sorted",
        orders,
        name=keys.FEATURES_ORDER,
        default=("energy",),
        words=_ORDER_WORDS.__getitem__,
        show_title=False,
    )
    return channel_sheet(channels, cast(Order, order))


def grid(sheet: ChannelSheet, marks: dict[int, str], selected: int) -> None:
    """Draw the channels; the chosen one goes into the address."""
    cells = [
        Cell(k, f"{k}", f"Channel {k}: {value:.3g}{', ' + marks[k] if k in marks else ''}", _mark(marks.get(k)))
        for k, value in zip(sheet.numbers, sheet.values, strict=True)
    ]
    channel_grid(sheet.sheet_hwc, cells, selected=selected, key=keys.FEATURES_GRID, on_chosen=choose_channel)
    first = f" The first {len(cells)} of {sheet.count}." if len(cells) < sheet.count else ""
    st.caption(f"A picture a channel: what one filter of the layer answers, bright where most. Click one.{first}")


def choose_channel(channel: int) -> None:
    """Keep a channel that was clicked."""
    write_address(keys.FEATURES_CHANNEL, str(channel))


def large(folder: ModelFolder, photos: list[tuple[Photo, Channels]], channel: int) -> None:
    """Draw one channel over the photos, with one scale and zoom for both; over one alone, a box can be drawn."""
    panels = []
    boxes = drawn_boxes() if len(photos) == 1 else ()
    maps, diverging = channel_maps([channels for _, channels in photos], channel)
    for (photo, channels), map_hw in zip(photos, maps, strict=True):
        words = f"energy (mean square) {float(channels.energy[channel]):.3g}"
        if channels.response is not None:
            words += f", response in the mask {channels.response[channel]:+.2f}"
        quiet = "" if map_hw.any() else f"Channel {channel} answers nothing in this photo."
        title = f"{channels.layer}, channel {channel}: {photo.name}"
        panels.append(Panel(title, photo, None if quiet else Grid.of(map_hw), words, diverging, quiet, boxes))
    kept_panels(panels, folder, key=keys.FEATURES_PANELS, two_sides=("below 0", "above 0"))


def _mark(state: str | None) -> str:
    return {"dead": "✕", "saturated": "▲"}.get(state or "", "")
