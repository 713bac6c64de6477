"""Errors of measured values in numbers, one row a set of answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import streamlit as st

from components.label_rows import interval_text
from core.services.measured_values import MeasuredValues


def value_table(every: Sequence[MeasuredValues], names: Mapping[str, str], margin: float, *, key: str) -> None:
    """Draw the errors, with the share within a margin."""
    rows = [
        {
            "Answers": names[one.saved.name],
            "Photos": one.errors.count,
            "Refused": int((~one.recognised).sum()),
            "Mean absolute error": interval_text(one.errors.mae),
            "Root mean square": f"{one.errors.rmse:.3f}",
            "Too high by": f"{one.errors.bias:+.3f}",
            f"Within ± {margin:.2g}": f"{float(one.share_within(np.array([margin]))[0]):.0%}",
            **{f"{quantile:.0%} within ±": f"{error:.3f}" for quantile, error in one.errors.quantiles.items()},
        }
        for one in every
    ]
    st.dataframe(rows, hide_index=True, key=key)
