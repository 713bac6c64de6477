"""Right or wrong: a person's word on a photo's findings."""

from __future__ import annotations

from typing import Literal

import streamlit as st

ReviewWish = Literal["accept", "reject"]


def review_buttons(verdict: str | None, *, key: str) -> ReviewWish | None:
    """Draw the two buttons, and the verdict that there is.

    Args:
        verdict: ``accepted`` or ``rejected``; None where nobody has looked yet.
        key: Streamlit key.

    Returns:
        What was pressed in this run.
    """
    with st.container(horizontal=True, vertical_alignment="center"):
        accept = st.button(
            "Accept", key=f"{key}.accept", icon=":material/check:", help="The findings are right (key a)"
        )
        reject = st.button("Reject", key=f"{key}.reject", icon=":material/close:", help="They are wrong (key r)")
        if verdict:
            st.caption(f"{verdict} by a person", width="content")
    if accept:
        return "accept"
    return "reject" if reject else None
