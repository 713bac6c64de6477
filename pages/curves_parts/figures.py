"""The curves: precision against recall, and F1 against the threshold."""

from __future__ import annotations

import streamlit as st

from components import session_keys as keys
from components.addressed import addressed_segments, addressed_select
from components.answer_choice import short_names
from components.figure_card import figure_card
from components.label_rows import all_or_label
from core.charts.overlap_map import RATE_WORDS
from core.charts.rate_curves import RateLine, band_figure, f1_figure, precision_recall_figure
from core.metrics.curves import ALL
from core.services.curve_lines import LINES, label_lines, overlap_lines, set_bands, set_lines
from core.services.measured import Measured, View

_LINE_WORDS = {"labels": "Labels", "overlaps": "Overlaps", "sets": "Answers", "spread": "Mean and spread"}


def figures(every: list[Measured], seen: View) -> None:
    """Draw precision against recall and F1 against the threshold, of labels, overlaps or sets of answers."""
    first, dark = every[0], st.context.theme.type == "dark"
    lines, label = _line_choice(every)
    left, right = st.columns(2, gap="medium")
    if lines == "spread":
        bands = {rate: set_bands(every, label, seen, rate) for rate in ("precision", "f1")}
        for column, (rate, band) in zip((left, right), bands.items(), strict=True):
            with column:
                name = RATE_WORDS["f1" if rate == "f1" else "precision"]
                figure_card(band_figure([(all_or_label(label), band)], rate=name, dark=dark), key=f"curves.{rate}",
                            name=f"{name} over thresholds", alt=f"{name}: mean of {len(every)} sets")  # fmt: skip
        return
    drawn: list[RateLine] = {
        "labels": lambda: label_lines(first, seen, all_or_label),
        "overlaps": lambda: overlap_lines(first, label, seen),
        "sets": lambda: set_lines(every, label, seen, short_names([one.saved for one in every])),
    }[lines]()
    with left:
        figure_card(precision_recall_figure(drawn, dark=dark), key="curves.pr", name="precision-recall",
                    alt="Precision against recall")  # fmt: skip
    with right:
        figure_card(f1_figure(drawn, span=first.glance.span, dark=dark), key="curves.f1", name="f1",
                    alt="F1 against the threshold")  # fmt: skip


def _line_choice(every: list[Measured]) -> tuple[str, str]:
    """What the lines are, and of which label where they are not labels themselves."""
    offered = [one for one in LINES if (one != "overlaps" or every[0].crossing is not None)]
    offered = [one for one in offered if one in ("labels", "overlaps") or len(every) > 1]
    if len(offered) == 1:
        return "labels", ALL
    with st.container(horizontal=True, vertical_alignment="bottom"):
        default = "sets" if len(every) > 1 else "labels"
        lines = addressed_segments(
            "One line for each of", offered, name=keys.CURVE_LINES, default=[default], words=lambda n: _LINE_WORDS[n]
        )[0]
        label = ALL
        if lines != "labels":
            names = [ALL, *every[0].labels]
            label = (
                addressed_select("Label", names, name=keys.CURVE_LABEL, default=ALL, words=all_or_label, width=260)
                or ALL
            )
    return lines, label
