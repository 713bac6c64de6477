"""Metrics of saved answers by day, line, camera, quality and whatever else is known of the photos."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import ConfigError
from core.metrics.breakdown import PhotoRatio, Slice, breakdown, worst_slices
from core.metrics.photo_ratios import class_ratios, match_ratios, value_ratios
from core.services.answer_photos import slicing_columns, told_columns
from core.services.context import Context
from core.services.curves import without_nan
from core.services.measured import Measured, View, best_answers, true_label_of
from core.services.measured_values import MeasuredValues
from core.services.saved_answers import PHOTOS_FILE, SavedAnswers
from core.services.wording import label_words

GROUP = "group"
WHAT_IS_THERE = "what is there"
DATASET, VERSION = "dataset", "model version"
_TRUE_STEPS = 5


@dataclass(frozen=True, slots=True, eq=False)
class SlicedPhotos:
    """Photos with everything that they can be divided by, and every metric as sums over photos.

    Attributes:
        saved: whose answers, one a photo.
        photos: paths.
        metrics: name → metric.
        columns: name → one value a photo, "" where it is not known.
    """

    saved: tuple[SavedAnswers, ...]
    photos: tuple[str, ...]
    metrics: Mapping[str, PhotoRatio]
    columns: Mapping[str, Sequence[str]]

    @property
    def groups(self) -> Sequence[str] | None:
        """Photos drawn together for intervals: those of one pole or flight, where the dataset names groups."""
        return self.columns.get(GROUP)


def sliced_answers(context: Context, looks: Sequence[tuple[Measured, View]]) -> SlicedPhotos:
    """Recall, precision, missed and needless findings a photo, at the sliders' position; of classes accuracy too.

    Several sets of answers are taken together, and can then be divided by dataset and by model version.
    """
    return _together([_part_of_answers(context, measured, seen) for measured, seen in looks])


def sliced_values(context: Context, every: Sequence[MeasuredValues], margin: float) -> SlicedPhotos:
    """Mean absolute error and the share within a margin, of the photos that the models recognised."""
    return _together([_part_of_values(context, measured, margin) for measured in every])


def _part_of_answers(context: Context, measured: Measured, seen: View) -> SlicedPhotos:
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
    return _part(context, measured.saved, measured.answers.photos, metrics, {WHAT_IS_THERE: shown})


def _part_of_values(context: Context, measured: MeasuredValues, margin: float) -> SlicedPhotos:
    kept = np.flatnonzero(measured.recognised)
    photos = tuple(measured.photos[k] for k in kept)
    metrics = value_ratios(measured.values[kept], measured.truth[kept], margin)
    steps = np.round(np.floor(measured.truth[kept] * _TRUE_STEPS) / _TRUE_STEPS, 2)
    ranges = [f"{step:.1f} to {step + 1 / _TRUE_STEPS:.1f}" for step in steps]
    return _part(context, measured.saved, photos, metrics, {"true value": ranges})


def _part(
    context: Context,
    saved: SavedAnswers,
    photos: tuple[str, ...],
    metrics: Mapping[str, PhotoRatio],
    known: dict[str, list[str]],
) -> SlicedPhotos:
    """One set's photos, with everything that is told of them, as it is told."""
    version = f"{saved.title} v{saved.number}" if saved.model else saved.title
    known |= {DATASET: [saved.dataset.rpartition("/")[2]] * len(photos), VERSION: [version] * len(photos)}
    known |= told_columns(context, saved.folder / PHOTOS_FILE, photos)
    return SlicedPhotos((saved,) * len(photos), photos, metrics, known)


def _together(parts: Sequence[SlicedPhotos]) -> SlicedPhotos:
    """All parts' photos, with the metrics that every part has and the columns that photos can be divided by."""
    metrics = {
        name: PhotoRatio(
            name,
            np.concatenate([part.metrics[name].parts for part in parts]),
            np.concatenate([part.metrics[name].wholes for part in parts]),
            ratio.better,
        )
        for name, ratio in parts[0].metrics.items()
        if all(name in part.metrics for part in parts)
    }
    names = dict.fromkeys(name for part in parts for name in part.columns)
    told = {
        name: [cell for part in parts for cell in part.columns.get(name, [""] * len(part.photos))] for name in names
    }
    return SlicedPhotos(
        tuple(saved for part in parts for saved in part.saved),
        tuple(photo for part in parts for photo in part.photos),
        metrics,
        slicing_columns(told),
    )


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
