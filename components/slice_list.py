"""Slices of a metric in words, rows and photos."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from components.answer_grid import AnswerPicture
from components.wording import count_text
from core.charts.intervals import IntervalRow
from core.metrics.breakdown import PhotoRatio, Slice
from core.services.slices import SlicedPhotos

_WORDS = {
    "mae": "Mean absolute error",
    "polecat.label": "Pole type, as found",
    "dark_share": "Share of black pixels",
    "bright_share": "Share of white pixels",
}


def metric_words(name: str) -> str:
    """``missed a photo`` → ``Missed a photo``."""
    return _WORDS.get(name, f"{name[:1].upper()}{name[1:]}".replace("_", " "))


def slice_words(one: Slice) -> str:
    """``Camera: FC6310``."""
    return f"{metric_words(one.column)}: {one.value}"


def slice_rows(slices: Sequence[Slice]) -> list[IntervalRow]:
    """Slices as rows of a figure, in their order."""
    return [
        IntervalRow(one.value, one.metric.value, one.metric.low, one.metric.high, len(one.photos)) for one in slices
    ]


def worst_list(worst: Sequence[Slice], ratio: PhotoRatio, column_count: int) -> None:
    """Say which slices are worse than chance explains."""
    if not worst:
        st.caption(
            f"No slice of {count_text(column_count, 'column')} is worse than chance explains "
            f"({count_text(len(ratio.parts), 'photo')} looked at)."
        )
        return
    rows = [
        {
            "Worst slices": slice_words(one),
            metric_words(ratio.name): f"{one.metric.value:.3f} ({one.metric.low:.2f}–{one.metric.high:.2f})",
            "Against the others": f"{one.difference:+.3f}",
            "Photos": len(one.photos),
            "By chance in": f"{one.chance:.1%} of searches",
        }
        for one in worst
    ]
    st.dataframe(rows, hide_index=True, key="curves.worst")


def slice_pictures(sliced: SlicedPhotos, metric: str, photos: NDArray[np.int64]) -> list[AnswerPicture]:
    """Photos with what each adds to the metric."""
    ratio = sliced.metrics[metric]
    is_sum = ratio.better == "lower" and metric != "refused"
    return [
        AnswerPicture(
            sliced.saved[k],
            sliced.photos[k],
            f"{ratio.parts[k]:.3g}" if is_sum else f"{ratio.parts[k]:g} of {ratio.wholes[k]:g}",
        )
        for k in photos.tolist()
    ]
