"""Loss curves of the ticked runs, overlaid."""

from __future__ import annotations

import streamlit as st

from components.bootstrap import errors_shown
from components.curve_choice import CurveChoice, curve_choice
from core.charts.loss_curves import loss_figure
from core.services.context import Context
from core.services.training_runs import TrainingRun, measure_names, read_run, run_curves

POLL_S = 3.0


def curves(context: Context, chosen: list[TrainingRun]) -> None:
    """Draw the choices and the figure; the figure grows while one of the runs goes on."""
    choice = curve_choice(measure_names(chosen) or ["loss"])
    is_working = any(run.is_active for run in chosen)
    st.fragment(_figure, run_every=POLL_S if is_working else None)(context, [run.name for run in chosen], choice)


def _figure(context: Context, names: list[str], choice: CurveChoice) -> None:
    with errors_shown():
        runs = [read_run(context.settings.runs_dir, name) for name in names]
        if not any(run.epochs for run in runs):
            st.skeleton(height=440)
            st.caption("The curve begins with the end of the first epoch.")
            return
        drawn = [curve for run in runs for curve in run_curves(run, choice.measure, is_alone=len(runs) == 1)]
        figure = loss_figure(
            drawn,
            measure=choice.measure.replace("_", " "),
            scale=choice.scale,
            smooth=choice.smooth,
            parts=choice.parts,
            dark=st.context.theme.type == "dark",
        )
        st.plotly_chart(figure, key="training.curves", config={"displaylogo": False})
        st.caption("Whole line: validation; dotted: training. The mark is each run's best epoch by validation loss.")
