"""One dataset of renders: what it is, how far it is, its first images."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from components.wording import duration_text, plain
from core.services.render_datasets import RenderedDataset

STATES = {
    "running": ":material/hourglass_top: being rendered",
    "done": ":material/check: done",
    "stopped": ":material/pause: stopped",
    "failed": ":material/error: failed",
}


def dataset_card(dataset: RenderedDataset, *, key: str) -> Literal["stop", "resume"] | None:
    """Draw a dataset.

    Args:
        dataset: as it stands.
        key: Streamlit key.

    Returns:
        What was asked for in this run.
    """
    order = dataset.order
    with st.container(border=True, gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            facts = f"{order.variant} · {order.size_px} px · seeds from {order.seed}"
            st.markdown(f"**{plain(order.name)}** · {STATES[dataset.state]} · {plain(facts)}", width="content")
            wish = _button(dataset, key)
        _progress(dataset)
        if dataset.error:
            st.error(plain(dataset.error), icon=":material/error:")
        if dataset.thumbnails:
            st.image([str(path) for path in dataset.thumbnails], width=96)
        st.caption(plain(str(dataset.folder)))
    return wish


def _button(dataset: RenderedDataset, key: str) -> Literal["stop", "resume"] | None:
    if dataset.state == "running":
        help_ = "What is finished is kept."
        return "stop" if st.button("Stop", key=f"{key}.stop", icon=":material/stop_circle:", help=help_) else None
    if dataset.state in ("stopped", "failed"):
        return "resume" if st.button("Go on", key=f"{key}.resume", icon=":material/play_arrow:") else None
    return None


def _progress(dataset: RenderedDataset) -> None:
    count = dataset.order.count
    parts = [f"{dataset.done:,} of {count:,}".replace(",", "\u202f")]
    if dataset.state == "running":
        if dataset.per_hour is None or dataset.left_s is None:
            parts.append("getting ready")
        else:
            parts.append(f"{dataset.per_hour:,.0f} an hour".replace(",", "\u202f"))
            parts.append(f"{duration_text(dataset.left_s)} left")
    st.progress(dataset.done / max(count, 1), text=" · ".join(parts))
