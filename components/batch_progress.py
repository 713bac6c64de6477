"""How far a batch is, on one line; and the files of it that could not be read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import streamlit as st

from components.wording import count_text, duration_text, plain
from core.store import BatchProgress, LedgerRow


def batch_progress(progress: BatchProgress, *, expected: int, key: str) -> Literal["stop"] | None:
    """Draw the bar while work is going on.

    Args:
        progress: as the ledger has it.
        expected: files that the upload still under way will bring in all.
        key: Streamlit key.

    Returns:
        ``stop`` in the run in which somebody asked for it.
    """
    total = max(progress.total, expected, 1)
    ended = progress.done + progress.failed + progress.cancelled
    parts = [f"**{ended} of {count_text(total, 'photo')}**"]
    if progress.per_second:
        parts.append(f"{progress.per_second:.1f} a second")
        left = (total - ended) / progress.per_second
        parts.append(f"{duration_text(left)} left")
    else:
        parts.append("getting ready")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(min(ended / total, 1.0), text=" · ".join(parts))
        if st.button("Stop", key=f"{key}.stop", icon=":material/stop_circle:", help="What is done is kept."):
            return "stop"
    return None


def failed_files(rows: Sequence[LedgerRow]) -> None:
    """List files that could not be inspected, each with its reason; nothing where there are none."""
    if not rows:
        return
    with st.expander(f"{count_text(len(rows), 'file')} could not be read", icon=":material/error:"):
        for row in rows:
            reason = (row.error or "unknown reason").removeprefix(f"{row.name}: ")
            st.markdown(f"**{plain(row.name)}**  \n{plain(reason)}")
