"""One row a label, with intervals in brackets."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from components.wording import count_text
from core.metrics.curves import ALL, Point
from core.metrics.intervals import Interval
from core.services.label_table import LabelRow
from core.services.wording import label_words


def label_table(rows: Sequence[LabelRow], *, key: str) -> None:
    """Draw the rows as a table."""
    shown = [
        {
            "Label": all_or_label(row.label),
            "Threshold": _number(row.threshold),
            "There": row.truths,
            "Found": row.found,
            "Needless": row.needless,
            "Missed": row.missed,
            "Precision": interval_text(row.precision),
            "Recall": interval_text(row.recall),
            "F1": _number(row.f1),
            "Average precision": interval_text(row.average_precision),
        }
        for row in rows
    ]
    st.dataframe(shown, hide_index=True, key=key)


def all_or_label(label: str) -> str:
    """A label, or ``ALL``, in words."""
    return "All labels" if label == ALL else label_words(label)


def interval_text(interval: Interval) -> str:
    """``0.85 (0.64–0.95)``; without brackets where the ends are not known, "–" where nothing is."""
    if interval.value != interval.value:
        return "–"
    if interval.low != interval.low:
        return f"{interval.value:.3f}"
    return f"{interval.value:.3f} ({interval.low:.2f}–{interval.high:.2f})"


def week_words(point: Point, photo_count: int, week_photos: int, cost: float | None = None) -> str:
    """What errors amount to in a week of so many photos like these: work, missed faults, cost."""
    share = week_photos / max(photo_count, 1)
    words = (
        f"In a week of {count_text(week_photos, 'photo')} like these: "
        f"{count_text(round(point.needless * share), 'needless visit')}, "
        f"{count_text(round(point.missed * share), 'fault')} missed"
    )
    if cost is None:
        return words
    total = f"{round(cost * share):,}".replace(",", "\u202f")
    return f"{words}, cost {total}"


def _number(value: float) -> str:
    return "–" if value != value else f"{value:.3f}"
