"""The page's address: read and written here, so that a choice is never undone by an echo of the past.

While results come in, the browser asks for a run every second, each time with the address that it has at that
moment. One that was sent before our last change reached the browser still carries the old address, and would
put the old photo back. For a moment after a change, our own word therefore counts; then the address does, so
that Back works.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import streamlit as st

ECHO_S = 3.0


@dataclass(frozen=True, slots=True)
class _Written:
    value: str | None
    at_s: float


def read_address(name: str) -> str | None:
    """What the address says under a name; None where it says nothing."""
    named: str | None = st.query_params.get(name)
    written = st.session_state.get(_key(name))
    if isinstance(written, _Written) and written.value != named and time.monotonic() - written.at_s < ECHO_S:
        _put(name, written.value)
        return written.value
    return named


def write_address(name: str, value: str | None) -> None:
    """Put a value into the address; None takes the name away."""
    st.session_state[_key(name)] = _Written(value, time.monotonic())
    _put(name, value)


def _put(name: str, value: str | None) -> None:
    if value is None:
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = value


def _key(name: str) -> str:
    return f"address.written.{name}"
