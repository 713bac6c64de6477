"""Times as the person at the screen counts them."""

from __future__ import annotations

from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st


def local_time(moment: datetime, *, with_zone: bool = False) -> str:
    """``20 Nov 2026, 09:18`` in the browser's time zone, with its name where asked for."""
    return moment.astimezone(_zone()).strftime("%-d %b %Y, %H:%M %Z" if with_zone else "%-d %b %Y, %H:%M")


def _zone() -> tzinfo | None:
    name = st.context.timezone
    try:
        return ZoneInfo(name) if name else None  # None: the server's own
    except (ZoneInfoNotFoundError, ValueError):
        return None
