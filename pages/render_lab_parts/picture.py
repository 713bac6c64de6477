"""The picture with its truth, and the models' answers beside it."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components import session_keys as keys
from components.bootstrap import errors_shown
from components.fitted_image import fitted_image
from components.prediction_cards import prediction_cards
from components.verdict_card import verdict_card
from core.services.context import Context
from core.services.render_lab import verdicts, with_masks
from core.services.render_process import Order
from core.services.thresholds import shown_findings
from pages.render_lab_parts.live import LivePicture, live_picture
from pages.render_lab_parts.tools import tools

QUICK_S = 0.1  # a moved noise slider is answered within; then nothing has to be said about waiting
LOOK_EVERY_S = 0.1  # each look lets Streamlit end this run when a slider has moved again


@st.fragment
def picture_panel(context: Context, order: Order) -> None:
    """Draw the last picture at once and the order's when it is there. To be called last on the page, for it waits."""
    live = live_picture()
    live.ask(order)
    left, right = st.columns([1.35, 1], gap="medium")
    with left:
        picture = st.empty()
        tools(live, order)
        status = st.empty()
    answers, trouble = right.empty(), right.empty()
    with trouble, errors_shown():
        if not live.has_come(context, QUICK_S):
            _draw(context, live, picture, answers)
            while not live.has_come(context, LOOK_EVERY_S):
                status.caption(_waiting_words(live))
    _draw(context, live, picture, answers)
    status.caption(_facts(live))


def _draw(context: Context, live: LivePicture, picture: DeltaGenerator, answers: DeltaGenerator) -> None:
    if live.picture is None:
        picture.skeleton(height=520)
        return
    boxes = shown_findings(live.findings, context.thresholds)
    has_masks = st.session_state.get(keys.LAB_MASKS, False)
    fitted_image(picture, with_masks(live.picture, boxes) if has_masks else live.picture.image_hwc)
    with answers.container():
        prediction_cards(live.findings, context.registry.folders, context.thresholds)
        verdict_card(verdicts(live.picture, live.findings, context.thresholds))


def _waiting_words(live: LivePicture) -> str:
    if live.picture is None:
        return ":material/hourglass_top: The renderer is starting; its first picture takes a few seconds."
    return ":material/hourglass_top: drawing …"


def _facts(live: LivePicture) -> str:
    if live.picture is None:
        return "No picture yet."
    height_px, width_px = live.picture.image_hwc.shape[:2]
    return f"{width_px} × {height_px} px, drawn in {live.picture.elapsed_s:.1f} s"
