"""How many photos a dataset has of what, as a table with bars."""

from __future__ import annotations

import streamlit as st

from components.dataset_wording import label_words
from core.datasets import SPLITS, DatasetVersion
from core.datasets.counts import LabelCount

_ROW_PX, _MOST_ROWS = 36, 15


def label_counts(version: DatasetVersion, *, key: str) -> None:
    """Draw labels with their counts, the most frequent first; values by their range, in order."""
    counts = list(version.labels)
    if version.task != "regression":
        counts.sort(key=lambda count: (-count.photos, count.label))
    most = max((count.photos for count in counts), default=1)
    what = "Values" if version.task == "regression" else "Label"
    st.dataframe(
        [_row(count, version, what) for count in counts],
        key=key,
        hide_index=True,
        row_height=_ROW_PX,
        height=_ROW_PX * (min(len(counts), _MOST_ROWS) + 1) + 2,
        column_config={
            "Photos": st.column_config.ProgressColumn("Photos", min_value=0, max_value=most, format="%d"),
        },
    )


def _row(count: LabelCount, version: DatasetVersion, what: str) -> dict[str, str | int]:
    row: dict[str, str | int] = {what: label_words(count.label, version.task), "Photos": count.photos}
    if version.task == "detection":
        row["Boxes"] = count.rows if count.label else 0
    by_split = count.photos_by_split
    row["Share"] = f"{100 * count.photos / version.photo_count:.0f} %"
    if any(version.splits.get(split) for split in SPLITS):
        row |= {split.capitalize(): by_split[split] for split in SPLITS}
        if version.splits.get(""):
            row["Undecided"] = by_split[""]
    return row
