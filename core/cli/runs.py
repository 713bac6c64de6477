"""``gridlens runs``: which trainings there are, and how far each is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from core.services.training_runs import TrainingRun


def runs_command(
    runs: Annotated[Path | None, typer.Option(help="Folder of the runs; by default GRIDLENS_RUNS.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """List training runs: those going on first, then the latest first."""
    from core.config import read_settings
    from core.errors import NotFoundError
    from core.services.training_documents import run_document
    from core.services.training_runs import list_runs

    if runs is not None and not runs.is_dir():
        raise NotFoundError(f"{runs}: expected a folder of training runs, found none")
    found = list_runs(runs or read_settings().runs_dir)
    if as_json:
        print(json.dumps([run_document(run) for run in found], indent=1))
        return
    width = max((len(run.name) for run in found), default=0)
    for run in found:
        print(f"{run.name:{width}}  {_line(run)}")


def _line(run: TrainingRun) -> str:
    parts = [f"{run.status:11}", f"{len(run.epochs)}/{run.epoch_count or '?'} epochs"]
    if run.epoch_s is not None:
        parts.append(f"{run.epoch_s:.1f} s an epoch")
    if run.left_s is not None:
        parts.append(f"{run.left_s / 60:.0f} min left")
    if run.best is not None:
        name = "val_loss" if "val_loss" in run.best.values else "loss"
        parts.append(f"best {name} {run.best.values[name]:.4g} at epoch {run.best.number}")
    if run.error:
        parts.append(run.error.splitlines()[0])
    return "  ".join(parts)
