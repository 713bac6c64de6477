"""The models' answers against the truth of a render."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from components.wording import plain, unbroken
from core.services.render_lab import Verdict


def verdict_card(verdicts: Sequence[Verdict]) -> None:
    """Draw one line an answer; nothing where there is none."""
    if not verdicts:
        return
    with st.container(border=True, gap="xsmall"):
        st.markdown("**Against the truth**")
        for verdict in verdicts:
            icon = ":material/check:" if verdict.is_right else ":material/close:"
            st.markdown(f"{icon} {plain(unbroken(verdict.words))}")
