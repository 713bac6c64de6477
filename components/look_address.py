"""How maps are laid over photos, in the address."""

from __future__ import annotations

import streamlit as st

from components import session_keys as keys
from components.address import read_address, write_address
from components.map_panels import Look
from core.explain.picture import COLOURS

USUAL = Look()


def read_look() -> Look:
    """Opacity, threshold and colours of the address; the usual ones where it says nothing."""
    opacity, _, rest = (read_address(keys.EXPLAIN_LOOK) or "").partition(".")
    threshold, _, colours = rest.partition(".")
    known = next((one for one in COLOURS if one == colours), None)
    if known is None or not all(part.isdigit() and int(part) <= 100 for part in (opacity, threshold)):
        return USUAL
    return Look(int(opacity), int(threshold), known)


def keep_look(chosen: Look) -> None:
    """Keep what a person has just chosen; an older choice does not undo the address."""
    if st.session_state.get(keys.EXPLAIN_LOOK_SEEN) == chosen:
        return
    st.session_state[keys.EXPLAIN_LOOK_SEEN] = chosen
    if chosen != read_look():
        words = f"{chosen.opacity}.{chosen.threshold}.{chosen.colours}"
        write_address(keys.EXPLAIN_LOOK, None if chosen == USUAL else words)
