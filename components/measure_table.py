"""All measures between two photos, with the way that is nearer."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.compare.pairs import Comparison

_ARROWS = {"higher": "↑ higher", "lower": "↓ lower"}


def measure_table(found: Sequence[Comparison], *, key: str) -> None:
    """Draw one row a measure; a bar says how near, from the far end of its range to the near one."""
    rows = [
        {
            "Measure": one.measure.name.replace("_", " "),
            "Value": one.value,
            "Nearness": _nearness(one),
            "Nearer is": _ARROWS[one.measure.nearer],
            "Range": f"{one.measure.low:g} to {one.measure.high:g}".replace("-", "−"),
            "Meaning": one.measure.meaning,
        }
        for one in found
    ]
    st.dataframe(
        rows,
        key=key,
        hide_index=True,
        column_config={
            "Value": st.column_config.NumberColumn(format="%.4g"),
            "Nearness": st.column_config.ProgressColumn(format="percent", min_value=0.0, max_value=1.0),
            "Meaning": st.column_config.TextColumn(width="large"),
        },
    )


def _nearness(one: Comparison) -> float:
    measure = one.measure
    share = (one.value - measure.low) / (measure.high - measure.low)
    return min(max(share if measure.nearer == "higher" else 1 - share, 0.0), 1.0)
