"""Curves of answers that are values: how near is near enough, error against wear, and the worst photos."""

from __future__ import annotations

import numpy as np
import streamlit as st

from components import cached
from components import session_keys as keys
from components.addressed_number import addressed_slider
from components.answer_choice import answer_line, short_names
from components.answer_grid import AnswerPicture, answer_grid
from components.bootstrap import errors_shown
from components.figure_card import figure_card
from components.value_tables import value_table
from components.wording import count_text
from core.charts.intervals import IntervalRow, interval_figure
from core.charts.margin_curve import margin_figure
from core.charts.value_scatter import value_figure
from core.services.context import Context
from core.services.measured_values import MeasuredValues
from core.services.saved_answers import SavedAnswers
from pages.curves_parts.breakdown import DEFAULT_MARGIN

SHOWN = 12


def values_desk(context: Context, chosen: list[SavedAnswers]) -> None:
    """Draw the desk; a move of the slider runs nothing but this."""
    st.fragment(_desk)(context, chosen)


def _desk(context: Context, chosen: list[SavedAnswers]) -> None:
    with errors_shown():
        every = [cached.measured_values(saved) for saved in chosen]
        first, dark = every[0], st.context.theme.type == "dark"
        names = short_names(chosen)
        margin = addressed_slider("Error that is small enough", 0.0, 0.5, name=keys.CURVE_MARGIN,
                                  default=DEFAULT_MARGIN, step=0.01, width=420)  # fmt: skip
        margins = np.linspace(0, 0.5, 101)
        left, right = st.columns(2, gap="medium")
        with left:
            lines = [(names[one.saved.name], one.share_within(margins)) for one in every]
            figure_card(margin_figure(lines, margins, margin, dark=dark), key="curves.margin", name="within-margin",
                        alt="Share of photos within a margin")  # fmt: skip
        kept = first.recognised
        with right:
            figure = value_figure(
                first.truth[kept].tolist(), first.values[kept].tolist(), quantity="worn fraction", dark=dark,
                half_width=first.saved.conformal.get("quantile"),
            )  # fmt: skip
            figure_card(figure, key="curves.scatter", name="values", alt="Predicted against true values")
        _worst(context, first, margin)
        value_table(every, names, margin, key="curves.values")
        st.caption(answer_line(first.saved))
        rows = [
            IntervalRow(f"{b.low:.2f} to {b.high:.2f}", b.mae.value, b.mae.low, b.mae.high, b.count)
            for b in first.errors.by_truth
            if b.count
        ]
        st.markdown("**Error against the true value**")
        figure = interval_figure(rows, title="Mean absolute error", as_percent=False, dark=dark)
        figure_card(figure, key="curves.by_truth", name="error-by-value", alt="Error by true value")


def _worst(context: Context, measured: MeasuredValues, margin: float) -> None:
    worst = measured.worst(margin)
    st.markdown(f"**{count_text(len(worst), 'photo')} beyond ± {margin:.0%}**, the worst first")
    answer_grid(
        context,
        [
            AnswerPicture(measured.saved, measured.photos[k], f"{measured.values[k]:.2f}, is {measured.truth[k]:.2f}")
            for k in worst[:SHOWN].tolist()
        ],
    )
