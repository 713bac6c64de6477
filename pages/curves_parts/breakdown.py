"""Breakdown: any metric by any column, the worst slices found by themselves, and their photos."""

from __future__ import annotations

import streamlit as st

from components import cached
from components import session_keys as keys
from components.address import read_address
from components.addressed import addressed_segments, addressed_select
from components.addressed_number import addressed_value
from components.answer_choice import answer_line
from components.answer_grid import answer_grid
from components.figure_card import figure_card
from components.slice_list import metric_words, slice_pictures, slice_rows, slice_words, worst_list
from components.wording import count_text
from core.charts.intervals import interval_figure
from core.services.context import Context
from core.services.measured import same_view, view
from core.services.saved_answers import SavedAnswers
from core.services.slices import SlicedPhotos, find_worst, sliced_answers, sliced_values, slices_by, worst_photos
from pages.curves_parts.position import position_of

SHOWN = 18
DEFAULT_MARGIN = 0.1


def breakdown_view(context: Context, chosen: list[SavedAnswers]) -> None:
    """Draw the chosen answers, all together, by the chosen column."""
    sliced, dark = _sliced(context, chosen), st.context.theme.type == "dark"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        metrics = list(sliced.metrics)
        metric = addressed_select("Metric", metrics, name=keys.SLICE_METRIC, default=metrics[0], words=metric_words,
                                  width=240) or metrics[0]  # fmt: skip
        columns = list(sliced.columns)
        column = addressed_select("By", columns, name=keys.SLICE_COLUMN, default=columns[0], words=metric_words,
                                  width=240) or columns[0]  # fmt: skip
        pairs = addressed_segments("Search", ("single", "pairs"), name=keys.SLICE_PAIRS, default=["single"],
                                   words={"single": "Single columns", "pairs": "Pairs too"}.__getitem__)[0]  # fmt: skip
    worst = find_worst(sliced, metric, pairs=pairs == "pairs")
    worst_list(worst, sliced.metrics[metric], len(sliced.columns))
    slices = slices_by(sliced, metric, column)
    share = sliced.metrics[metric].better == "higher" or metric == "refused"
    figure = interval_figure(slice_rows(slices), title=metric_words(metric), as_percent=share, dark=dark)
    figure_card(figure, key="curves.slices", name=f"{metric} by {column}", alt=f"{metric} by {column}")
    found = {f"{one.column}: {one.value}": one for one in (*worst, *slices)}
    named = addressed_select("Photos of", list(found), name=keys.SLICE_PICKED, default=_default(list(found)),
                             words=lambda name: slice_words(found[name]), width=480)  # fmt: skip
    one = found[named or next(iter(found))]
    order = worst_photos(sliced, metric, one.photos)
    st.caption(f"{count_text(len(order), 'photo')}, those that pull the metric down first")
    answer_grid(context, slice_pictures(sliced, metric, order[:SHOWN]))
    for saved in chosen:
        st.caption(answer_line(saved))


def _sliced(context: Context, chosen: list[SavedAnswers]) -> SlicedPhotos:
    """At the position that the sliders of the other view have."""
    if chosen[0].kind == "value":
        margin = addressed_value(keys.CURVE_MARGIN, DEFAULT_MARGIN, 0.0, 1.0)
        return sliced_values(context, [cached.measured_values(saved) for saved in chosen], margin)
    first, *others = [cached.measured(saved) for saved in chosen]
    position = position_of(first)
    seen = view(first, position.thresholds, position.overlap)
    looks = [(first, seen), *((one, same_view(one, seen, position.overlap)) for one in others)]
    return sliced_answers(context, looks)


def _default(names: list[str]) -> str:
    named = read_address(keys.SLICE_PICKED)
    return named if named in names else names[0]
