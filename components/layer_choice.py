"""A layer of a network, as a list with shapes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from components import session_keys as keys
from components.address import read_address
from components.addressed import addressed_select, say_unknown

EVERY = "explain.every_layer"


def layer_choice(shapes: Mapping[str, tuple[int | None, ...]], first: Sequence[str], *, default: str) -> str:
    """Draw the list; the chosen layer is kept in the address.

    Args:
        shapes: layer → (rows, columns, channels), in the order of the network.
        first: those offered until every layer is asked for.
        default: chosen where the address names none.
    """
    named = read_address(keys.EXPLAIN_LAYER)
    say_unknown("Layer", named, shapes)
    every = st.session_state.get(EVERY, named is not None and named not in first)
    options = list(shapes) if every else [name for name in shapes if name in first or name == named]
    chosen = addressed_select(
        "Layer",
        options,
        name=keys.EXPLAIN_LAYER,
        default=default,
        words=lambda name: f"{name}  {' × '.join(str(side or '?') for side in shapes[name])}",
        help="Rows × columns × channels. The first are near the photo, the last near the answer.",
    )
    st.toggle(f"Every layer ({len(shapes)})", value=every, key=EVERY)
    return chosen or default
