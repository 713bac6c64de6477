"""All measures between two photos, with the way that is nearer."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.compare.catalogue import EMBEDDING
from core.compare.pairs import Comparison

_ARROWS = {"higher": "↑ higher", "lower": "↓ lower"}
_SHORT = {"rgb": "RGB", "hsv": "HSV", "ssim": "SSIM", "mse": "MSE", "psnr": "PSNR", "bhattacharyya": "Bhattacharyya"}


def measure_table(found: Sequence[Comparison], *, key: str) -> None:
    """Draw one row a measure; a bar says how near, from the far end of its range to the near one."""
    rows = [
        {
            "Measure": measure_words(one.measure.name),
            "Value": one.value,
            "Nearness": 100 * _nearness(one),
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
            "Nearness": st.column_config.ProgressColumn(
                format="%.0f %%",
                min_value=0.0,
                max_value=100.0,
                help="From the far end of the measure's range, 0 %, to the near one.",
            ),
            "Meaning": st.column_config.TextColumn(width="large"),
        },
    )


def measure_words(name: str) -> str:
    """A measure's name as people read it: ``rgb_chi_square`` → ``RGB chi square``."""
    if name.startswith(EMBEDDING):
        return f"Features of {name.removeprefix(EMBEDDING)}"
    words = " ".join(_SHORT.get(word, word) for word in name.split("_"))
    return words[:1].upper() + words[1:]


def _nearness(one: Comparison) -> float:
    measure = one.measure
    share = (one.value - measure.low) / (measure.high - measure.low)
    return min(max(share if measure.nearer == "higher" else 1 - share, 0.0), 1.0)
