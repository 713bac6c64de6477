"""``/v1/gaps``: how far renders lie from field photos, measured in the background."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from core.services.context import Context
from core.services.gap import GapOrder, gap_document, read_gap
from core.services.gap_look import shift_document, shifted_at
from core.services.gap_runs import GapRun, begin_gap, gap_run, list_gaps, stop_gap
from core.services.photo_sets import lasting_reference


class WantedGap(BaseModel):
    """Two sets and a model."""

    model: Annotated[str, Field(min_length=1, max_length=200)]
    synthetic: Annotated[str, Field(min_length=1, max_length=2000, description="Folder, CSV, dataset:NAME, batch:ID")]
    real: Annotated[str, Field(min_length=1, max_length=2000)]
    layers: Annotated[list[str], Field(max_length=100, description="None for twelve through the depth.")] = []
    pairs: Annotated[bool, Field(description="Photos of one name are pairs; adds CKA.")] = False
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 0


def gap_routes(context: Callable[[], Context]) -> APIRouter:
    """The routes, on the context that ``context()`` gives."""
    routes = APIRouter(prefix="/gaps", tags=["gap"])

    @routes.post("", status_code=201)
    def begin(wanted: WantedGap) -> dict[str, Any]:
        """Start to measure; what was measured before is there at once."""
        sides = lasting_reference(wanted.synthetic), lasting_reference(wanted.real)
        order = GapOrder(wanted.model, *sides, tuple(wanted.layers), wanted.pairs, wanted.seed)
        return _document(begin_gap(context().settings, order))

    @routes.get("")
    def gaps() -> list[dict[str, Any]]:
        """All that were asked for, the newest first."""
        return [_document(run) for run in list_gaps(context().settings)]

    @routes.get("/{name}")
    def gap(name: str) -> dict[str, Any]:
        """How far it is; ``result`` is there when it is done, as ``gridlens gap --json`` prints it."""
        settings = context().settings
        run = gap_run(settings, name)
        result = gap_document(read_gap(settings, name)) if run.state.state == "done" else None
        return {**_document(run), "result": result}

    @routes.post("/{name}/stop")
    def stop(name: str) -> dict[str, Any]:
        """Stop measuring; photos that were read are not read again."""
        return _document(stop_gap(context().settings, name))

    @routes.get("/{name}/channels")
    def channels(name: str, layer: Annotated[str, Query(description="One of the layers measured.")]) -> dict[str, Any]:
        """A layer's most shifted channels, and the photos that show it most."""
        study = read_gap(context().settings, name)
        return {"layer": layer, "channels": shift_document(study, shifted_at(study, layer))}

    return routes


def _document(run: GapRun) -> dict[str, Any]:
    order = asdict(run.order)
    progress = None if run.state.progress is None else asdict(run.state.progress)
    return {
        "name": run.name,
        **{key: order[key] for key in ("model", "synthetic", "real", "layers")},
        "pairs": order["are_pairs"],
        "state": run.state.state,
        "progress": progress,
        "error": run.state.error,
    }
