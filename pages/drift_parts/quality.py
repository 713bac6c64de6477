"""Whether the quality of every photo was measured, and the button that does it."""

from __future__ import annotations

import streamlit as st

from components.wording import count_text
from core.services.context import Context
from core.services.photo_quality import kept_quality, measured_quality


def quality_line(context: Context) -> bool:
    """Say how many photos lack quality and offer to measure them; True where none does."""
    shas = [row.photo.sha256 for row in context.store.photos()]
    missing = [sha256 for sha256, quality in kept_quality(context, shas).items() if quality is None]
    if not missing:
        return True
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            f"Light and sharpness were not measured of {count_text(len(missing), 'photo')}, about "
            f"{max(len(missing) // 20, 1)} s of work.", width="content",
        )  # fmt: skip
        is_asked = st.button("Measure them", icon=":material/monitoring:", key="drift.measure")
    if is_asked:
        bar = st.progress(0.0)
        measured_quality(context, missing, lambda done, count: bar.progress(done / count, f"{done} of {count}"))
        st.rerun()
    return False
