"""How far each map can be trusted, and how the methods agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from components import session_keys as keys
from components.address import read_address, write_address
from components.agreement_table import agreement_table
from components.score_table import score_table
from components.trust_badges import trust_badges
from core.explain.agreement import agreement
from core.explain.methods import METHODS
from core.explain.trust import Trust, judge
from core.services.explain_masks import ObjectPlace
from core.services.explain_orders import ForgettingOrder, MapsOrder, ScoresOrder
from core.services.explain_report import ReportMap
from pages.explain_parts.asking import ask

if TYPE_CHECKING:
    from core.explain.result import Explanation


def scores(
    orders: Sequence[MapsOrder], found: Sequence[Explanation], place: ObjectPlace | None
) -> tuple[ReportMap, ...]:
    """Draw scores and verdicts of every map under its picture; gives them for the report."""
    wants_forgetting = _forgetting_choice()
    measured = []
    for column, order, one in zip(st.columns(len(found)), orders, found, strict=True):
        with column:
            st.markdown(f"**{METHODS[one.method].title}**")
            numbers, trust = _scores(order, one, place, wants_forgetting=wants_forgetting)
            measured.append(ReportMap(one, numbers, trust))
    maps = {METHODS[one.method].title: one.map_hw for one in found if one.has_evidence}
    if len(maps) > 1:
        agreement_table(agreement(maps))
    return tuple(measured)


def _scores(
    order: MapsOrder, found: Explanation, place: ObjectPlace | None, *, wants_forgetting: bool
) -> tuple[Mapping[str, float], Trust | None]:
    if not found.has_evidence:
        st.caption("There is no map to be measured.")
        return {}, None
    forgotten = None
    numbers: Mapping[str, float] = ask(ScoresOrder(order, found.layer, place), "Scores are being measured")
    if wants_forgetting:
        layer = found.layer if METHODS[found.method].place == "layer" else None
        forgetting = ForgettingOrder(order.model, order.photo, found.method, layer, found.target)
        forgotten = ask(forgetting, "The network is being made to forget")[-1].correlation
    trust = judge(numbers, forgotten)
    trust_badges(trust)
    score_table(numbers, key=f"explain.scores.{found.method}")
    return numbers, trust


def _forgetting_choice() -> bool:
    wanted = read_address(keys.EXPLAIN_FORGET) is not None
    st.session_state["address.forget"] = wanted
    st.toggle(
        "Test against a network that has forgotten everything",
        key="address.forget",
        on_change=lambda: write_address(keys.EXPLAIN_FORGET, "1" if st.session_state["address.forget"] else None),
        help="A map that stays the same shows the photo's edges, not the network's reasons. Takes some seconds a map.",
    )
    return wanted
