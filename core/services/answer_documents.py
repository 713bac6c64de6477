"""Saved answers as documents: what the API gives of the numbers on the Curves page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from core.errors import ConfigError
from core.services.context import Context
from core.services.curves import without_nan
from core.services.evidence import Outcome, evidence
from core.services.label_table import label_rows, macro_words, map_words
from core.services.measured import Measured, View, measure, view
from core.services.measured_values import MeasuredValues, measure_values
from core.services.saved_answers import SavedAnswers, find_answers
from core.services.slices import (
    SlicedPhotos,
    find_worst,
    sliced_answers,
    sliced_values,
    slices_by,
    slices_document,
)
from core.services.trust import trust, trust_document, value_trust

DEFAULT_MARGIN = 0.1


def saved_document(saved: SavedAnswers) -> dict[str, Any]:
    """Whose answers, on what, when."""
    return {
        "name": saved.name,
        "kind": saved.kind,
        "model": saved.model or None,
        "number": saved.number or None,
        "version": saved.version or None,
        "title": saved.title,
        "labels": list(saved.labels),
        "dataset": saved.dataset,
        "photos": saved.photo_count,
        "failed": saved.failed_count,
        "made_at": saved.made_at.isoformat(),
    }


def answers_document(context: Context, name: str, threshold: float | None, overlap: float) -> dict[str, Any]:
    """Counts, rates with intervals, average precision, confusion and curves thinned for drawing; or errors of values.

    Args:
        context: settings.
        name: of saved answers.
        threshold: one for all labels; None for the model's own.
        overlap: from which a box is found.

    Raises:
        NotFoundError: no such answers.
        ConfigError: a file is damaged.
    """
    saved = find_answers(context.settings, name)
    if saved.kind == "value":
        return {**saved_document(saved), **_values(measure_values(saved))}
    measured = measure(saved)
    seen = _view(measured, threshold, overlap)
    curves = {label: lines[seen.overlap_index] for label, lines in measured.glance.drawn.items()}
    table = measured.glance.table
    document = {
        "thresholds": dict(seen.thresholds),
        "overlap": float(table.overlaps[seen.overlap_index]) if measured.crossing is not None else None,
        "labels": {
            row.label: {k: v for k, v in asdict(row).items() if k != "label"} for row in label_rows(measured, seen)
        },
        "means": macro_words(seen) | map_words(measured),
        "confusion": None if seen.confusion is None else asdict(seen.confusion),
        "curves": {
            label: {"threshold": c.threshold, "precision": c.precision, "recall": c.recall, "f1": c.f1}
            for label, c in curves.items()
        },
        "notes": list(measured.answers.notes),
    }
    return {**saved_document(saved), **without_nan(document)}


def photos_document(
    context: Context,
    name: str,
    outcome: Outcome,
    *,
    threshold: float | None,
    overlap: float,
    label: str | None,
    offset: int,
    limit: int,
) -> dict[str, Any]:
    """What was found rightly, needlessly or missed: how many, and a page of them.

    Raises:
        NotFoundError: no such answers.
        ConfigError: they are values, or have no such label.
    """
    measured = measure(find_answers(context.settings, name))
    if label is not None and label not in measured.labels:
        raise ConfigError(f"label: expected one of {', '.join(measured.labels)}, received {label!r}")
    seen = _view(measured, threshold, overlap)
    total, some = evidence(measured, seen, outcome, label=label, offset=offset, limit=limit)
    rows = [
        {
            "photo": one.photo,
            "label": one.label,
            "score": one.score,
            "box_xyxy_px": one.box,
            "instead": one.instead or None,
        }
        for one in some
    ]
    return {"outcome": outcome, "total": total, "photos": rows}


def trust_of(context: Context, name: str, overlap: float) -> dict[str, Any]:
    """Reliability and coverage; errors as ``answers_document``."""
    saved = find_answers(context.settings, name)
    if saved.kind == "value":
        return trust_document(value_trust(measure_values(saved)))
    return trust_document(trust(measure(saved), overlap))


def breakdown_of(
    context: Context,
    name: str,
    metric: str | None,
    column: str | None,
    *,
    threshold: float | None,
    overlap: float,
    pairs: bool,
) -> dict[str, Any]:
    """A metric by a column, and without a column the slices that are worse than chance explains.

    Args:
        context: store.
        name: of saved answers; several with commas are taken together.
        metric: None for the first.
        column: None for the worst slices of all.
        threshold, overlap: as ``answers_document``.
        pairs: search every two columns together too.

    Raises:
        NotFoundError: no such answers.
        ConfigError: no such metric or column (the message lists those that exist), or answers of different kinds.
    """
    every = [find_answers(context.settings, one) for one in name.split(",")]
    sliced = _sliced(context, every, threshold, overlap)
    wanted = metric or next(iter(sliced.metrics))
    found = find_worst(sliced, wanted, pairs=pairs) if column is None else slices_by(sliced, wanted, column)
    return {
        "metric": wanted,
        "metrics": list(sliced.metrics),
        "columns": list(sliced.columns),
        "slices": slices_document(sliced, found),
    }


def _sliced(context: Context, every: Sequence[SavedAnswers], threshold: float | None, overlap: float) -> SlicedPhotos:
    if other := next((saved for saved in every if saved.kind != every[0].kind), None):
        raise ConfigError(
            f"answers {other.name}: expected {every[0].kind} answers as {every[0].name}, got {other.kind}"
        )
    if every[0].kind == "value":
        return sliced_values(context, [measure_values(saved) for saved in every], DEFAULT_MARGIN)
    looks = [(measured, _view(measured, threshold, overlap)) for measured in map(measure, every)]
    return sliced_answers(context, looks)


def _view(measured: Measured, threshold: float | None, overlap: float) -> View:
    thresholds: Mapping[str, float] = (
        measured.start_thresholds() if threshold is None else dict.fromkeys(measured.labels, threshold)
    )
    return view(measured, thresholds, overlap)


def _values(measured: MeasuredValues) -> dict[str, Any]:
    errors = measured.errors
    margins = np.linspace(0, 0.5, 51)
    document: dict[str, Any] = without_nan(
        {
            "errors": {
                "count": errors.count,
                "refused": int((~measured.recognised).sum()),
                "mae": asdict(errors.mae),
                "rmse": errors.rmse,
                "bias": errors.bias,
                "quantiles": {f"{q:g}": error for q, error in errors.quantiles.items()},
                "within": {f"{margin:g}": asdict(share) for margin, share in errors.within.items()},
                "by_truth": [asdict(one) for one in errors.by_truth],
            },
            "margins": {"margin": margins, "share": measured.share_within(margins)},
        }
    )
    return document
