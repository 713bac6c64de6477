"""Which photos the gallery shows: finding, review, tag and order, kept in the address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import streamlit as st

from components import session_keys as keys
from components.address import read_address
from components.addressed import addressed_select
from core.services.wording import label_words
from core.store import PhotoFilter
from core.store.rows import PhotoOrder

_ORDERS: dict[str, str] = {
    "urgency": "Urgent first",
    "newest": "Newest first",
    "captured": "In order of flight",
    "name": "By name",
}
_REVIEWS = {"open": "Not reviewed", "done": "Reviewed"}


def gallery_filters(batch_id: str | None, labels: Mapping[str, int], tags: Mapping[str, int]) -> PhotoFilter:
    """Draw the order, and the filters behind one button that says how many are in force.

    Args:
        batch_id: the batch whose photos are shown; None for all.
        labels: labels in use → photos that have them.
        tags: tags in use → photos that carry them.
    """
    order = addressed_select(
        "Order",
        list(_ORDERS),
        name=keys.ORDER,
        default="urgency",
        words=lambda name: _ORDERS[name],
        show_title=False,
        width=180,
    )
    in_force = sum(read_address(name) is not None for name in (keys.LABEL_FILTER, keys.TAG_FILTER, keys.REVIEW_FILTER))
    with st.popover(f"Filter ({in_force})" if in_force else "Filter", icon=":material/filter_list:"):
        label = _one_of("Finding", labels, keys.LABEL_FILTER, "all types")
        tag = _one_of("Tag", tags, keys.TAG_FILTER, "all tags")
        review = addressed_select(
            "Review",
            list(_REVIEWS),
            name=keys.REVIEW_FILTER,
            words=lambda name: _REVIEWS[name],
            placeholder="all",
            width=260,
        )
    return PhotoFilter(
        tags=(tag,) if tag else (),
        labels=(label,) if label else (),
        batch_id=batch_id,
        reviewed={"open": False, "done": True}.get(review or ""),
        order=cast(PhotoOrder, order),
    )


def _one_of(title: str, counts: Mapping[str, int], name: str, nothing: str) -> str | None:
    return addressed_select(
        title,
        list(counts),
        name=name,
        words=lambda option: f"{label_words(option)} ({counts.get(option, 0)})",
        placeholder=nothing,
        width=260,
    )
