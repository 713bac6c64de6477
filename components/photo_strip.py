"""Photos of the store behind a number: cards with severity, from which the Inspect page opens."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from components import session_keys as keys
from components.example_grid import INSPECT_PAGE
from components.gallery import GalleryPhoto, photo_gallery
from components.wording import count_text, plain
from core.services.urgency import Urgency
from core.store import PhotoPoint

PER_PAGE = 24


def photo_strip(points: Sequence[PhotoPoint], title: str, *, key: str) -> None:
    """Draw a page of cards; a click opens the photo on the Inspect page.

    Args:
        points: the photos, in order.
        title: what they are.
        key: Streamlit key.
    """
    st.markdown(f"**{plain(title)}** · {plain(count_text(len(points), 'photo'))}")
    if not points:
        st.caption("None in this period.")
        return
    pages = -(-len(points) // PER_PAGE)
    page_key = f"{key}.page"
    page = min(st.session_state.get(page_key, 1), pages)
    cards = [_card(point) for point in points[(page - 1) * PER_PAGE : page * PER_PAGE]]
    chosen = photo_gallery(cards, selected=None, key=key)
    if pages > 1:
        st.session_state[page_key] = page
        st.pagination(pages, key=page_key, max_visible_pages=5)
    if chosen is not None:
        st.switch_page(INSPECT_PAGE, query_params={keys.PHOTO: chosen})


def _card(point: PhotoPoint) -> GalleryPhoto:
    step = Urgency(point.urgency_step) if point.is_inspected else None
    reason = point.moment.strftime("%-d %b %Y")
    return GalleryPhoto(point.sha256, point.name, step, reason, point.reviewed, is_waiting=not point.is_inspected)
