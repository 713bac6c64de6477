"""A vote of one's own: which measures say how near a photo is, and how much each counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from components import session_keys as keys
from components.address import write_address
from components.measure_table import measure_words
from core.compare.descriptors import Describer
from core.errors import GridlensError
from core.services.similar import parse_weights

BEGIN = "hsv_intersection=1,thumbnail_ssim=1,difference_hash=1"
MOST = 10.0
_CHOSEN = "similar.voting"


def is_vote(text: str | None) -> bool:
    """Whether the address names a vote of one's own, such as ``hsv_intersection=2,sharpness=1``."""
    return text is not None and "=" in text


def own_vote(text: str, names: Sequence[str], describer: Describer) -> Mapping[str, float]:
    """Draw the measures that vote, with their weights; both live in the address.

    Args:
        text: as the address has it; what is no vote gives way to the one that people begin with.
        names: measures that can vote.
        describer: whose measures they are.
    """
    try:
        weights = parse_weights(text.split(","), describer)
    except GridlensError:
        weights = parse_weights(BEGIN.split(","), describer)
    st.session_state[_CHOSEN] = list(weights)
    st.multiselect(
        "Measures that vote", names, key=_CHOSEN, format_func=measure_words, on_change=_write, args=(dict(weights),)
    )
    with st.container(horizontal=True, gap="small"):
        for name, weight in weights.items():
            key = _weight_key(name)
            st.session_state[key] = min(max(weight, 0.1), MOST)
            st.number_input(
                f"{measure_words(name)} counts", 0.1, MOST, step=0.5, key=key, width=178, on_change=_write,
                args=(dict(weights),),
            )  # fmt: skip
    return weights


def _write(before: Mapping[str, float]) -> None:
    chosen: list[str] = st.session_state[_CHOSEN] or list(before)[:1]  # somebody has to vote
    weights = {name: st.session_state.get(_weight_key(name), before.get(name, 1.0)) for name in chosen}
    write_address(keys.SIMILAR_BY, ",".join(f"{name}={weight:g}" for name, weight in weights.items()))


def _weight_key(name: str) -> str:
    return f"similar.weight.{name}"
