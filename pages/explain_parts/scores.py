"""How far each map can be trusted, and how the methods agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components.agreement_table import agreement_table
from components.explain_controls import forgetting_choice
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
    orders: Sequence[MapsOrder],
    found: Sequence[Explanation],
    place: ObjectPlace | None,
    trust_area: DeltaGenerator,
    *,
    is_recognised: bool,
) -> tuple[ReportMap, ...]:
    """Draw verdict and scores of every map, which the report needs as well.

    One map's verdict stands in ``trust_area``, several stand over their scores.
    """
    with trust_area:
        st.markdown("**Can it be trusted?**" if len(found) == 1 else "**Can they be trusted?**")
        verdict = st.container(gap="xsmall")
        if place is None:
            st.caption("Draw a box around the object, above the picture: then it is measured how much lies on it.")
        wants_forgetting = forgetting_choice()
    measured = []
    for column, order, one in zip(st.columns(len(found)), orders, found, strict=True):
        with column:
            st.markdown(f"**{METHODS[one.method].title}**")
            beside = verdict if len(found) == 1 else st.container(gap="xsmall")
            numbers, trust = _scores(order, one, place, wants_forgetting=wants_forgetting, is_recognised=is_recognised)
        with beside:
            if trust is None:
                st.caption("There is no map to be measured.")
            else:
                trust_badges(trust)
        measured.append(ReportMap(one, numbers, trust))
    maps = {METHODS[one.method].title: one.map_hw for one in found if one.has_evidence}
    if len(maps) > 1:
        agreement_table(agreement(maps))
    return tuple(measured)


def _scores(
    order: MapsOrder, found: Explanation, place: ObjectPlace | None, *, wants_forgetting: bool, is_recognised: bool
) -> tuple[Mapping[str, float], Trust | None]:
    if not found.has_evidence:
        return {}, None
    forgotten = None
    numbers: Mapping[str, float] = ask(ScoresOrder(order, found.layer, place), "Scores are being measured")
    if wants_forgetting:
        layer = found.layer if METHODS[found.method].place == "layer" else None
        forgetting = ForgettingOrder(order.model, order.photo, found.method, layer, found.target)
        forgotten = ask(forgetting, "The network is being made to forget")[-1].correlation
    score_table(numbers, key=f"explain.scores.{found.method}")
    return numbers, judge(numbers, forgotten, recognised=is_recognised)
