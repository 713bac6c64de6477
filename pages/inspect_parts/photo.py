"""One photo: viewer, cards, heat map choice, and what the file tells."""

from __future__ import annotations

import streamlit as st

from components import session_keys as keys
from components.bootstrap import errors_shown
from components.heat_choice import heat_choice
from components.photo_facts import photo_facts
from components.photo_viewer import ViewerChoice, photo_viewer
from components.prediction_cards import prediction_cards
from components.review_buttons import ReviewWish, review_buttons
from core.services.context import Context
from core.services.gallery_page import GalleryPage
from core.services.review import VERDICT_KEY, review_photo
from core.services.thresholds import Thresholds, shown_findings

POLL_S = 1.0


def open_photo() -> str | None:
    """SHA-256 of the photo that the address names."""
    return st.query_params.get(keys.PHOTO)


def photo_panel(context: Context, sha256: str | None, thresholds: Thresholds, *, is_working: bool) -> None:
    """Draw the open photo, and refresh it until its findings are there."""
    if sha256 is None:
        if is_working:
            st.skeleton(height=480)
            st.caption("The first photo opens here as soon as its findings are there.")
            st.fragment(_wait_for_first, run_every=POLL_S)()
        return
    is_waiting = is_working and not context.store.findings(sha256)
    st.fragment(_panel, run_every=POLL_S if is_waiting else None)(context, sha256, thresholds, is_waiting)


def _wait_for_first() -> None:
    if open_photo() is not None:
        st.rerun()


def _panel(context: Context, sha256: str, thresholds: Thresholds, is_waiting: bool) -> None:
    with errors_shown():
        row = context.store.photo_row(sha256)
        findings = context.store.findings(sha256)
        if is_waiting and findings:
            st.rerun()
        before, after = _neighbours(sha256)
        viewer_column, cards_column = st.columns([2.6, 1], gap="small")
        with cards_column:
            prediction_cards(findings, context.registry.folders, thresholds)
            if not findings:
                st.caption("Waiting for the models." if is_waiting else "No model looks at photos with these tags.")
            pressed = (
                review_buttons(context.store.metadata(sha256).get(VERDICT_KEY), key=keys.REVIEW) if findings else None
            )
            heat = heat_choice(context.store.heat_map_labels(sha256), context.registry.folders, findings)
        with viewer_column:
            choice = photo_viewer(
                row.photo,
                shown_findings(findings, thresholds),
                heat=heat,
                key=keys.VIEWER,
                has_previous=before is not None,
                has_next=after is not None,
                can_review=bool(findings),
            )
            photo_facts(row.photo, row.tags)
        _follow(context, choice, pressed, before, after)


def _neighbours(sha256: str) -> tuple[str | None, str | None]:
    gallery = st.session_state.get(keys.GALLERY)
    return gallery.neighbours(sha256) if isinstance(gallery, GalleryPage) else (None, None)


def _follow(
    context: Context, choice: ViewerChoice, pressed: ReviewWish | None, before: str | None, after: str | None
) -> None:
    """Do what the person asked for in the viewer or beside it."""
    target = {"previous": before, "next": after}.get(choice.action or "")
    sha256 = choice.sha256 or open_photo()
    wish = pressed or choice.action
    if wish in ("accept", "reject") and sha256:
        review_photo(context, sha256, "accepted" if wish == "accept" else "rejected")
        st.toast(f"Noted: findings {wish}ed", icon=":material/check:")
        target = after or sha256
    if target is not None:
        st.query_params[keys.PHOTO] = target
        st.rerun()
