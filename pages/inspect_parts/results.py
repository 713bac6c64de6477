"""The gallery, which fills itself while work is going on."""

from __future__ import annotations

import streamlit as st

from components import session_keys as keys
from components.bootstrap import errors_shown
from components.gallery import GalleryPhoto, photo_gallery
from components.wording import unbroken
from core.services.context import Context
from core.services.gallery import GalleryRow
from core.services.gallery_page import GalleryPage, gallery_page
from core.services.thresholds import Thresholds
from core.store import PhotoFilter

POLL_S = 2.0
PER_PAGE = 48


def results(context: Context, wanted: PhotoFilter, thresholds: Thresholds, *, is_working: bool) -> None:
    """Draw the gallery; a chosen photo goes into the address, and so into the panel beside it."""
    st.fragment(_results, run_every=POLL_S if is_working else None)(context, wanted, thresholds, is_working)


def _results(context: Context, wanted: PhotoFilter, thresholds: Thresholds, is_working: bool) -> None:
    with errors_shown():
        page = st.session_state.get(keys.PAGE, 1)
        gallery = gallery_page(context, wanted, thresholds, page=page, per_page=PER_PAGE)
        st.session_state[keys.GALLERY] = gallery
        if not gallery.rows:
            st.caption("Photos appear here as they come in." if is_working else "No photo fits these filters.")
            return
        selected = _selected(gallery)
        cards = [_card(row, row.photo.sha256 in gallery.waiting) for row in gallery.rows]
        chosen = photo_gallery(cards, selected=selected, key=keys.GALLERY_CARDS)
        if gallery.page_count > 1:
            st.pagination(gallery.page_count, key=keys.PAGE, width="stretch", max_visible_pages=5)
        if chosen is not None and chosen != selected:
            st.query_params[keys.PHOTO] = chosen
            st.rerun()


def _selected(gallery: GalleryPage) -> str | None:
    """The open photo; the most urgent one is opened by itself, and stays open when a more urgent one comes in."""
    selected = st.query_params.get(keys.PHOTO)
    first = gallery.rows[0].photo.sha256
    if selected is None and first not in gallery.waiting:
        st.query_params[keys.PHOTO] = selected = first
    return selected


def _card(row: GalleryRow, is_waiting: bool) -> GalleryPhoto:
    reason = unbroken(row.headline)
    if not row.is_inspected:
        reason = "waiting for its turn" if is_waiting else "no model for its tags"
    step = row.urgency if row.is_inspected else None
    return GalleryPhoto(row.photo.sha256, row.photo.name, step, reason, row.is_reviewed, is_waiting)
