"""How far a map can be trusted, as a verdict with its reasons."""

from __future__ import annotations

import streamlit as st

from components.wording import plain, unbroken
from core.explain.trust import Trust

_VERDICTS = {
    "trust": (":material/verified:", "Can be trusted as far as it was measured"),
    "care": (":material/help:", "Read it with care"),
    "doubt": (":material/block:", "Do not trust it"),
}
_QUESTIONS = {"object": "on the object", "answer": "the answer follows it", "learning": "depends on what was learned"}


def trust_badges(trust: Trust) -> None:
    """Draw the verdict and one line a question."""
    icon, words = _VERDICTS[trust.verdict]
    st.markdown(f"{icon} **{words}**")
    for check in trust.checks:
        mark = ":material/check:" if check.passed else ":material/close:"
        word = "" if check.passed else "not "
        st.markdown(f"{mark} {word}{_QUESTIONS[check.name]}: {plain(unbroken(check.words))}")
