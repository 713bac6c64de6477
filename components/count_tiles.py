"""Big numbers side by side, each the way to its photos."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from components.address import read_address, write_address


@dataclass(frozen=True, slots=True)
class Tile:
    """A number.

    Attributes:
        name: in the address when it is chosen; "" for a number without photos of its own.
        words: what it counts, with the icon of its severity where it has one.
        number: as people read it.
        help: how it is counted; "" for nothing to say.
    """

    name: str
    words: str
    number: str
    help: str = ""


def count_tiles(tiles: Sequence[Tile], *, parameter: str, key: str) -> str | None:
    """Draw the tiles; a second click on the chosen one closes its photos.

    Args:
        tiles: in order.
        parameter: of the address that keeps the choice.
        key: Streamlit key.

    Returns:
        Name of the chosen tile; None for none.
    """
    chosen = read_address(parameter)
    known = {tile.name for tile in tiles if tile.name}
    with st.container(horizontal=True, gap="small"):
        for tile in tiles:
            with st.container(width=150, border=True, gap=None, key=f"{key}.{tile.name or tile.words}"):
                st.metric(tile.words, tile.number, help=tile.help or None)
                if tile.name:
                    st.button(
                        "Hide" if tile.name == chosen else "Photos",
                        icon=":material/expand_less:" if tile.name == chosen else ":material/photo_library:",
                        type="tertiary",
                        key=f"{key}.{tile.name}.photos",
                        on_click=write_address,
                        args=(parameter, None if tile.name == chosen else tile.name),
                    )
    return chosen if chosen in known else None
