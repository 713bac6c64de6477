"""A detector's boxes corrected by hand: begun with a button, drawn in the viewer, kept with another button."""

from __future__ import annotations

import streamlit as st

from components import session_keys as keys
from components.box_corrector import CorrectorWish, box_corrector
from components.photo_viewer import ViewerChoice, photo_viewer
from components.wording import plain
from core.services.box_corrections import (
    BoxDraft,
    DrawnBox,
    box_finding,
    boxes_to_correct,
    correct_boxes,
    correctable_models,
    drawn_boxes,
)
from core.services.context import Context
from core.services.thresholds import Thresholds
from core.types import Photo

COLUMNS = (2.6, 1)  # photo, and what stands beside it


def open_draft(sha256: str) -> BoxDraft | None:
    """What is being corrected in this photo; a draft of another photo is dropped."""
    draft = st.session_state.get(keys.CORRECTION)
    if isinstance(draft, BoxDraft) and draft.sha256 == sha256:
        return draft
    st.session_state.pop(keys.CORRECTION, None)
    return None


def offer(context: Context, sha256: str, thresholds: Thresholds) -> None:
    """Draw a button for each detector that has looked, and say what a person has drawn so far."""
    for name, folder in correctable_models(context, sha256).items():
        drawn, title = drawn_boxes(context, sha256, name), plain(folder.config.title)
        if st.button(f"Correct the boxes of {title}", icon=":material/ink_marker:", key=f"{keys.CORRECTION}.{name}"):
            boxes = boxes_to_correct(context, sha256, name, thresholds)
            st.session_state[keys.CORRECTION] = BoxDraft(sha256, name, boxes)
            st.rerun()
        if drawn is not None:
            st.caption(f"{title}: {len(drawn)} box{'' if len(drawn) == 1 else 'es'} drawn by a person")


def correct_boxes_of(context: Context, photo: Photo, draft: BoxDraft, thresholds: Thresholds) -> None:
    """Draw viewer and panel, and do what the person asks for in them."""
    folder = context.registry.folder(draft.model)
    viewer_column, panel_column = st.columns(COLUMNS, gap="small")
    with panel_column:
        wish = box_corrector(folder.config.title, folder.config.labels, len(draft.boxes), key=keys.CORRECTION)
    with viewer_column:
        findings = [box_finding(box, folder) for box in draft.boxes]
        choice = photo_viewer(photo, findings, heat=None, key=keys.VIEWER, tool="draw")
    changed = _changed(draft, choice, wish)
    if wish.end == "save":  # on a busy machine, what was drawn just before may come in the same run
        correct_boxes(context, draft.sha256, draft.model, changed.boxes, thresholds)
        st.toast("Noted: the boxes as you left them", icon=":material/check:")
    if wish.end or changed != draft:
        st.session_state[keys.CORRECTION] = None if wish.end else changed
        st.rerun()


def _changed(draft: BoxDraft, choice: ViewerChoice, wish: CorrectorWish) -> BoxDraft:
    if choice.sha256 == draft.sha256 and choice.drawn is not None:
        return draft.with_box(DrawnBox(wish.label, choice.drawn))
    gone = choice.removed
    if choice.sha256 == draft.sha256 and gone is not None and gone.box_xyxy_px is not None:
        return draft.without(DrawnBox(gone.label, gone.box_xyxy_px))
    return draft
