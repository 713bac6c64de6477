"""The channels of a layer: a grid, and one of them large over one photo or two."""

from __future__ import annotations

from typing import cast, get_args

import streamlit as st

from components import session_keys as keys
from components.address import read_address, write_address
from components.addressed import addressed_segments
from components.channel_grid import Cell, channel_grid
from components.look_address import keep_look, read_look
from components.map_panels import Grid, Panel, map_panels
from core.services.feature_orders import Channels
from core.services.feature_page import ChannelSheet, Order, channel_map, channel_sheet
from core.types import Photo

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
    chosen = channel_grid(sheet.sheet_hwc, cells, selected=selected, key=keys.FEATURES_GRID)
    if len(cells) < sheet.count:
        st.caption(f"The first {len(cells)} of {sheet.count} channels.")
    if chosen is not None and chosen != selected:
        write_address(keys.FEATURES_CHANNEL, str(chosen))
        st.rerun()


def large(photos: list[tuple[Photo, Channels]], channel: int) -> None:
    """Draw one channel over the photos, with one zoom for both."""
    panels = []
    for photo, channels in photos:
        map_hw, diverging = channel_map(channels, channel)
        energy = f"energy {float(channels.energy[channel]):.3g}"
        answers = "" if channels.response is None else f", response in the mask {channels.response[channel]:+.2f}"
        quiet = "" if map_hw.any() else f"Channel {channel} answers nothing in this photo."
        title = f"{channels.layer}, channel {channel}: {photo.name}"
        grid_ = None if quiet else Grid.of(map_hw)
        panels.append(Panel(title, photo, grid_, f"{energy}{answers}", diverging, quiet))
    drawn = map_panels(panels, look=read_look(), key=keys.FEATURES_PANELS, two_sides=("below 0", "above 0"))
    keep_look(drawn.look)


def _mark(state: str | None) -> str:
    return {"dead": "✕", "saturated": "▲"}.get(state or "", "")
