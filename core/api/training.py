"""``/v1/training``: which runs there are, their curves, and starting, stopping and resuming one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from core.errors import NotFoundError
from core.services.context import Context
from core.services.training_configs import known_configs
from core.services.training_documents import curves_document, run_document
from core.services.training_line import resume_run, start_run, stop_run
from core.services.training_runs import list_runs, read_run
from core.services.training_states import DEFAULT_BACKEND


class NewRun(BaseModel):
    """A training to start."""

    config: Annotated[str, Field(max_length=200, description="File name of a known config, see GET configs.")]
    backend: Annotated[str, Field(max_length=20, description="tensorflow, jax or torch.")] = DEFAULT_BACKEND


def training_routes(context: Callable[[], Context]) -> APIRouter:
    """The routes, on the context that ``context()`` gives."""
    routes = APIRouter(prefix="/training", tags=["training"])

    @routes.get("/configs")
    def configs() -> list[str]:
        """Configs that can be started by name."""
        return [path.name for path in known_configs(context().settings)]

    @routes.get("/runs")
    def runs() -> list[dict[str, Any]]:
        """All runs: those going on first, then the latest first."""
        return [run_document(run) for run in list_runs(context().settings.runs_dir)]

    @routes.post("/runs", status_code=201)
    def start(new: NewRun) -> dict[str, Any]:
        """Put a config's training into the line; asked for twice, it is one run."""
        settings = context().settings
        known = {path.name: path for path in known_configs(settings)}
        if new.config not in known:
            raise NotFoundError(f"config {new.config!r}: expected one of {', '.join(known)}")
        return run_document(start_run(settings, known[new.config], backend=new.backend))

    @routes.get("/runs/{name}")
    def run(name: str) -> dict[str, Any]:
        """How far a run is."""
        return run_document(read_run(context().settings.runs_dir, name))

    @routes.get("/runs/{name}/curves")
    def curves(name: str) -> dict[str, Any]:
        """A run's measures over its epochs."""
        return curves_document(read_run(context().settings.runs_dir, name))

    @routes.post("/runs/{name}/stop")
    def stop(name: str) -> dict[str, Any]:
        """Ask a run to end; what is done is kept. A run that is not going on stays as it is."""
        return run_document(stop_run(context().settings, name))

    @routes.post("/runs/{name}/resume")
    def resume(name: str) -> dict[str, Any]:
        """Put a run that was stopped, interrupted or failed back into the line."""
        return run_document(resume_run(context().settings, name))

    return routes
