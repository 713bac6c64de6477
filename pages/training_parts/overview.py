"""The table of all runs, kept up to date while something goes on."""

from __future__ import annotations

import streamlit as st

from components.bootstrap import errors_shown
from components.run_table import chosen_runs, run_table
from components.run_wording import in_line_text
from core.services.context import Context
from core.services.training_line import wake_line
from core.services.training_runs import RunStatus, TrainingRun, list_runs

POLL_S = 2.0
IDLE_POLL_S = 15.0  # runs of the command line turn up as well


def overview(context: Context, runs: list[TrainingRun]) -> list[TrainingRun]:
    """Draw the table.

    Returns:
        The runs that are ticked, or the first; at least one.
    """
    is_working = any(run.is_active for run in runs)
    seen = [(run.name, run.status) for run in runs]
    st.fragment(_table, run_every=POLL_S if is_working else IDLE_POLL_S)(context, seen)
    return chosen_runs(runs)


def _table(context: Context, seen: list[tuple[str, RunStatus]]) -> None:
    with errors_shown():
        runs = list_runs(context.settings.runs_dir)
        if [(run.name, run.status) for run in runs] != seen:
            st.rerun()  # the rest of the page has buttons for what runs are
        waiting = sum(run.status == "waiting" for run in runs)
        if waiting and not any(run.status == "running" for run in runs):
            wake_line(context.settings)  # whoever took runs from the line may have been killed
        if run_table(runs, chosen_runs(runs), key="training.table"):
            st.rerun()
        if waiting:
            st.caption(f"{in_line_text(waiting)}; {context.settings.training_count} at a time.")
