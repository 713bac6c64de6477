"""Which photos of the store count: first day, last day and line, kept in the address."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import streamlit as st

from components import session_keys as keys
from components.address import read_address, write_address
from components.addressed import addressed_select
from core.services.overview import Period


def period_choice(lines: Sequence[str], first: date, last: date) -> Period:
    """Draw the choices in one line.

    Args:
        lines: that photos are of.
        first, last: days of the first and the last photo there is.
    """
    with st.container(horizontal=True, vertical_alignment="bottom"):
        since = _day("From", keys.SINCE, first)
        until = _day("To", keys.UNTIL, last)
        line = addressed_select("Line", list(lines), name=keys.LINE, placeholder="all lines", width=260)
    return Period(since if since != first else None, until if until != last else None, line)


def _day(title: str, name: str, default: date) -> date:
    try:
        chosen = date.fromisoformat(read_address(name) or "")
    except ValueError:
        chosen = default
    widget_key = f"address.{name}"
    st.session_state[widget_key] = chosen
    st.date_input(
        title, key=widget_key, format="YYYY-MM-DD", width=150, on_change=_write, args=(name, widget_key, default),
        min_value=date(1970, 1, 1), max_value=date(2100, 1, 1),
    )  # fmt: skip
    return chosen


def _write(name: str, widget_key: str, default: date) -> None:
    value = st.session_state[widget_key]
    write_address(name, None if value is None or value == default else value.isoformat())
