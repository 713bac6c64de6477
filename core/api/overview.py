"""``/v1/overview`` and ``/v1/thresholds``: what the store amounts to, and from which confidence findings count."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from core.services.context import Context
from core.services.overview import Count, Period, overview, overview_document, photos_of, read_points
from core.services.threshold_choosing import DEFAULT_PERSON, thresholds_document, use_thresholds

Since = Annotated[date | None, Query(description="First day of capture.")]
Until = Annotated[date | None, Query(description="Last day of capture.")]
Line = Annotated[str | None, Query(description="Metadata `line`, else the batch's name.")]


class WantedThresholds(BaseModel):
    """Thresholds to take into use."""

    thresholds: Annotated[dict[str, float | None], Field(min_length=1, description="Label → 0 to 1; null: as shipped.")]
    rule: Annotated[str, Field(max_length=500, description="How they were chosen.")] = "set by hand"
    person: Annotated[str, Field(min_length=1, max_length=100)] = DEFAULT_PERSON
    version: Annotated[str | None, Field(max_length=64, description="Of the model; null: the installed one.")] = None


def overview_routes(context: Callable[[], Context]) -> APIRouter:
    """The routes, on the context that ``context()`` gives."""
    routes = APIRouter()

    @routes.get("/overview", tags=["overview"])
    def counts(since: Since = None, until: Until = None, line: Line = None) -> dict[str, Any]:
        """Counts by severity, over time and by line; agreement between people and models; versions in use."""
        return overview_document(overview(read_points(context()), Period(since, until, line)))

    @routes.get("/overview/photos", tags=["overview"])
    def photos(
        count: Annotated[Count, Query(description="Which number's photos.")],
        since: Since = None,
        until: Until = None,
        line: Line = None,
        offset: Annotated[int, Query(ge=0)] = 0,
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    ) -> dict[str, Any]:
        """The photos behind a count, the most urgent first."""
        found = photos_of(overview(read_points(context()), Period(since, until, line)), count)
        rows = [
            {"sha256": p.sha256, "name": p.name, "moment": p.moment.isoformat(), "urgency_step": p.urgency_step}
            for p in found[offset : offset + limit]
        ]
        return {"count": count, "total": len(found), "photos": rows}

    @routes.get("/thresholds", tags=["thresholds"])
    def thresholds() -> list[dict[str, Any]]:
        """Every label of the installed models: the threshold in force, the shipped one, and who chose it when."""
        return thresholds_document(context())

    @routes.put("/thresholds/{model}", tags=["thresholds"])
    def choose(model: str, wanted: WantedThresholds) -> dict[str, Any]:
        """Keep thresholds with a model version; photos are judged by them at once."""
        use = use_thresholds(
            context(), model, wanted.thresholds, rule=wanted.rule, version=wanted.version, person=wanted.person
        )
        return asdict(use)

    return routes
