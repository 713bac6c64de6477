"""Scores of a map, beside what maps that know nothing get."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from core.services.explain_report import score_rows


def score_table(scores: Mapping[str, float], *, key: str) -> None:
    """Draw one line a score; see ``core.explain.scoring``."""
    columns = ("score", "map", "centre", "area", "random")
    rows = [
        dict(zip(columns, (words, own, *("" if one is None else f"{one:.2f}" for one in known)), strict=True))
        for words, own, *known in score_rows(scores)
    ]
    baseline = st.column_config.TextColumn(width=55, help="What a map that knows nothing gets")
    st.dataframe(
        rows,
        key=key,
        hide_index=True,
        column_config={
            "score": st.column_config.TextColumn("score", help="↑ more is better, ↓ less is better", width=115),
            "map": st.column_config.ProgressColumn("this map", format="%.2f", min_value=0, max_value=1, width=110),
            "centre": baseline,
            "area": baseline,
            "random": baseline,
        },
    )
