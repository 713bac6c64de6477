"""``/v1/advice``: which of the renderer's settings should change next, looked for in the background."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from core.render.scenes import USUAL_VARIANTS
from core.services.advice_record import AdviceOrder, advice_document
from core.services.advice_runs import AdviceRun, advice_run, another_round, begin_advice, list_advice, stop_advice
from core.services.context import Context
from core.services.photo_sets import lasting_reference


class WantedAdvice(BaseModel):
    """Field photos, and what is rendered to be like them."""

    model: Annotated[str, Field(min_length=1, max_length=200, description="In whose eyes.")]
    real: Annotated[str, Field(min_length=1, max_length=2000, description="Folder, CSV, dataset:NAME, batch:ID")]
    scene: Annotated[str, Field(max_length=40, description="shackle or pole.")]
    variant: Annotated[str, Field(max_length=40, description="By default the usual one.")] = ""
    settled: Annotated[dict[str, float | str], Field(description="Variables settled from the start.")] = {}
    knobs: Annotated[list[str], Field(max_length=40, description="focus, noise …; none for all.")] = []
    count: Annotated[int, Field(description="Scenes a set.")] = 24
    size_px: int = 224
    rounds: int = 1
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 0

    def order(self) -> AdviceOrder:
        """The same as the advisor takes it."""
        variant = self.variant or USUAL_VARIANTS.get(self.scene, "")
        return AdviceOrder(
            self.model, lasting_reference(self.real), self.scene, variant, self.settled, tuple(self.knobs),
            self.count, self.size_px, self.rounds, self.seed,
        )  # fmt: skip


def advice_routes(context: Callable[[], Context]) -> APIRouter:
    """The routes, on the context that ``context()`` gives."""
    routes = APIRouter(prefix="/advice", tags=["advice"])

    @routes.post("", status_code=201)
    def begin(wanted: WantedAdvice) -> dict[str, Any]:
        """Start to look for advice; the same question is not asked twice, and goes on where it was stopped."""
        return _document(begin_advice(context().settings, wanted.order()))

    @routes.get("")
    def all_advice() -> list[dict[str, Any]]:
        """All that was asked for, the newest first, with the rounds that are finished."""
        return [_document(run) for run in list_advice(context().settings)]

    @routes.get("/{name}")
    def advice(name: str) -> dict[str, Any]:
        """How far it is, and the rounds that are finished, as ``gridlens advise --json`` prints them."""
        return _document(advice_run(context().settings, name))

    @routes.post("/{name}/rounds", status_code=201)
    def another(name: str) -> dict[str, Any]:
        """One more round, from the last one's proposal."""
        return _document(another_round(context().settings, name))

    @routes.post("/{name}/stop")
    def stop(name: str) -> dict[str, Any]:
        """Stop; what is rendered and measured is kept."""
        return _document(stop_advice(context().settings, name))

    return routes


def _document(run: AdviceRun) -> dict[str, Any]:
    progress = None if run.state.progress is None else asdict(run.state.progress)
    return {**advice_document(run.advice), "state": run.state.state, "progress": progress, "error": run.state.error}
