"""All dataset versions as a table in which people pick one."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from components.dataset_wording import TASK_WORDS, splits_text
from components.local_time import local_time
from core.datasets import DatasetVersion

_ROW_PX, _MOST_ROWS = 36, 8


def dataset_table(versions: Sequence[DatasetVersion], chosen: DatasetVersion, *, key: str) -> str | None:
    """Draw the table.

    Args:
        versions: rows, in order.
        chosen: ticked.
        key: Streamlit key.

    Returns:
        Hash of a version that has just been picked; None where the choice is as it was.
    """
    hashes = [version.hash for version in versions]
    # A tick belongs to a row number: other rows or another choice from elsewhere are another table.
    state = st.dataframe(
        [_row(version) for version in versions],
        key=f"{key}.{hash(tuple(hashes))}.{chosen.hash}",
        on_select="rerun",
        selection_mode="single-row",
        selection_default={"selection": {"rows": [hashes.index(chosen.hash)], "columns": [], "cells": []}},
        hide_index=True,
        row_height=_ROW_PX,
        height=_ROW_PX * (min(len(versions), _MOST_ROWS) + 1) + 2,
        column_config={
            "Version": st.column_config.TextColumn("Version", help="Short hash of its rows: equal rows, equal name."),
            "From": st.column_config.TextColumn("From", width=106, help="The version that it was made from."),
            "Split": st.column_config.TextColumn("Split", width=106, help="Photos in train / validation / test."),
        },
    )
    picked = [hashes[row] for row in state["selection"]["rows"] if row < len(hashes)]
    return picked[0] if picked and picked[0] != chosen.hash else None


def _row(version: DatasetVersion) -> dict[str, str | int]:
    return {
        "Dataset": version.name,
        "Version": version.hash,
        "What was done": version.origin.done,
        "From": " + ".join(version.origin.parents),
        "Photos": version.photo_count,
        "Teaches": TASK_WORDS[version.task],
        "Split": splits_text(version),
        "Made": local_time(version.made_at),
        "By": version.origin.made_by,
    }
