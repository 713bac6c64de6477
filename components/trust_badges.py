"""How far a map can be trusted, as a verdict with its reasons."""

from __future__ import annotations

import streamlit as st

from components.wording import plain, unbroken
from core.explain.trust import Trust
from core.services.explain_report import VERDICT_WORDS

_ICONS = {"trust": ":material/verified:", "care": ":material/help:", "doubt": ":material/block:"}
_ANSWERS = {  # to each question: yes, no
    "photo": ("the model recognises the photo", "the model does not recognise the photo"),
    "object": ("on the object", "not on the object"),
    "answer": ("the answer follows it", "the answer does not follow it"),
    "learning": ("depends on what was learned", "does not depend on what was learned"),
}
_HELP = {
    "photo": None,
    "object": "Share of the map's energy in the mask or the box. A blob in the photo's middle, which knows nothing, "
    "and the object's share of the photo are the yardsticks.",
    "answer": "The map's brightest parts are shown first in a blurred photo (insertion), and hidden first in the photo "
    "(deletion). The number is how much more of the answer is there when they are shown.",
    "learning": "All weights of the network are drawn anew. A map that stays the same shows the photo's edges.",
}


def trust_badges(trust: Trust) -> None:
    """Draw the verdict and one line a question."""
    st.markdown(f"{_ICONS[trust.verdict]} **{VERDICT_WORDS[trust.verdict]}**")
    for check in trust.checks:
        mark = ":material/check:" if check.passed else ":material/close:"
        answer = _ANSWERS[check.name][0 if check.passed else 1]
        st.markdown(f"{mark} {answer}: {plain(unbroken(check.words))}", help=_HELP[check.name])
