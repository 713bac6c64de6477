"""Which pair is looked at: one that ships, or two photos of one's own."""

from __future__ import annotations

import streamlit as st

from components import session_keys as keys
from components.address import read_address, write_address
from components.addressed import addressed_select
from components.drop_zone import drop_zone
from core.services.context import Context
from core.services.own_pairs import dropped_pair, own_pair
from core.services.pairs import Pair, sample_pairs

_OWN = "own"


def chosen_pair(context: Context) -> Pair | None:
    """Draw the choice, to be laid into a row; None where there is nothing to look at yet."""
    samples = {pair.name: pair for pair in sample_pairs()}
    name = addressed_select(
        "Pair", [*samples, _OWN], name=keys.PAIR, default=next(iter(samples), _OWN), words=_words, width=230
    )
    with st.popover("Drop your own", icon=":material/upload:"):
        _dropped(context)
    if name in samples:
        return samples[name]
    first, second = read_address(keys.PAIR_FIRST), read_address(keys.PAIR_SECOND)
    if not first or not second:
        return None
    if st.button("Swap sides", icon=":material/swap_horiz:"):
        write_address(keys.PAIR_FIRST, second)
        write_address(keys.PAIR_SECOND, first)
        st.rerun()
    return own_pair(context.store, first, second)


def _words(name: str) -> str:
    return "My own two photos" if name == _OWN else f"Sample: {name.replace('_', ' ')}"


@st.fragment
def _dropped(context: Context) -> None:
    upload = drop_zone(tag="pair", key="pairs.drop", max_bytes=context.settings.max_upload_bytes)
    if upload is None or upload.batch is None or upload.is_going_on:
        st.caption(
            "Two photos of any size and format, first the render and then the photo that it should look "
            "like. They are kept in the library with the tag pair."
        )
        return
    if st.session_state.get(keys.PAIR_SEEN) == upload.batch:
        return
    hashes = dropped_pair(context.store, upload.batch)
    st.session_state[keys.PAIR_SEEN] = upload.batch
    write_address(keys.PAIR, _OWN)
    for key, sha256 in zip((keys.PAIR_FIRST, keys.PAIR_SECOND), hashes, strict=True):
        write_address(key, sha256)
    st.rerun()
