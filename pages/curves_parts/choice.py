"""Head of the page: which answers, and how others come in."""

from __future__ import annotations

import streamlit as st

from components import session_keys as keys
from components.address import write_address
from components.answer_choice import answer_choice
from components.bootstrap import errors_shown
from components.wording import plain
from core.services.answer_intake import add_answers
from core.services.context import Context
from core.services.evaluation_runs import list_evaluations
from core.services.saved_answers import SavedAnswers, list_answers
from pages.curves_parts.evaluations import evaluations, order_panel

OTHER_PROGRAM = "another program"
_WAYS = {"measure": "Measure a model", "bring": "Bring predictions"}


def choice(context: Context) -> list[SavedAnswers]:
    """Draw the title and the choice of answers; empty where there are none at all."""
    known, problems = list_answers(context.settings)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.header("Curves", anchor=False, width="content")
        if known:
            # Another key with every order and every answer: the panel closes, and what came of it is seen.
            key = f"curves.add.panel.{len(known)}.{len(list_evaluations(context.settings))}"
            with st.popover("Add answers", icon=":material/upload_file:", width="content", key=key):
                _add_panel(context)
    for problem in problems:
        st.warning(plain(problem), icon=":material/warning:")
    evaluations(context)
    if known:
        return answer_choice(known)
    st.markdown("Curves of precision, recall and F1 appear here, with the photos behind every number.")
    with st.container(border=True):
        _add_panel(context)
    return []


def _add_panel(context: Context) -> None:
    way = st.segmented_control(
        "Where answers come from", list(_WAYS), format_func=_WAYS.__getitem__, default="measure", required=True,
        key="curves.way", label_visibility="collapsed",
    )  # fmt: skip
    if way == "measure":
        st.caption("A model answers labelled photos in the background, like `gridlens evaluate MODEL CSV --save NAME`.")
        order_panel(context)
        return
    st.caption("CSV `path,label,score[,x_min,y_min,x_max,y_max]`, or COCO results with COCO instances.")
    with st.form("curves.add", border=False):
        predictions = st.file_uploader("Predictions", type=["csv", "json"], key="curves.add.predictions")
        truth = st.file_uploader(
            "Truth: a dataset CSV, or COCO instances", type=["csv", "json"], key="curves.add.truth"
        )
        folder = st.text_input(
            "Folder on this machine that paths of photos begin at", key="curves.add.folder",
            help="Photos behind the counts are shown from there; left empty, counts come without photos.",
        )  # fmt: skip
        name = st.text_input("Name", key="curves.add.name", placeholder="night_flights")
        models = [OTHER_PROGRAM, *context.registry.folders]
        model = st.selectbox("Whose answers these are", models, key="curves.add.model")
        is_sent = st.form_submit_button("Add", type="primary")
    if is_sent:
        with errors_shown():
            files = [(one.name, one.getvalue()) if one is not None else None for one in (predictions, truth)]
            saved = add_answers(context, files[0], files[1], name, folder, None if model == OTHER_PROGRAM else model)
            write_address(keys.ANSWERS, saved.name)
            st.rerun()
