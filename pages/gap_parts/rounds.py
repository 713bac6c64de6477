"""The advisor's rounds as they come in, and what can be done with the last one."""

from __future__ import annotations

import streamlit as st

from components.advice_card import advice_card, settings_words
from components.bootstrap import errors_shown
from components.errand_progress import errand_progress
from components.wording import plain
from core.services.advice_knobs import knobs_of
from core.services.advice_record import Advice
from core.services.advice_runs import advice_run, another_round, begin_advice, stop_advice
from core.services.context import Context
from core.services.render_controls import range_controls
from core.services.render_datasets import DatasetOrder, begin_dataset, free_name

RENDERS = 50


def rounds(context: Context, name: str, was_running: bool) -> None:
    """Draw how a question stands, the newest round first."""
    with errors_shown():
        run = advice_run(context.settings, name)
        if (run.state.state == "running") != was_running:
            st.rerun()
        order = run.advice.order
        knobs = {knob.name: knob for knob in knobs_of(order.scene, order.variant)}
        controls = range_controls(order.scene, order.variant)
        st.caption(f"{plain(order.model)} · {plain(order.scene)} {plain(order.variant)} · {order.count} scenes a set · "
                   f"against {plain(order.real)}")  # fmt: skip
        if run.state.state == "running" and errand_progress(run.state, key="gap.advice.stop"):
            stop_advice(context.settings, name)
            st.rerun()
        if run.state.error:
            st.error(plain(run.state.error), icon=":material/error:")
        for note in run.advice.notes:
            st.warning(plain(note), icon=":material/info:")
        for found in reversed(run.advice.rounds):
            advice_card(found, knobs, controls, key=f"gap.advice.{name}.{found.number}")
            if found is run.advice.rounds[-1] and not was_running:
                _next(context, run.advice)
        if run.state.state in ("stopped", "failed") and st.button(
            "Go on", key="gap.advice.on", icon=":material/replay:"
        ):
            begin_advice(context.settings, order)
            st.rerun()


def _next(context: Context, advice: Advice) -> None:
    proposal, order = advice.rounds[-1].proposal, advice.order
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Another round from here", icon=":material/repeat:", key="gap.advice.round"):
            another_round(context.settings, advice.name)
            st.rerun()
        if proposal and st.button(f"Render {RENDERS} so", icon=":material/view_in_ar:", key="gap.advice.render"):
            name = free_name(context.settings, "advised")
            wanted = DatasetOrder(name=name, scene=order.scene, variant=order.variant, count=RENDERS, size_px=256,
                                  variables=dict(proposal))  # fmt: skip
            begin_dataset(context.settings, wanted)
            st.toast(f"Rendering {name}; watch it in the Render lab", icon=":material/check:")
        controls = range_controls(order.scene, order.variant)
        words = settings_words(proposal, controls) if proposal else "as they are"
        st.caption(f"Next settings: {plain(words)}", width="content")
