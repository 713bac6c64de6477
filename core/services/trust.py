"""Whether what a model states of its own sureness is kept, before and after calibration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.metrics.intervals import Interval, wilson
from core.metrics.reliability import (
    Coverage,
    Reliability,
    interval_coverage,
    reliability,
    set_coverage,
    uncalibrated,
)
from core.services.curves import without_nan
from core.services.measured import Measured, probability_rows
from core.services.measured_values import MeasuredValues

Float = NDArray[np.float64]
Bools = NDArray[np.bool_]

BEFORE, AFTER, STATED = "before calibration", "after calibration", "as stated"
_VALUE_BINS = 5
_TINY = 1e-12


@dataclass(frozen=True, slots=True)
class Trust:
    """What was stated, against what was true.

    Attributes:
        diagrams: ``before calibration`` and ``after calibration`` (or ``as stated``, where no calibration is known)
            → reliability diagram; empty for values, and for scores that are no probabilities.
        coverage: the same names → coverage of prediction sets, or of intervals of values.
        by_part: coverage of what was stated by true label, or by range of true value.
        notes: what could not be told, and why, in words.
    """

    diagrams: Mapping[str, Reliability]
    coverage: Mapping[str, Coverage]
    by_part: Mapping[str, Interval]
    notes: tuple[str, ...]


def trust(measured: Measured, overlap: float) -> Trust:
    """Reliability of labels and boxes, and coverage of prediction sets where every label of a photo is scored.

    Args:
        measured: the answers. Photos that the model refuses, and those that show none of the labels, are left out
            where a photo has one label; boxes, and labels that may hold together, are each a question of its own.
        overlap: from which a box is right.
    """
    table = measured.glance.table
    if not len(table):
        return Trust({}, {}, {}, ("there are no answers",))
    if table.score.min() < 0 or table.score.max() > 1:
        return Trust({}, {}, {}, ("scores are not between 0 and 1, so that they state no confidence",))
    temperature = measured.saved.calibration.get("temperature")
    notes = _temperature_notes(temperature)
    if measured.crossing is not None or measured.saved.multi_label:
        t = measured.overlap_index(overlap)
        counted = table.is_counted(t)
        stated, right = table.score[counted], table.is_true(t)[counted]
        return Trust(_diagrams(stated, _raised(stated, temperature), right), {}, {}, notes)
    probabilities, truth = probability_rows(measured)
    if not len(truth):
        return Trust({}, {}, {}, ("no photo with one of the labels has a score for every label that sum to 1",))
    before = None if temperature is None else uncalibrated(probabilities, temperature)
    best = probabilities.argmax(axis=1)
    diagrams = _diagrams(probabilities.max(axis=1), None if before is None else before.max(axis=1), best == truth)
    coverage: dict[str, Coverage] = {}
    quantile, wanted = measured.saved.conformal.get("quantile"), measured.saved.conformal.get("coverage")
    if quantile is None or wanted is None:
        return Trust(diagrams, {}, {}, (*notes, "the model states no prediction sets"))
    if before is not None:
        # Without calibration one would take the network at its word: labels until they sum to the coverage.
        coverage[BEFORE] = set_coverage(before, truth, measured.labels, wanted, wanted)
    coverage[AFTER] = set_coverage(probabilities, truth, measured.labels, quantile, wanted)
    return Trust(diagrams, coverage, coverage[AFTER].by_label, notes)


def value_trust(measured: MeasuredValues) -> Trust:
    """Coverage of stated intervals, over all recognised photos and by range of true value."""
    known = measured.recognised & ~np.isnan(measured.low) & ~np.isnan(measured.high)
    wanted = measured.saved.conformal.get("coverage")
    if not known.any() or wanted is None:
        return Trust({}, {}, {}, ("no intervals were stated",))
    low, high, truth = measured.low[known], measured.high[known], measured.truth[known]
    covered = (low <= truth) & (truth <= high)
    edges = np.unique(np.quantile(truth, np.linspace(0, 1, _VALUE_BINS + 1)))
    parts: dict[str, Interval] = {}
    for k, (start, end) in enumerate(pairwise(edges.tolist())):
        inside = (truth >= start) & ((truth <= end) if k == len(edges) - 2 else (truth < end))
        parts[f"true value {start:.2f} to {end:.2f}"] = wilson(int(covered[inside].sum()), int(inside.sum()))
    notes = ("before calibration the network gives a bare value: it states no interval that could hold the truth",)
    return Trust({}, {AFTER: interval_coverage(low, high, truth, wanted)}, parts, notes)


def trust_document(found: Trust) -> dict[str, Any]:
    """JSON-ready; NaN is null."""
    document: dict[str, Any] = without_nan(
        {
            "reliability": {name: asdict(diagram) for name, diagram in found.diagrams.items()},
            "coverage": {name: asdict(coverage) for name, coverage in found.coverage.items()},
            "by_part": {name: asdict(interval) for name, interval in found.by_part.items()},
            "notes": list(found.notes),
        }
    )
    return document


def _diagrams(after: Float, before: Float | None, right: Bools) -> dict[str, Reliability]:
    if before is None:
        return {STATED: reliability(after, right)}
    return {BEFORE: reliability(np.clip(before, 0, 1), right), AFTER: reliability(after, right)}


def _raised(stated: Float, temperature: float | None) -> Float | None:
    """sigmoid(z) from sigmoid(z / t)."""
    if temperature is None:
        return None
    logit = np.log(np.maximum(stated, _TINY)) - np.log(np.maximum(1 - stated, _TINY))
    return np.asarray(1 / (1 + np.exp(-logit * temperature)))


def _temperature_notes(temperature: float | None) -> tuple[str, ...]:
    if temperature is None:
        return ("whose calibration made these scores is not known: they are taken as they are",)
    sure = "less" if temperature > 1 else "more"
    if temperature == 1:
        return ("the temperature is 1: calibration changed nothing",)
    return (f"calibration divided the network's logits by {temperature:.3f}, which makes it {sure} sure",)
