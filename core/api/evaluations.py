"""``/v1/evaluations``: a model answers labelled photos in the background; what it comes to are ``/v1/answers``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from core.services.context import Context
from core.services.evaluation_runs import (
    EvaluationOrder,
    EvaluationRun,
    begin_evaluation,
    evaluation_run,
    list_evaluations,
    remove_evaluation,
    stop_evaluation,
    suggested_name,
)


class WantedEvaluation(BaseModel):
    """A model and labelled photos."""

    model: Annotated[str, Field(min_length=1, max_length=200, description="Name of an installed model.")]
    dataset: Annotated[str, Field(min_length=1, max_length=2000, description="Path of a dataset CSV on the server.")]
    name: Annotated[str, Field(max_length=80, description="Of the answers; empty for a suggested one.")] = ""
    windows: Annotated[bool, Field(description="Photos are windows at the detector's own scale.")] = False


def evaluation_routes(context: Callable[[], Context]) -> APIRouter:
    """The routes, on the context that ``context()`` gives."""
    routes = APIRouter(prefix="/evaluations", tags=["metrics"])

    @routes.post("", status_code=201)
    def begin(wanted: WantedEvaluation) -> dict[str, Any]:
        """Start an evaluation; its answers appear under its name when it is done."""
        settings, dataset = context().settings, Path(wanted.dataset).expanduser().absolute()
        name = wanted.name or suggested_name(settings, context().registry.folder(wanted.model), dataset)
        return _document(begin_evaluation(settings, name, EvaluationOrder(wanted.model, str(dataset), wanted.windows)))

    @routes.get("")
    def evaluations() -> list[dict[str, Any]]:
        """All that were asked for and not removed, the newest first."""
        return [_document(run) for run in list_evaluations(context().settings)]

    @routes.get("/{name}")
    def one(name: str) -> dict[str, Any]:
        """How far it is."""
        return _document(evaluation_run(context().settings, name))

    @routes.post("/{name}/stop")
    def stop(name: str) -> dict[str, Any]:
        """Stop it; nothing is kept but the order."""
        return _document(stop_evaluation(context().settings, name))

    @routes.delete("/{name}", status_code=204)
    def remove(name: str) -> None:
        """Stop and forget it; answers that it came to stay."""
        remove_evaluation(context().settings, name)

    return routes


def _document(run: EvaluationRun) -> dict[str, Any]:
    progress = None if run.state.progress is None else asdict(run.state.progress)
    return {
        "name": run.name,
        **asdict(run.order),
        "state": run.state.state,
        "progress": progress,
        "error": run.state.error,
    }
