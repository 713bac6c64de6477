"""The map of thresholds and overlaps, beside the confusion matrix."""

from __future__ import annotations

import streamlit as st

from components import session_keys as keys
from components.addressed import addressed_segments
from components.figure_card import figure_card
from components.label_rows import all_or_label
from core.charts.confusion import confusion_figure
from core.charts.overlap_map import RATE_WORDS, Rate, overlap_map
from core.metrics.curves import ALL
from core.services.measured import Measured, View


def maps(measured: Measured, seen: View) -> None:
    """Draw the heat map (boxes only) and the confusion matrix (where a photo has one label, or boxes)."""
    dark, boxed = st.context.theme.type == "dark", measured.crossing is not None
    left, right = st.columns(2, gap="medium")
    if boxed:
        with left:
            rate: Rate = "f1"
            chosen = addressed_segments(
                "Thresholds and overlaps", list(RATE_WORDS), name=keys.CURVE_RATE, default=["f1"],
                words=lambda r: RATE_WORDS[r],  # type: ignore[index]
            )[0]  # fmt: skip
            rate = chosen  # type: ignore[assignment]
            at = (seen.points[ALL].threshold, float(measured.glance.table.overlaps[seen.overlap_index]))
            figure = overlap_map(measured.glance.surfaces[ALL], rate=rate, chosen=None if at[0] != at[0] else at)
            figure_card(figure, key="curves.map", name="thresholds-overlaps", alt=f"{rate} by threshold and overlap")
    if seen.confusion is not None:
        with right if boxed else left:
            st.markdown("**Which label was taken for which**")
            names = [all_or_label(name) for name in seen.confusion.truths]
            answers = [all_or_label(name) for name in seen.confusion.answers]
            figure = confusion_figure(
                names, seen.confusion.counts.tolist(), answers=answers, noun="boxes" if boxed else "photos", dark=dark
            )
            figure_card(figure, key="curves.confusion", name="confusion", alt="Confusion matrix")
