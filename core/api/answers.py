"""``/v1/answers``: saved answers on labelled photos, at any threshold and overlap, with photos behind counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Query, UploadFile

from core.services.answer_documents import answers_document, breakdown_of, photos_document, saved_document, trust_of
from core.services.answer_intake import add_answers
from core.services.context import Context
from core.services.evidence import Outcome
from core.services.saved_answers import list_answers

Threshold = Annotated[float | None, Query(description="One for all labels; without it the model's own.")]
Overlap = Annotated[float, Query(gt=0, le=1, description="IoU from which a box is found; the nearest of 0.05 … 0.95.")]


def answer_routes(context: Callable[[], Context]) -> APIRouter:
    """The routes, on the context that ``context()`` gives."""
    routes = APIRouter(prefix="/answers", tags=["metrics"])

    @routes.get("")
    def answers() -> list[dict[str, Any]]:
        """All saved answers, the newest first, the shipped ones last; make some with ``gridlens evaluate --save``."""
        return [saved_document(saved) for saved in list_answers(context().settings)[0]]

    @routes.post("", status_code=201)
    def bring(
        predictions: Annotated[UploadFile, File(description="CSV path,label,score[,box], or COCO results.")],
        truth: Annotated[UploadFile, File(description="Dataset CSV, or COCO instances.")],
        name: Annotated[str, Form(max_length=80, description="Of the answers.")],
        photos_dir: Annotated[str, Form(description="Folder on the server that paths of photos begin at.")] = "",
        model: Annotated[str | None, Form(description="The installed model that these are answers of.")] = None,
    ) -> dict[str, Any]:
        """Keep predictions made elsewhere, beside their truth."""
        files = [(one.filename or part, one.file.read()) for one, part in ((predictions, "p.csv"), (truth, "t.csv"))]
        return saved_document(add_answers(context(), files[0], files[1], name, photos_dir, model))

    @routes.get("/{name}")
    def one(name: str, threshold: Threshold = None, overlap: Overlap = 0.5) -> dict[str, Any]:
        """Counts, rates with intervals, average precision, confusion and curves; of values their errors."""
        return answers_document(context(), name, threshold, overlap)

    @routes.get("/{name}/photos")
    def photos(
        name: str,
        outcome: Annotated[Outcome, Query(description="right, needless or missed")],
        threshold: Threshold = None,
        overlap: Overlap = 0.5,
        label: Annotated[str | None, Query(description="Of one label alone.")] = None,
        offset: Annotated[int, Query(ge=0)] = 0,
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    ) -> dict[str, Any]:
        """The findings, or misses, behind a count."""
        return photos_document(
            context(), name, outcome, threshold=threshold, overlap=overlap, label=label, offset=offset, limit=limit
        )

    @routes.get("/{name}/trust")
    def trust(name: str, overlap: Overlap = 0.5) -> dict[str, Any]:
        """Reliability and coverage, before and after calibration."""
        return trust_of(context(), name, overlap)

    @routes.get("/{name}/breakdown")
    def breakdown(
        name: str,
        metric: Annotated[str | None, Query(description="recall, precision, accuracy, mae …")] = None,
        by: Annotated[str | None, Query(description="A column; without it the worst slices of all.")] = None,
        threshold: Threshold = None,
        overlap: Overlap = 0.5,
        pairs: Annotated[bool, Query(description="Search every two columns together too.")] = False,
    ) -> dict[str, Any]:
        """A metric by day, line, camera, quality …, with intervals and photos; of ``a,b`` by dataset too."""
        return breakdown_of(context(), name, metric, by, threshold=threshold, overlap=overlap, pairs=pairs)

    return routes
