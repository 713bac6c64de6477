"""The gallery, which fills itself while work is going on."""

from __future__ import annotations

import streamlit as st

from components import session_keys as keys
from components.address import read_address, write_address
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
        gallery = _gallery(context, wanted, thresholds)
        st.session_state[keys.GALLERY] = gallery
        if not gallery.rows:
            st.caption("Photos appear here as they come in." if is_working else "No photo fits these filters.")
            return
        selected = _selected(gallery)
        cards = [_card(row, gallery) for row in gallery.rows]
        chosen = photo_gallery(cards, selected=selected, key=keys.GALLERY_CARDS)
        if gallery.page_count > 1:
            st.pagination(gallery.page_count, key=keys.PAGE, width="stretch", max_visible_pages=5)
        if chosen is not None and chosen != selected:
            write_address(keys.PHOTO, chosen)
            st.rerun()


def _gallery(context: Context, wanted: PhotoFilter, thresholds: Thresholds) -> GalleryPage:
    """The current page; when another photo has been opened, the page that holds it."""
    gallery = gallery_page(context, wanted, thresholds, page=st.session_state.get(keys.PAGE, 1), per_page=PER_PAGE)
    opened = read_address(keys.PHOTO)
    if opened == st.session_state.get(keys.PHOTO_SEEN):
        return gallery
    st.session_state[keys.PHOTO_SEEN] = opened
    page = gallery.page_of(opened, PER_PAGE) if opened else None
    if page is None or page == gallery.page:
        return gallery
    st.session_state[keys.PAGE] = page
    return gallery_page(context, wanted, thresholds, page=page, per_page=PER_PAGE)


def _selected(gallery: GalleryPage) -> str | None:
    """The open photo; the most urgent one is opened by itself, and stays open when a more urgent one comes in."""
    selected = read_address(keys.PHOTO)
    first = gallery.rows[0].photo.sha256
    if selected is None and first not in gallery.waiting:
        selected = first
        write_address(keys.PHOTO, selected)
    return selected


def _card(row: GalleryRow, gallery: GalleryPage) -> GalleryPhoto:
    sha256 = row.photo.sha256
    is_waiting = sha256 in gallery.waiting
    if row.is_inspected:
        reason = unbroken(row.headline)
    else:
        reason = "waiting for its turn" if is_waiting else gallery.failed.get(sha256, "no model for its tags")
    step = row.urgency if row.is_inspected else None
    return GalleryPhoto(sha256, row.photo.name, step, reason, row.is_reviewed, is_waiting)
