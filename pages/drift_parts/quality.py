"""Whether the quality of every photo was measured, and the button that does it."""

from __future__ import annotations

import streamlit as st

from components import cached
from components import session_keys as keys
from components.wording import count_text
from core.services.context import Context
from core.services.photo_quality import measured_quality


def quality_line(context: Context) -> bool:
    """Say how many photos lack quality and offer to measure them; True where none does that can be read."""
    missing = cached.photos_without_quality(context)
    unreadable = st.session_state.get(keys.DRIFT_UNREADABLE, frozenset())
    if set(missing) <= unreadable:
        if missing:
            st.caption(f"{count_text(len(missing), 'photo')} cannot be read; light and sharpness of the others count.")
        return True
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            f"Light and sharpness were not measured of {count_text(len(missing), 'photo')}, about "
            f"{max(len(missing) // 20, 1)} s of work.", width="content",
        )  # fmt: skip
        is_asked = st.button("Measure them", icon=":material/monitoring:", key="drift.measure")
    if is_asked:
        bar = st.progress(0.0)

        def show(done: int, count: int) -> None:
            bar.progress(done / count, f"{done} of {count}")

        found = measured_quality(context, missing, show)
        st.session_state[keys.DRIFT_UNREADABLE] = frozenset(s for s, quality in found.items() if quality is None)
        st.rerun()
    return False
