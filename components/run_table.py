"""All training runs as a table in which people tick those whose curves they want to see."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from components import session_keys as keys
from components.address import read_address, write_address
from components.run_wording import STATUS_SIGNS, best_text, epochs_text, seconds_text, size_text
from components.wording import duration_text
from core.services.training_runs import TrainingRun

_ROW_PX, _MOST_ROWS = 36, 9


def chosen_runs(runs: Sequence[TrainingRun]) -> list[TrainingRun]:
    """The runs that the address names, in its order; where it names none that exist, the first of all."""
    by_name = {run.name: run for run in runs}
    named = [by_name[name] for name in (read_address(keys.RUNS) or "").split(",") if name in by_name]
    return named or list(runs[:1])


def run_table(runs: Sequence[TrainingRun], chosen: Sequence[TrainingRun], *, key: str) -> bool:
    """Draw the table; a tick goes into the address.

    Args:
        runs: rows, in order.
        chosen: ticked.
        key: Streamlit key.

    Returns:
        Whether the choice has just been changed.
    """
    names = [run.name for run in runs]
    # Ticks belong to row numbers: another order of rows is another table, with its ticks set anew.
    table_key = f"{key}.{hash(tuple(names))}"
    ticked = [names.index(run.name) for run in chosen]
    state = st.dataframe(
        [_row(run) for run in runs],
        key=table_key,
        on_select="rerun",
        selection_mode="multi-row",
        selection_default={"selection": {"rows": ticked, "columns": [], "cells": []}},
        hide_index=True,
        row_height=_ROW_PX,
        height=_ROW_PX * (min(len(runs), _MOST_ROWS) + 1) + 2,
        column_config={
            "Progress": st.column_config.ProgressColumn("Progress", min_value=0, max_value=100, format="%d %%"),
            "Best": st.column_config.TextColumn("Best", help="Lowest validation loss."),
            "Size": st.column_config.TextColumn("Size", help="Model for serving; before the export, best weights."),
        },
    )
    now = [names[row] for row in state["selection"]["rows"] if row < len(names)]
    if now and sorted(now) != sorted(run.name for run in chosen):
        write_address(keys.RUNS, ",".join(now))
        return True
    return False


def _row(run: TrainingRun) -> dict[str, str | float]:
    return {
        "Run": run.name,
        "Status": STATUS_SIGNS[run.status],
        "Progress": round(100 * run.progress),
        "Epochs": epochs_text(run),
        "An epoch": seconds_text(run.epoch_s),
        "Time left": "" if run.left_s is None else duration_text(run.left_s),
        "Best": best_text(run),
        "Size": size_text(run.size_bytes),
    }
