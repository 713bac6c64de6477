"""Calibration and coverage in numbers, before and after."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from components.label_rows import interval_text
from core.metrics.reliability import Coverage, Reliability


def reliability_table(diagrams: Mapping[str, Reliability], *, key: str) -> None:
    """Draw the summary numbers, a column a diagram."""
    measures: dict[str, Callable[[Reliability], str]] = {
        "Expected calibration error": lambda one: f"{one.expected_error:.3f}",
        "Widest gap of a bin": lambda one: f"{one.highest_error:.3f}",
        "Brier score": lambda one: f"{one.brier:.3f}",
        "Too sure by": lambda one: f"{one.overconfidence:+.3f}",
        "Answers": lambda one: str(one.count),
    }
    rows = [
        {"Calibration": words, **{_title(name): told(diagram) for name, diagram in diagrams.items()}}
        for words, told in measures.items()
    ]
    st.dataframe(rows, hide_index=True, key=key)


def coverage_table(coverage: Mapping[str, Coverage], *, key: str) -> None:
    """Draw what was stated and what was kept, a column a state."""
    measures: dict[str, Callable[[Coverage], str]] = {
        "Stated": lambda one: f"{one.wanted:.0%}",
        "Held the truth": lambda one: interval_text(one.covered),
        "Labels in a set, or width": lambda one: f"{one.mean_size:.2f}",
        "Photos": lambda one: str(one.covered.count),
    }
    rows = [
        {"Coverage": words, **{_title(name): told(one) for name, one in coverage.items()}}
        for words, told in measures.items()
    ]
    st.dataframe(rows, hide_index=True, key=key)


def _title(name: str) -> str:
    return name[:1].upper() + name[1:]
