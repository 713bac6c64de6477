"""Beside the photo while a person corrects a detector's boxes: what is drawn next, and how to end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import streamlit as st

from components.wording import plain
from core.services.wording import label_words


@dataclass(frozen=True, slots=True)
class CorrectorWish:
    """What a person wants: the label of the next box, and in one run whether to save or to leave it."""

    label: str
    end: Literal["save", "cancel"] | None = None


def box_corrector(title: str, labels: Sequence[str], box_count: int, *, key: str) -> CorrectorWish:
    """Draw the panel.

    Args:
        title: of the model whose boxes are corrected.
        labels: what can be drawn, at least one.
        box_count: boxes as they are now.
        key: Streamlit key.

    Returns:
        What was asked for in this run.
    """
    with st.container(border=True, gap="small"):
        st.markdown(f"**{plain(title)}: correct the boxes**")
        st.caption("Drag over the photo to draw a box. × or Del takes one away. The wheel zooms.")
        label = st.radio("Draw", labels, format_func=label_words, key=f"{key}.label")
        st.caption(f"{box_count} box{'' if box_count == 1 else 'es'} now")
        with st.container(horizontal=True):
            save = st.button("Save", type="primary", icon=":material/check:", key=f"{key}.save")
            cancel = st.button("Cancel", key=f"{key}.cancel", icon=":material/close:")
    return CorrectorWish(label, "save" if save else "cancel" if cancel else None)
