"""One variable of a scene as a slider, a switch or a choice; it lives in the address while it differs."""

from __future__ import annotations

import math

import streamlit as st

from components.address import read_address, write_address
from components.addressed import addressed_select
from core.services.render_controls import Control

ANY = "any"


def variable_control(control: Control, drawn: float | str | None) -> float | str | None:
    """Draw a control.

    Args:
        control: what it changes.
        drawn: what the seed drew, where the control stands at first; None where that is not known beforehand.

    Returns:
        The value chosen, in the variable's unit; None where nothing differs from what was drawn.
    """
    if control.options:
        placeholder = ANY if drawn is None else None
        chosen = addressed_select(
            control.words,
            control.options,
            name=control.name,
            default=None if drawn is None else str(drawn),
            placeholder=placeholder,
            help=control.help,
        )
        return None if chosen == drawn else chosen
    named = _named(control)
    value = named if named is not None else float(drawn or 0.0)
    if control.is_switch:
        _toggle(control, value, drawn)
    else:
        _slider(control, value, drawn)
    return named


def _slider(control: Control, value: float, drawn: float | str | None) -> None:
    scale, key = control.scale, _key(control)
    step, low, high = control.step * scale, control.low * scale, control.high * scale
    st.session_state[key] = min(max(round(value * scale / step) * step, low), high)
    st.slider(
        control.words,
        low,
        high,
        step=step,
        format=number_format(control),
        key=key,
        help=control.help,
        on_change=_write,
        args=(control, drawn),
    )


def _toggle(control: Control, value: float, drawn: float | str | None) -> None:
    st.session_state[_key(control)] = value >= 0.5
    st.toggle(control.words, key=_key(control), help=control.help, on_change=_write, args=(control, drawn))


def number_format(control: Control) -> str:
    """How a slider shows its numbers, with their unit."""
    decimals = max(0, math.ceil(-math.log10(control.step * control.scale) - 1e-9))
    unit = {"%": " %%", "°": "°"}.get(control.unit, f" {control.unit}" if control.unit else "")
    return f"%.{decimals}f{unit}"


def _named(control: Control) -> float | None:
    """The address's number; what is none, or lies beyond the slider, counts for nothing."""
    try:
        value = float(read_address(control.name) or "")
    except ValueError:
        return None
    return value if control.low <= value <= control.high else None


def _write(control: Control, drawn: float | str | None) -> None:
    value = float(st.session_state[_key(control)]) / (1.0 if control.is_switch else control.scale)
    write_address(control.name, None if value == drawn else f"{value:.6g}")


def _key(control: Control) -> str:
    return f"address.{control.name}"
