"""One run: status, what can be done with it, its result, its log, its settings."""

from __future__ import annotations

import streamlit as st

from components import session_keys as keys
from components.address import write_address
from components.addressed import addressed_segments, addressed_select
from components.bootstrap import errors_shown
from components.run_actions import RunWish, run_actions
from components.run_wording import STATUS_ICONS, STATUS_SENTENCES, run_line
from components.wording import plain
from core.services.context import Context
from core.services.training_line import delete_run, resume_run, stop_run
from core.services.training_runs import TrainingRun, folder_bytes, read_run
from pages.training_parts.run_views import VIEWS, run_view

POLL_S = 3.0


def details(context: Context, chosen: list[TrainingRun]) -> None:
    """Draw the run that the address names among the ticked ones, or the first of them."""
    names = [run.name for run in chosen]
    st.divider()
    shown = names[0]
    if len(names) > 1:
        shown = addressed_select("Run", names, name=keys.RUN_SHOWN, default=names[0], width=360) or names[0]
    run = next(run for run in chosen if run.name == shown)
    st.fragment(_details, run_every=POLL_S if run.is_active else None)(context, run.name, run.status)


def _details(context: Context, name: str, status: str) -> None:
    with errors_shown():
        run = read_run(context.settings.runs_dir, name)
        if run.status != status:
            st.rerun()
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(f"{STATUS_ICONS[run.status]} {plain(run.name)}", anchor=False, width="content")
            wish = run_actions(run, folder_bytes=0 if run.is_active else folder_bytes(run.folder), key="training.run")
        st.markdown(f"{STATUS_SENTENCES[run.status]} {run_line(run)}")
        if run.error:
            st.error("  \n".join(plain(line) for line in run.error.splitlines()), icon=":material/error:")
        if wish:
            _follow(context, run, wish)
        view = addressed_segments(
            "Shown", list(VIEWS), name=keys.RUN_PART, default=["result"], words=lambda one: VIEWS[one], show_title=False
        )[0]
        run_view(context, run, view)


def _follow(context: Context, run: TrainingRun, wish: RunWish) -> None:
    if wish == "stop":
        stop_run(context.settings, run.name)
        st.toast(f"{run.name} was asked to stop", icon=":material/stop_circle:")
    elif wish == "resume":
        resume_run(context.settings, run.name)
    else:
        delete_run(context.settings, run.name)
        write_address(keys.RUN_SHOWN, None)
        st.toast(f"{run.name} is deleted", icon=":material/delete:")
    st.rerun()
