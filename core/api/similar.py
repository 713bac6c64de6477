"""``/v1/photos/…/compare/…`` and ``/v1/similar``: two photos in all measures, and photos like one in a library."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from functools import lru_cache
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from core.compare.descriptors import Describer
from core.compare.ranking import LEAST_SHARE, NEIGHBOURS
from core.compare.representatives import Method
from core.services.compare import compare_files, comparison_document, make_describer
from core.services.context import Context
from core.services.libraries import asked_library, library_source
from core.services.library_documents import duplicates_document, representatives_document, similar_document
from core.services.photo_library import Library, representative_photos
from core.services.similar import parse_weights, similar_photos, similar_regions


class InLibrary(BaseModel):
    """What is looked through."""

    source: Annotated[
        str, Field(alias="in", min_length=1, max_length=2000, description="CSV or folder on the server, dataset:NAME")
    ]


class WantedSimilar(InLibrary):
    """Photos like one."""

    photo: Annotated[str, Field(max_length=64, description="SHA-256 of a photo in the store.")]
    by: Annotated[list[str], Field(max_length=40, description="MEASURE or MEASURE=WEIGHT; several vote.")] = []
    region: Annotated[
        tuple[float, float, float, float] | None,
        Field(description="Instead of the whole photo a part of it: x_min, y_min, x_max, y_max, pixels."),
    ] = None
    count: Annotated[int, Field(ge=1, le=1000)] = 10
    neighbours: Annotated[int, Field(ge=1, le=1000, description="How many say which class.")] = NEIGHBOURS
    least_share: Annotated[float, Field(gt=0, le=1, description="From which a class is in question.")] = LEAST_SHARE
    known_as: Annotated[str, Field(max_length=200, description="What the photo is taken for.")] = ""


class WantedDuplicates(InLibrary):
    """Photos that are there twice."""

    at_most_bits: Annotated[int, Field(ge=0, le=15)] = 4


class WantedRepresentatives(InLibrary):
    """Photos that stand for a class."""

    label: Annotated[str | None, Field(max_length=200, description="None for all photos.")] = None
    method: Method = "prototypes"
    count: Annotated[int, Field(ge=1, le=1000)] = 6
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 0


def similar_routes(context: Callable[[], Context]) -> APIRouter:
    """The routes, on the context that ``context()`` gives.

    A library of more than a few new photos is read in the background first: until it has been, the answer is 202 with
    how far that is, and the same question can be asked again.
    """
    routes = APIRouter(tags=["similar photos"])
    describer = lru_cache(maxsize=1)(lambda: make_describer(context().settings))  # its sessions are opened once

    def answer(wanted: InLibrary, document: Callable[[Library, Describer], dict[str, Any]]) -> Any:
        settings = context().settings
        found = asked_library(settings, library_source(settings, wanted.source), describer())
        if isinstance(found, Library):
            return document(found, describer())
        return JSONResponse({"reading": asdict(found)}, 202)

    @routes.get("/photos/{a}/compare/{b}")
    def compare(
        a: str,
        b: str,
        model: Annotated[list[str], Query(description="NAME or NAME:LAYER; none for every installed model.")] = [],  # noqa: B006
    ) -> dict[str, Any]:
        """Every measure between two photos of the store, each with its range and the way that is nearer."""
        opened = context()
        files = [opened.store.original_path(sha256) for sha256 in (a, b)]
        by = make_describer(opened.settings, model) if model else describer()
        return comparison_document(a, b, compare_files(opened.settings, files[0], files[1], by))

    @routes.post("/similar")
    def similar(wanted: WantedSimilar) -> Any:
        """The nearest photos of a library, and the classes that come into question with an example each."""
        return answer(wanted, lambda library, describer: _nearest(context(), library, describer, wanted))

    @routes.post("/similar/duplicates")
    def duplicates(wanted: WantedDuplicates) -> Any:
        """Groups of near-duplicates over a whole library."""
        return answer(wanted, lambda library, _: duplicates_document(library, wanted.at_most_bits))

    @routes.post("/similar/representatives")
    def representatives(wanted: WantedRepresentatives) -> Any:
        """Photos that stand for a class: a random sample, medoids of clusters, or prototypes and criticisms."""

        def chosen(library: Library, _: Describer) -> dict[str, Any]:
            asked = wanted.label, wanted.method, wanted.count
            return representatives_document(
                library, representative_photos(context().settings, library, *asked, seed=wanted.seed)
            )

        return answer(wanted, chosen)

    return routes


def _nearest(context: Context, library: Library, describer: Describer, wanted: WantedSimilar) -> dict[str, Any]:
    photo = context.store.original_path(wanted.photo)
    criterion: dict[str, Any] = {
        "count": wanted.count, "neighbours": wanted.neighbours, "least_share": wanted.least_share,
        "known_as": wanted.known_as, "copies": False, "max_pixels": context.settings.max_pixels,
    }  # fmt: skip
    if wanted.region is not None:
        found = similar_regions(library, photo, wanted.region, **criterion)
    else:
        found = similar_photos(library, photo, by=parse_weights(wanted.by, describer), **criterion)
    return similar_document(library, wanted.photo, found)
