"""A model's answer for one photo in one line, and what it means that there is none."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from components.wording import plain, unbroken
from core.runtime.model_config import ModelFolder
from core.services.wording import finding_words
from core.types import Finding

_MOST = 2


def answer_line(folder: ModelFolder, findings: Sequence[Finding]) -> bool:
    """Draw what the model says.

    Args:
        folder: the model.
        findings: its own, of the photo; none for a detector that found nothing.

    Returns:
        Whether it recognises the photo. Where it does not, that was said, and what a map is worth then.
    """
    title = plain(folder.config.title)
    if all(finding.recognised for finding in findings):
        words = "; ".join(map(finding_words, findings[:_MOST])) or "found nothing"
        st.markdown(f"{title}: **{plain(unbroken(words))}**")
        return True
    st.warning(
        f"**Not recognised.** The photo resembles nothing that {title} has learned from, so it gives no answer. "
        "The map shows what its network reacts to; it explains no finding.",
        icon=":material/help:",
    )
    return False
