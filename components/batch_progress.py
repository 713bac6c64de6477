"""How far a batch is, what it amounts to, and the files of it that could not be read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import streamlit as st

from components.severity import SEVERITIES
from components.wording import count_text, duration_text, plain
from core.services.urgency import Urgency
from core.store import BatchProgress, LedgerRow


def batch_line(
    *,
    photo_count: int,
    look_now_count: int,
    failures: Sequence[LedgerRow],
    stopped_count: int,
    progress: BatchProgress | None,
    key: str,
) -> Literal["stop", "go on"] | None:
    """Draw one line: photos, those that need a look now, files that failed, and the bar while work is going on.

    Args:
        photo_count, look_now_count: of the batch.
        failures: rows with their error; shown when the count is pressed.
        stopped_count: photos stopped before their turn.
        progress: None when nothing is going on.
        key: Streamlit key.

    Returns:
        ``stop`` or ``go on`` in the run in which somebody asked for it.
    """
    words = [f"**{count_text(photo_count, 'photo')}**"]
    if look_now_count:
        verb = "needs" if look_now_count == 1 else "need"
        words.append(f"{SEVERITIES[Urgency.LOOK_NOW].icon} **{look_now_count}** {verb} a look now")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(" · ".join(words), width="content")
        _failed_files(failures)
        if progress:
            return _bar(progress, key)
        if stopped_count and st.button(
            f"Inspect the other {stopped_count}", key=f"{key}.go_on", icon=":material/play_arrow:"
        ):
            return "go on"
    return None


def _bar(progress: BatchProgress, key: str) -> Literal["stop"] | None:
    ended = progress.done + progress.failed + progress.cancelled
    parts = [f"{ended} of {progress.total}"]
    if progress.per_second:
        parts.append(f"{progress.per_second:.1f} a second")
        parts.append(f"{duration_text((progress.total - ended) / progress.per_second)} left")
    else:
        parts.append("getting ready")
    st.progress(min(ended / max(progress.total, 1), 1.0), text=" · ".join(parts))
    if st.button("Stop", key=f"{key}.stop", icon=":material/stop_circle:", help="What is done is kept."):
        return "stop"
    return None


def _failed_files(rows: Sequence[LedgerRow]) -> None:
    if not rows:
        return
    with st.popover(f"{len(rows)} could not be read", icon=":material/error:"):
        st.markdown(f"**{count_text(len(rows), 'file')} could not be inspected**")
        for row in rows:
            reason = (row.error or "unknown reason").removeprefix(f"{row.name}: ")
            st.markdown(f"**{plain(row.name)}**  \n{plain(reason)}")
