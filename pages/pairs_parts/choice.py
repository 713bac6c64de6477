"""Which pair is looked at: one that ships, or two photos of one's own."""

from __future__ import annotations

import streamlit as st

from components import session_keys as keys
from components.address import read_address, write_address
from components.addressed import addressed_select
from components.drop_zone import drop_zone
from components.wording import plain
from core.errors import NotFoundError
from core.services.context import Context
from core.services.own_pairs import dropped_pair, own_pair
from core.services.pairs import Pair, sample_pairs

_OWN = "own"


def chosen_pair(context: Context) -> Pair | None:
    """Draw the choice; None where there is nothing to look at yet."""
    samples = {pair.name: pair for pair in sample_pairs()}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = addressed_select(
            "Pair", [*samples, _OWN], name=keys.PAIR, default=next(iter(samples), _OWN), words=_words, width=300
        )
        with st.popover("Drop a render and its photo", icon=":material/upload:"):
            _dropped(context)
        is_own = name == _OWN or name is None
        if is_own and read_address(keys.PAIR_SECOND) and st.button("Swap sides", icon=":material/swap_horiz:"):
            first, second = read_address(keys.PAIR_FIRST), read_address(keys.PAIR_SECOND)
            write_address(keys.PAIR_FIRST, second)
            write_address(keys.PAIR_SECOND, first)
            st.rerun()
    if not is_own:
        pair = samples[name or ""]
        st.caption(f"Left: {plain(pair.words[0])}. Right: {plain(pair.words[1])}; it stands in for a field photo, of "
                   "which none is shipped.")  # fmt: skip
        return pair
    first, second = read_address(keys.PAIR_FIRST), read_address(keys.PAIR_SECOND)
    if not first or not second:
        st.info("Your own pair appears here: drop two photos, first the render and then the photo that it should look "
                "like.", icon=":material/compare:")  # fmt: skip
        return None
    try:
        return own_pair(context.store, first, second)
    except NotFoundError as error:
        st.warning(plain(str(error)), icon=":material/link_off:")
        return None


def _words(name: str) -> str:
    return "My own two photos" if name == _OWN else f"Sample: {name.replace('_', ' ')}"


@st.fragment
def _dropped(context: Context) -> None:
    upload = drop_zone(tag="pair", key="pairs.drop", max_bytes=context.settings.max_upload_bytes)
    if upload is None or upload.batch is None or upload.is_going_on:
        st.caption("Two photos of any size and format; they are kept in the library with the tag pair.")
        return
    if st.session_state.get(keys.PAIR_SEEN) == upload.batch:
        return
    hashes = dropped_pair(context.store, upload.batch)
    st.session_state[keys.PAIR_SEEN] = upload.batch
    write_address(keys.PAIR, _OWN)
    for key, sha256 in zip((keys.PAIR_FIRST, keys.PAIR_SECOND), hashes, strict=True):
        write_address(key, sha256)
    st.rerun()
