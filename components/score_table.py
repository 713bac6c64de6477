"""Scores of a map, beside what maps that know nothing get."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from core.services.explain_report import score_rows


def score_table(scores: Mapping[str, float], *, key: str) -> None:
    """Draw one line a score; see ``core.explain.scoring``."""
    columns = ("score", "map", "centre", "area", "random")
    rows = [dict(zip(columns, row, strict=True)) for row in score_rows(scores)]
    number = st.column_config.NumberColumn(format="%.2f")
    st.dataframe(
        rows,
        key=key,
        hide_index=True,
        column_config={
            "score": st.column_config.TextColumn("score"),
            "map": st.column_config.ProgressColumn("this map", format="%.2f", min_value=0, max_value=1),
            "centre": number,
            "area": number,
            "random": number,
        },
    )
