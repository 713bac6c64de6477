"""A number that lives in the address: as a slider, or as a field."""

from __future__ import annotations

import math

import streamlit as st

from components.address import read_address, write_address


def addressed_value(name: str, default: float, low: float, high: float) -> float:
    """What the address says under a name, between ``low`` and ``high``; the default for anything else."""
    try:
        named = float(read_address(name) or "nan")
    except ValueError:
        return default
    return min(max(named, low), high) if math.isfinite(named) else default


def addressed_slider(
    title: str,
    low: float,
    high: float,
    *,
    name: str,
    default: float,
    step: float = 0.01,
    format: str = "%.2f",
    help: str | None = None,
    width: int | None = None,
) -> float:
    """Draw a slider. A value that was put into the address by something else counts exactly, between steps too.

    Args:
        title: its label.
        low, high: its ends.
        name: parameter of the address.
        default: where it stands while the address says nothing.
        step: between the values that a hand can choose.
        format: of the number beside it.
        help: tooltip.
        width: in px; None for all there is.
    """
    value = addressed_value(name, default, low, high)
    widget_key = f"address.{name}"
    st.session_state[widget_key] = value
    st.slider(
        title,
        low,
        high,
        step=step,
        format=format,
        key=widget_key,
        on_change=_write,
        args=(name, widget_key, default),
        help=help,
        width=width or "stretch",
    )
    return value


def addressed_number(
    title: str,
    low: float,
    high: float,
    *,
    name: str,
    default: float,
    step: float = 1.0,
    format: str = "%g",
    help: str | None = None,
) -> float:
    """Draw a field for a number; arguments as ``addressed_slider``."""
    value = addressed_value(name, default, low, high)
    widget_key = f"address.{name}"
    st.session_state[widget_key] = value
    st.number_input(
        title,
        low,
        high,
        step=step,
        format=format,
        key=widget_key,
        on_change=_write,
        args=(name, widget_key, default),
        help=help,
    )
    return value


def _write(name: str, widget_key: str, default: float) -> None:
    value = st.session_state[widget_key]
    write_address(name, None if value is None or value == default else f"{value:.6g}")
