"""Whether photos, or what models say about them, have changed since a reference period; and which photos show it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.errors import ArrayShapeError, ConfigError
from core.imaging.lens_marks import FrameMarks
from core.metrics.control import ControlChart, mean_chart
from core.metrics.feature_drift import SHOWN_PHOTOS, feature_chart
from core.metrics.standing import Place, standing_charts
from core.metrics.training_drift import training_chart

Float = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Marks = tuple[Sequence[FrameMarks | None], Sequence[str]]


@dataclass(frozen=True, slots=True, eq=False)
class Alarm:
    """A batch that is beyond a limit.

    Attributes:
        measure: of which chart.
        batch: name.
        value: of the batch.
        low, high: its limits.
        photos: int64, indices of the photos that pull it there most, the strongest first.
        places: (x, y) in the frame, 0 to 1 from the upper left, of what stays in place; () for other measures.
    """

    measure: str
    batch: str
    value: float
    low: float
    high: float
    photos: Ints
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class DriftReport:
    """Charts of every measure and what is beyond their limits.

    Attributes:
        charts: in the order of the measures, then feature space (from reference and training), dead pixels and dirt.
        alarms: in order of batch.
    """

    charts: tuple[ControlChart, ...]
    alarms: tuple[Alarm, ...]


def find_drift(
    measures: Mapping[str, Float],
    batch: Sequence[str],
    reference: Collection[str],
    *,
    features: Float | None = None,
    from_training: bool = False,
    marks: Marks | None = None,
    false_alarms: float = 0.05,
    min_photos: int = 3,
    seed: int = 0,
) -> DriftReport:
    """Compare every batch outside the reference period with the batches in it.

    Args:
        measures: name → float (N,), one value a photo (brightness, confidence, 1 where the label is TREE …);
            NaN where a photo has none.
        batch: N names, such as days in ISO form or flights; they are sorted.
        reference: names of the reference batches, at least five.
        features: float (N, D), pooled features of a network, NaN where not read; None leaves feature space out.
        from_training: whether features are in standard deviations of the training photos; their distance from these
            is measured, too.
        marks: of each photo what lens and sensor left on it, and which sensor that is; None leaves dead pixels and
            dirt out.
        false_alarms: probability of any alarm at all, over all measures and batches, where nothing has changed.
        min_photos: smaller batches have no value and raise no alarm.
        seed: of samples and deals.

    Raises:
        ArrayShapeError: lengths differ.
        ConfigError: fewer than five reference batches, or names that do not occur.
    """
    names, codes = np.unique(np.array(list(batch), dtype=str), return_inverse=True)
    batches = tuple(str(name) for name in names)
    if unknown := sorted(set(reference) - set(batches)):
        raise ConfigError(f"reference: expected batches among those given, got {unknown[0]!r}")
    is_reference = np.array([name in reference for name in batches], dtype=bool)
    for name, values in measures.items():
        if np.shape(values) != (len(codes),):
            raise ArrayShapeError(f"{name}: expected {len(codes)} values, one a photo, got shape {np.shape(values)}")
    spaces = [feature_chart, *([training_chart] if from_training else [])] if features is not None else []
    looks = max((len(measures) + len(spaces) + (marks is not None)) * int((~is_reference).sum()), 1)
    tail = false_alarms / (2 * looks)
    charts: list[ControlChart] = []
    alarms: list[Alarm] = []
    for name, values in measures.items():
        chart = mean_chart(name, values, codes, batches, is_reference, tail=tail, min_photos=min_photos, seed=seed)
        charts.append(_possible(chart, values))
        alarms += [_alarm(charts[-1], int(b), _pullers(chart, values, codes, int(b))) for b in chart.alarms()]
    for space in spaces:
        assert features is not None
        chart, pull = space(features, codes, batches, is_reference, tail=2 * tail, min_photos=min_photos, seed=seed)
        charts.append(chart)
        alarms += [_alarm(chart, int(b), pull[int(b)]) for b in chart.alarms()]
    if marks is not None:
        for one in standing_charts(*marks, codes, batches, is_reference, tail=2 * tail):
            charts.append(one.chart)
            alarms += [_alarm(one.chart, b, one.photos[b], one.places[b]) for b in one.chart.alarms().tolist()]
    return DriftReport(tuple(charts), tuple(sorted(alarms, key=lambda alarm: alarm.batch)))


def label_measures(labels: Sequence[str], answer: Ints, confidence: Float, is_recognised: Bools) -> dict[str, Float]:
    """Measures of what a classifier says, for ``find_drift``: share of each label, of refusals, and confidence.

    Args:
        labels: K names.
        answer: int (N,), the best label.
        confidence: float (N,).
        is_recognised: bool (N,); a refused photo counts for no label and has no confidence.
    """
    shares = {f"share of {name}": ((answer == k) & is_recognised).astype(np.float64) for k, name in enumerate(labels)}
    refused = (~is_recognised).astype(np.float64)
    return {**shares, "share not recognised": refused, "confidence": np.where(is_recognised, confidence, np.nan)}


def _possible(chart: ControlChart, values: Float) -> ControlChart:
    """Limits without what no mean of such values can be, below 0 or, of shares, above 1; alarms stay the same."""
    known = values[~np.isnan(values)]
    low = np.maximum(chart.low, 0.0) if known.min() >= 0 else chart.low
    high = np.minimum(chart.high, 1.0) if known.min() >= 0 and known.max() <= 1 else chart.high
    return replace(chart, low=low, high=high)


def _alarm(chart: ControlChart, b: int, photos: Ints, places: tuple[Place, ...] = ()) -> Alarm:
    value, low, high = float(chart.value[b]), float(chart.low[b]), float(chart.high[b])
    return Alarm(chart.measure, chart.batches[b], value, low, high, photos, places)


def _pullers(chart: ControlChart, values: Float, batch: Ints, b: int) -> Ints:
    mine = np.flatnonzero((batch == b) & ~np.isnan(values))
    away = (values[mine] - chart.centre) * (1 if chart.value[b] > chart.centre else -1)
    return mine[np.argsort(-away, kind="stable")][:SHOWN_PHOTOS]
