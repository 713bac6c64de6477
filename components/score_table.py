"""Scores of a map, beside what maps that know nothing get."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from core.services.explain_report import score_rows

_BASELINES = {
    "centre": "What a blob in the photo's middle gets, which knows nothing",
    "area": "What a map gets that is the same everywhere",
    "random": "What random blobs get",
}


def score_table(scores: Mapping[str, float], *, key: str) -> None:
    """Draw one line a score, with the baselines that there are; see ``core.explain.scoring``."""
    columns = ("score", "map", *_BASELINES)
    rows = [
        dict(zip(columns, (words, own, *("" if one is None else f"{one:.2f}" for one in known)), strict=True))
        for words, own, *known in score_rows(scores)
    ]
    config = {
        "score": st.column_config.TextColumn("score", help="↑ more is better, ↓ less is better", width=115),
        "map": st.column_config.ProgressColumn("this map", format="%.2f", min_value=0, max_value=1, width=110),
    }
    for name, words in _BASELINES.items():
        config[name] = st.column_config.TextColumn(width=60, help=words)
    order = [name for name in columns if any(row[name] != "" for row in rows)]
    st.dataframe(rows, key=key, hide_index=True, column_order=order, column_config=config)
