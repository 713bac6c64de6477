"""Sliders, curves, counts and the photos behind them, of answers that are labels or boxes."""

from __future__ import annotations

import streamlit as st

from components import cached
from components.answer_choice import answer_line
from components.bootstrap import errors_shown
from components.curve_controls import curve_rules, curve_sliders
from components.label_rows import label_table, week_words
from components.wording import plain
from core.metrics.threshold_choice import Costs
from core.services.context import Context
from core.services.label_table import label_rows, macro_words, map_words
from core.services.measured import total_cost, view
from core.services.saved_answers import SavedAnswers
from pages.curves_parts.figures import figures
from pages.curves_parts.galleries import galleries
from pages.curves_parts.maps import maps
from pages.curves_parts.position import follow_rule, position_of
from pages.curves_parts.use import use_panel


def desk(context: Context, chosen: list[SavedAnswers]) -> None:
    """Draw the desk; a move of a slider runs nothing but this."""
    st.fragment(_desk)(context, chosen)


def _desk(context: Context, chosen: list[SavedAnswers]) -> None:
    with errors_shown():
        every = [cached.measured(saved) for saved in chosen]
        first = every[0]
        boxed = first.crossing is not None
        place = st.container()  # drawn last, so that a rule has moved the sliders before they are drawn
        terms, rule = curve_rules("curves.rules")
        if rule is not None:
            follow_rule(first, position_of(first), terms, rule)
        with place:
            position = curve_sliders(first.labels, first.start_thresholds(), first.glance.span, has_overlap=boxed)
        seen = view(first, position.thresholds, position.overlap)
        figures(every, seen)
        costs = Costs(terms.missed_fault, terms.needless_visit)
        cost = total_cost(seen.points, costs)
        words = week_words(seen.points["ALL"], len(first.answers.photos), terms.week_photos, cost)
        st.markdown(f"{plain(words)}.")
        galleries(context, first, seen)
        label_table(label_rows(first, seen), key="curves.labels")
        means = " · ".join(f"{name} {value:.3f}" for name, value in (macro_words(seen) | map_words(first)).items())
        st.caption(f"{means}. Brackets: 95 % intervals. {answer_line(first.saved, first.answers.notes)}")
        maps(first, seen)
        use_panel(context, first, seen)
