"""What one variable may be in a dataset: a span, a value, or some of its names."""

from __future__ import annotations

from typing import Any

import streamlit as st

from components.variable_control import number_format
from core.services.render_controls import Control


def range_control(control: Control, key: str) -> Any:
    """Draw a control; both handles of a slider on one spot hold the variable there.

    Args:
        control: the variable.
        key: Streamlit key.

    Returns:
        As in a ranges file: a number, a name, [lowest, highest], or names.
    """
    if control.options:
        names = st.multiselect(control.words, control.options, default=list(control.options[:1]), key=key)
        return names[0] if len(names) == 1 else names or list(control.options)
    if control.is_switch:
        is_on = st.segmented_control(control.words, ["off", "on"], default="off", key=key)
        return [0, 1] if is_on is None else float(is_on == "on")
    scale = control.scale
    low, high = st.slider(
        control.words,
        control.low * scale,
        control.high * scale,
        (control.low * scale, control.high * scale),
        step=control.step * scale,
        format=number_format(control),
        key=key,
        help=control.help,
    )
    return low / scale if low == high else [low / scale, high / scale]
