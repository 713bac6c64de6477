"""Trust: whether stated confidence is kept, before and after calibration, and what sets and intervals hold."""

from __future__ import annotations

import streamlit as st

from components import cached
from components.answer_choice import answer_line
from components.figure_card import figure_card
from components.trust_tables import coverage_table, reliability_table
from components.wording import plain
from core.charts.intervals import IntervalRow, interval_figure
from core.charts.reliability import reliability_figure
from core.services.context import Context
from core.services.saved_answers import SavedAnswers
from core.services.trust import Trust, trust, value_trust
from core.services.wording import label_words
from pages.curves_parts.position import position_of


def trust_view(context: Context, chosen: list[SavedAnswers]) -> None:
    """Draw the first of the chosen answers' reliability and coverage."""
    saved, dark = chosen[0], st.context.theme.type == "dark"
    if saved.kind == "value":
        found = value_trust(cached.measured_values(saved))
    else:
        measured = cached.measured(saved)
        found = trust(measured, position_of(measured).overlap)
    if found.diagrams:
        left, right = st.columns([3, 2], gap="medium")
        with left:
            figure_card(reliability_figure(found.diagrams, dark=dark), key="curves.reliability", name="reliability",
                        alt="Share that is right against stated confidence")  # fmt: skip
        with right:
            reliability_table(found.diagrams, key="curves.reliability.table")
            _coverage(found, dark=dark)
    else:
        _coverage(found, dark=dark)
    for note in found.notes:
        st.caption(plain(f"{note[:1].upper()}{note[1:]}."))
    st.caption(answer_line(saved))


def _coverage(found: Trust, *, dark: bool) -> None:
    if not found.coverage:
        return
    coverage_table(found.coverage, key="curves.coverage.table")
    wanted = next(iter(found.coverage.values())).wanted
    rows = [IntervalRow(label_words(k), v.value, v.low, v.high, v.count) for k, v in found.by_part.items() if v.count]
    if rows:
        figure = interval_figure(
            rows, title="Truth is in what was stated", line_at=wanted, line_name="stated", dark=dark
        )
        figure_card(figure, key="curves.coverage", name="coverage", alt="Coverage by label or true value")
