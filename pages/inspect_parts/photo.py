"""One photo: viewer, cards, heat map choice, review, and what the file tells."""

from __future__ import annotations

import streamlit as st

from components import session_keys as keys
from components.bootstrap import errors_shown
from components.heat_choice import heat_choice
from components.photo_facts import photo_facts
from components.photo_viewer import photo_viewer
from components.prediction_cards import prediction_cards
from components.review_buttons import review_buttons
from core.services.context import Context
from core.services.review import VERDICT_KEY
from core.services.thresholds import Thresholds, shown_findings
from pages.inspect_parts.correct import COLUMNS, correct_boxes_of, offer, open_draft
from pages.inspect_parts.similar import similar_panel
from pages.inspect_parts.steps import follow, neighbours, open_photo, say_why_nothing

POLL_S = 1.0


def photo_panel(context: Context, thresholds: Thresholds, *, is_working: bool) -> None:
    """Draw the photo that the address names, and refresh it until its findings are there."""
    sha256 = open_photo()
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
        before, after = neighbours(sha256)
        draft = open_draft(sha256)
        if draft is not None:
            correct_boxes_of(context, row.photo, draft, thresholds)
            return
        viewer_column, cards_column = st.columns(COLUMNS, gap="small")
        with cards_column:
            prediction_cards(findings, context.registry.folders, thresholds, sha256=sha256)
            if not findings:
                say_why_nothing(sha256, is_waiting)
            verdict = context.store.metadata(sha256).get(VERDICT_KEY)
            pressed = review_buttons(verdict, key=keys.REVIEW) if findings else None
            offer(context, sha256, thresholds)
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
            similar_panel(context, sha256, findings)
        follow(context, sha256, choice, pressed)
