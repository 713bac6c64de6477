"""What is shown of one run: result, search, log or settings."""

from __future__ import annotations

import streamlit as st

from components.result_tables import result_tables, trial_tables
from components.wording import plain
from core.services.context import Context
from core.services.training_results import is_in_use, run_result, run_trials, take_into_use
from core.services.training_runs import CONFIG_FILE, TrainingRun, log_tail

VIEWS = {"result": "Result", "log": "Log", "settings": "Settings"}


def run_view(context: Context, run: TrainingRun, view: str) -> None:
    """Draw one of ``VIEWS``."""
    if view == "log":
        text = log_tail(run)
        if text:
            with st.container(height=380, autoscroll=True, key="training.log"):
                st.code(text, language=None, wrap_lines=True)
        else:
            st.caption("No log: this run was started on the command line, or has not written anything yet.")
    elif view == "settings":
        path = run.folder / CONFIG_FILE
        if path.is_file():
            st.code(path.read_text(), language="toml")
        else:
            st.caption("This run keeps no copy of its config.")
    else:
        _result(context, run)


def _result(context: Context, run: TrainingRun) -> None:
    dark = st.context.theme.type == "dark"
    trials = run_trials(run)
    result = run_result(run)
    if trials:
        trial_tables(trials, result.search_measure or "score on validation photos", dark=dark)
    if not result.measures and not result.folds:
        if not trials:
            st.caption("Measures on training, validation and test photos appear here at the end of the run.")
        return
    result_tables(result, dark=dark)
    _model(context, run)


def _model(context: Context, run: TrainingRun) -> None:
    if run.model_dir is None:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"Model folder: {plain(str(run.model_dir))}", width="content")
        if is_in_use(context.settings, run):
            st.badge("in the models folder", icon=":material/check:")
        elif st.button("Take into use", icon=":material/move_to_inbox:", key="training.use"):
            target = take_into_use(context.settings, run)
            st.success(f"Copied to {plain(str(target))}. Restart Gridlens to load it.", icon=":material/check:")
    st.caption(
        f"Taking it into use copies it to {plain(str(context.settings.models_dir))}. After a restart, plugins that "
        "name this model answer with its highest number."
    )
