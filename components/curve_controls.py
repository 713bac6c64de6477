"""The two sliders of the Curves page, and the rules that set them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components import session_keys as keys
from components.address import read_address
from components.addressed import addressed_segments
from components.addressed_number import addressed_number, addressed_slider, addressed_value
from components.session_keys import curve_threshold_key
from core.services.wording import label_words

Rule = Literal["best_f1", "recall", "cheapest"]
_WAYS = {"all": "One for all labels", "each": "One a label"}
_OVERLAPS = (0.05, 0.95)


@dataclass(frozen=True, slots=True)
class Position:
    """Where the sliders stand.

    Attributes:
        thresholds: by label.
        overlap: from which a box is found.
        each: whether every label has a threshold of its own.
    """

    thresholds: dict[str, float]
    overlap: float
    each: bool


@dataclass(frozen=True, slots=True)
class Terms:
    """What the rules go by, and for how many photos work is told."""

    recall: float
    missed_fault: float
    needless_visit: float
    week_photos: int


def read_position(
    labels: Sequence[str], starts: Mapping[str, float], span: tuple[float, float], *, has_overlap: bool
) -> Position:
    """Where the address says that the sliders stand; arguments as ``curve_sliders``."""
    each = read_address(keys.CURVE_WAY) == "each"
    low, high = span
    starting = {**starts, "ALL": min(max(0.5, low), high)}
    names = list(labels) if each else ["ALL"]
    values = {name: addressed_value(curve_threshold_key(name), starting[name], low, high) for name in names}
    overlap = addressed_value(keys.CURVE_OVERLAP, 0.5, *_OVERLAPS) if has_overlap else 1.0
    return Position(values if each else dict.fromkeys(labels, values["ALL"]), overlap, each)


def curve_sliders(
    labels: Sequence[str], starts: Mapping[str, float], span: tuple[float, float], *, has_overlap: bool
) -> Position:
    """Draw a probability slider, or one a label, and the overlap slider.

    Args:
        labels: of the answers.
        starts: where the sliders of single labels stand at first.
        span: lowest and highest threshold.
        has_overlap: False for labels of whole photos.
    """
    ways, sliders = st.columns([1, 3], gap="medium", vertical_alignment="bottom")
    with ways:
        way = addressed_segments(
            "Probability threshold", list(_WAYS), name=keys.CURVE_WAY, default=["all"], words=lambda w: _WAYS[w]
        )[0]
    low, high = span
    step = 0.01 if high - low <= 2 else (high - low) / 200
    starting = {**starts, "ALL": min(max(0.5, low), high)}
    names = list(labels) if way == "each" else ["ALL"]
    with sliders:
        for name, column in zip([*names, *(["overlap"] if has_overlap else [])], _cells(len(names) + 1), strict=False):
            with column:
                if name == "overlap":
                    addressed_slider(
                        "Overlap (IoU) from which a box is found", *_OVERLAPS, name=keys.CURVE_OVERLAP, default=0.5,
                        step=0.05,
                    )  # fmt: skip
                else:
                    title = "Probability, all labels" if name == "ALL" else f"Probability, {label_words(name)}"
                    parameter = curve_threshold_key(name)
                    addressed_slider(title, low, high, name=parameter, default=starting[name], step=step)
    return read_position(labels, starts, span, has_overlap=has_overlap)


def _cells(count: int) -> list[DeltaGenerator]:
    """At least ``count`` columns, three in a row."""
    return [column for _ in range(0, count, 3) for column in st.columns(min(3, count), gap="medium")]


def curve_rules(key: str) -> tuple[Terms, Rule | None]:
    """Draw the buttons that set the sliders, and what they go by.

    Returns:
        The terms, and the rule that was asked for in this run.
    """
    wish: Rule | None = None
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        place = st.container(horizontal=True, width="content", gap="small")
        with st.popover("Targets and costs", icon=":material/tune:"):
            recall = addressed_number(
                "Recall at least, %", 1.0, 100.0, name=keys.CURVE_RECALL, default=95.0, step=1.0,
                help="Share of what is there that must be found.",
            )  # fmt: skip
            missed = addressed_number(
                "A missed fault costs", 0.0, 1e9, name=keys.CURVE_MISSED, default=20.0,
                help="In any unit of money or time, the same as below.",
            )  # fmt: skip
            visit = addressed_number("A needless visit costs", 0.0, 1e9, name=keys.CURVE_VISIT, default=1.0)
            week = addressed_number("Photos a week", 1.0, 1e8, name=keys.CURVE_WEEK, default=1000.0, step=100.0)
        with place:
            if st.button("Best F1", key=f"{key}.f1", help="The highest balance of precision and recall."):
                wish = "best_f1"
            if st.button(
                f"Recall ≥ {recall:g} %", key=f"{key}.recall", help="With as few needless ones as that takes."
            ):
                wish = "recall"
            if st.button("Cheapest", key=f"{key}.cheapest", help=f"Missed {missed:g} against needless {visit:g}."):
                wish = "cheapest"
    return Terms(recall / 100, missed, visit, round(week)), wish
