"""Which photos the gallery shows: finding, review, tag and order, kept in the address."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from components import session_keys as keys
from core.services.wording import label_words
from core.store import PhotoFilter
from core.store.rows import PhotoOrder

_ORDERS: dict[PhotoOrder, str] = {
    "urgency": "urgent first",
    "newest": "newest first",
    "captured": "in order of flight",
    "name": "by name",
}
_REVIEWS = {"all": "reviewed or not", "open": "not reviewed", "done": "reviewed"}


def gallery_filters(batch_id: str | None, labels: Mapping[str, int], tags: Mapping[str, int]) -> PhotoFilter:
    """Draw the filters in the current row.

    Args:
        batch_id: the batch whose photos are shown; None for all.
        labels: labels in use → photos that have them.
        tags: tags in use → photos that carry them.
    """
    order = st.selectbox(
        "Order",
        list(_ORDERS),
        format_func=lambda name: _ORDERS[name],
        key=keys.ORDER,
        bind="query-params",
        label_visibility="collapsed",
        width=170,
    )
    label = st.selectbox(
        "Finding",
        list(labels),
        index=None,
        format_func=lambda name: f"{label_words(name)} ({labels.get(name, 0)})",
        placeholder="all types",
        key=keys.LABEL_FILTER,
        bind="query-params",
        label_visibility="collapsed",
        width=210,
    )
    review = st.selectbox(
        "Review",
        list(_REVIEWS),
        format_func=lambda name: _REVIEWS[name],
        key=keys.REVIEW_FILTER,
        bind="query-params",
        label_visibility="collapsed",
        width=170,
    )
    tag = st.selectbox(
        "Tag",
        list(tags),
        index=None,
        placeholder="all tags",
        key=keys.TAG_FILTER,
        bind="query-params",
        label_visibility="collapsed",
        width=190,
    )
    return PhotoFilter(
        tags=(tag,) if tag else (),
        labels=(label,) if label else (),
        batch_id=batch_id,
        reviewed={"open": False, "done": True}.get(review),
        order=order,
    )
