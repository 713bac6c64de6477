"""Evaluations in the background: order one, watch those that run, open what they came to."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from components import session_keys as keys
from components.address import write_address
from components.bootstrap import errors_shown
from components.evaluation_card import evaluation_card
from components.evaluation_form import evaluation_form
from core.errors import ConfigError
from core.services.context import Context
from core.services.evaluation_runs import (
    EvaluationOrder,
    EvaluationRun,
    begin_evaluation,
    evaluation_run,
    list_evaluations,
    remove_evaluation,
    resume_evaluation,
    stop_evaluation,
    suggested_name,
)
from core.services.training_choices import dataset_choices

POLL_S = 1.0


def order_panel(context: Context) -> None:
    """Draw the form; what is ordered begins at once."""
    folders = context.registry.folders
    models = {name: f"{folder.config.title} v{folder.config.number}" for name, folder in folders.items()}
    datasets = {str(one.path): one.words for one in dataset_choices(context.settings)}
    sent = evaluation_form(models, datasets, key="curves.evaluate")
    if sent is None:
        return
    model, dataset, name, windows = sent
    with errors_shown():
        if not dataset:
            raise ConfigError("dataset: expected the path of a CSV, received none")
        path = Path(dataset).expanduser().absolute()
        wanted = name or suggested_name(context.settings, context.registry.folder(model), path)
        begin_evaluation(context.settings, wanted, EvaluationOrder(model, str(path), windows))
        st.rerun()


def evaluations(context: Context) -> None:
    """Draw evaluations that run, failed or were stopped; one that has just ended is opened."""
    for run in list_evaluations(context.settings):
        if run.state.state != "done":
            st.fragment(_watched, run_every=POLL_S if run.state.state == "running" else None)(context, run)


def _watched(context: Context, begun: EvaluationRun) -> None:
    with errors_shown():
        run = evaluation_run(context.settings, begun.name)
        if run.state.state == "done":
            write_address(keys.ANSWERS, run.name)
        if run.state.state != begun.state.state:
            st.rerun()
        wish = evaluation_card(run, key=f"curves.evaluate.{run.name}")
        if wish is not None:
            {"stop": stop_evaluation, "again": resume_evaluation, "remove": remove_evaluation}[wish](
                context.settings, run.name
            )
            st.rerun()
