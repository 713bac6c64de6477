"""Metrics of saved answers by day, line, camera, quality and whatever else is known of the photos."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import ConfigError
from core.metrics.breakdown import PhotoRatio, Slice, breakdown, worst_slices
from core.metrics.photo_ratios import class_ratios, match_ratios, value_ratios
from core.services.answer_photos import slicing_columns
from core.services.context import Context
from core.services.curves import without_nan
from core.services.measured import Measured, View, best_answers, true_label_of
from core.services.measured_values import MeasuredValues
from core.services.saved_answers import PHOTOS_FILE, SavedAnswers
from core.services.wording import label_words

GROUP = "group"
WHAT_IS_THERE = "what is there"
_TRUE_STEPS = 5


@dataclass(frozen=True, slots=True, eq=False)
class SlicedPhotos:
    """Photos with everything that they can be divided by, and every metric as sums over photos.

    Attributes:
        saved: whose answers.
        photos: paths.
        metrics: name → metric.
        columns: name → one value a photo, "" where it is not known.
    """

    saved: SavedAnswers
    photos: tuple[str, ...]
    metrics: Mapping[str, PhotoRatio]
    columns: Mapping[str, Sequence[str]]

    def file(self, k: int) -> Path:
        """The k-th photo's file."""
        return self.saved.photos_dir / self.photos[k]

    @property
    def groups(self) -> Sequence[str] | None:
        """Photos drawn together for intervals: those of one pole or flight, where the dataset names groups."""
        return self.columns.get(GROUP)


def sliced_answers(context: Context, measured: Measured, seen: View) -> SlicedPhotos:
    """Recall, precision, missed and needless findings a photo, at the sliders' position; of classes accuracy too."""
    table = measured.glance.table
    metrics = match_ratios(table, seen.thresholds, float(table.overlaps[seen.overlap_index]))
    if seen.confusion is not None and measured.crossing is None:
        best, clears = best_answers(measured, seen.thresholds)
        metrics = class_ratios(true_label_of(measured), best, clears) | metrics
    photo, label = measured.answers.true_labels
    there: list[set[str]] = [set() for _ in measured.answers.photos]
    for p, k in zip(photo.tolist(), label.tolist(), strict=True):
        there[p].add(label_words(measured.labels[k]))
    shown = [" + ".join(sorted(labels)) or "Nothing" for labels in there]
    columns = {WHAT_IS_THERE: shown} | slicing_columns(
        context, measured.saved.folder / PHOTOS_FILE, measured.answers.photos
    )
    return SlicedPhotos(measured.saved, measured.answers.photos, metrics, columns)


def sliced_values(context: Context, measured: MeasuredValues, margin: float) -> SlicedPhotos:
    """Mean absolute error and the share within a margin, of the photos that the model recognised."""
    kept = np.flatnonzero(measured.recognised)
    photos = tuple(measured.photos[k] for k in kept)
    metrics = value_ratios(measured.values[kept], measured.truth[kept], margin)
    steps = np.round(np.floor(measured.truth[kept] * _TRUE_STEPS) / _TRUE_STEPS, 2)
    columns = {"true value": [f"{step:.1f} to {step + 1 / _TRUE_STEPS:.1f}" for step in steps]}
    columns |= slicing_columns(context, measured.saved.folder / PHOTOS_FILE, photos)  # type: ignore[arg-type]
    return SlicedPhotos(measured.saved, photos, metrics, columns)


def slices_by(sliced: SlicedPhotos, metric: str, column: str) -> tuple[Slice, ...]:
    """A metric for every value of a column.

    Raises:
        ConfigError: no such metric or column; the message lists those that exist.
    """
    return breakdown(_metric(sliced, metric), column, _column(sliced, column), groups=sliced.groups)


def find_worst(sliced: SlicedPhotos, metric: str, *, pairs: bool = False) -> tuple[Slice, ...]:
    """Slices of any column that are worse than chance explains, the worst first.

    Args:
        sliced: the photos.
        metric: which.
        pairs: look at every two columns together too.

    Raises:
        ConfigError: no such metric.
    """
    return worst_slices(_metric(sliced, metric), sliced.columns, pairs=pairs, groups=sliced.groups, repeats=1000)


def worst_photos(sliced: SlicedPhotos, metric: str, photos: NDArray[np.int64]) -> NDArray[np.int64]:
    """Photos of a slice in the order in which they pull the metric down, the worst first."""
    ratio = _metric(sliced, metric)
    overall = ratio.parts.sum() / max(float(ratio.wholes.sum()), 1e-12)
    excess = (ratio.parts - overall * ratio.wholes)[photos]
    return np.asarray(photos[np.argsort(excess if ratio.better == "higher" else -excess, kind="stable")])


def slices_document(sliced: SlicedPhotos, slices: Sequence[Slice]) -> list[dict[str, Any]]:
    """JSON-ready rows with their photos; NaN is null."""
    rows: list[dict[str, Any]] = without_nan(
        [
            {
                "column": one.column,
                "value": one.value,
                "metric": one.metric.value,
                "low": one.metric.low,
                "high": one.metric.high,
                "count": len(one.photos),
                "difference": one.difference,
                "chance": one.chance,
                "photos": [sliced.photos[k] for k in one.photos.tolist()],
            }
            for one in slices
        ]
    )
    return rows


def _metric(sliced: SlicedPhotos, name: str) -> PhotoRatio:
    if name not in sliced.metrics:
        raise ConfigError(f"metric: expected one of {', '.join(sliced.metrics)}, received {name!r}")
    return sliced.metrics[name]


def _column(sliced: SlicedPhotos, name: str) -> Sequence[str]:
    if name not in sliced.columns:
        raise ConfigError(f"column: expected one of {', '.join(sliced.columns)}, received {name!r}")
    return sliced.columns[name]
