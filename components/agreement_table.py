"""How methods agree on one photo."""

from __future__ import annotations

import streamlit as st

from core.explain.agreement import Agreement


def agreement_table(result: Agreement) -> None:
    """Draw one line a pair."""
    pairs = [(i, j) for i in range(len(result.names)) for j in range(i)]
    st.markdown("**Agreement of the methods**")
    st.dataframe(
        [
            {
                "methods": f"{result.names[j]} and {result.names[i]}",
                "rank correlation": float(result.correlation[i, j]),
                "overlap of the highest fifth": float(result.overlap[i, j]),
            }
            for i, j in pairs
        ],
        key="explain.agreement",
        hide_index=True,
        column_config={
            name: st.column_config.NumberColumn(format="%.2f")
            for name in ("rank correlation", "overlap of the highest fifth")
        },
    )
    st.caption("1: alike; correlation 0 and overlap 0.11 come by chance. Methods that disagree cannot all be right.")
