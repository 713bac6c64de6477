"""``/v1/curves`` and ``/v1/drift``: the numbers of ``gridlens curves``, and how photos change over time."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, File, Query, UploadFile

from core.errors import ConfigError
from core.metrics.threshold_choice import Costs
from core.services.answer_set import read_answer_set
from core.services.context import Context
from core.services.curves import choose_thresholds, curves_document, report_curves
from core.services.drift import BY_DAY, drift_document, find_photo_drift
from core.store.names import clean_name


def metric_routes(context: Callable[[], Context]) -> APIRouter:
    """The routes, on the context that ``context()`` gives."""
    routes = APIRouter(tags=["metrics"])

    @routes.post("/curves")
    def curves(
        predictions: Annotated[UploadFile, File(description="CSV path,label,score[,box], or COCO results.")],
        truth: Annotated[UploadFile, File(description="Dataset CSV, or COCO instances.")],
        overlap: Annotated[float, Query(description="IoU from which a box is found: 0.05, 0.10 … 0.95.")] = 0.5,
        recall: Annotated[float | None, Query(ge=0, le=1, description="Choose thresholds with this recall.")] = None,
        missed_cost: Annotated[float | None, Query(ge=0, description="Choose the cheapest thresholds.")] = None,
        visit_cost: Annotated[float, Query(ge=0, description="Cost of a needless visit.")] = 1.0,
    ) -> dict[str, Any]:
        """Curves, average precision and thresholds of predictions made anywhere; nothing is kept."""
        with tempfile.TemporaryDirectory(prefix="gridlens-curves-") as folder:
            try:
                answers = read_answer_set(_saved(predictions, folder, "predictions"), _saved(truth, folder, "truth"))
            except ConfigError as error:  # names the files as the sender knows them, not where they lay here
                raise ConfigError(_without_folder(str(error), folder)) from error
            report = report_curves(answers, overlap)
        costs = None if missed_cost is None else Costs(missed_cost, visit_cost)
        choices, notes = choose_thresholds(report, recall=recall, costs=costs)
        told = [_without_folder(note, folder) for note in (*answers.notes, *notes)]
        return {**curves_document(report, choices), "notes": told}

    @routes.get("/drift")
    def drift(
        reference_until: Annotated[str, Query(description="Last day (or other batch) of the reference period.")],
        by: Annotated[str, Query(description="day, or a metadata key such as flight.")] = BY_DAY,
        features_of: Annotated[str | None, Query(description="Model in whose feature space to compare.")] = None,
        marks: Annotated[bool, Query(description="Look for dead pixels and dirt; decodes photos in full.")] = False,
        false_alarms: Annotated[float, Query(gt=0, lt=1, description="Probability of any alarm by chance.")] = 0.05,
    ) -> dict[str, Any]:
        """Charts with control limits, and alarms with the photos that caused them."""
        found = find_photo_drift(
            context(), reference_until, by=by, features_of=features_of, has_marks=marks, false_alarms=false_alarms
        )
        return drift_document(found)

    return routes


def _saved(upload: UploadFile, folder: str, part: str) -> Path:
    """Each in a folder of its own, so that two files of one name do not meet."""
    place = Path(folder) / part
    place.mkdir()
    path = place / clean_name(upload.filename or f"{part}.csv")
    with path.open("wb") as file:
        shutil.copyfileobj(upload.file, file)
    return path


def _without_folder(text: str, folder: str) -> str:
    for part in ("predictions", "truth"):
        text = text.replace(f"{Path(folder) / part}/", "")
    return text
