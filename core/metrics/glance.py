"""What a slider reads: every label's curve at every overlap, thinned for drawing, and exact points in a millisecond."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.errors import ConfigError
from core.metrics.average_precision import stepwise_precision, table_precision
from core.metrics.curves import ALL, Curve, Point, Surface, label_curve, overlap_curves
from core.metrics.table import WHOLE_PHOTO, MatchTable

Float = NDArray[np.float64]

GRID_STEPS = 101  # thresholds of a surface; curves keep every step that a screen can show
DRAWN_POINTS = 400


@dataclass(frozen=True, slots=True, eq=False)
class Glance:
    """Everything that a move of a slider needs, made once from a match table.

    Attributes:
        table: the matches.
        drawn: label (``ALL``, pooled, first) → a thinned curve at each of the table's overlaps.
        surfaces: the same names → exact rates over thresholds × overlaps.
        precision: the same names → average precision at each overlap, float64 (T,); NaN without truth. Boxes as
            COCO defines it, ``ALL`` and labels of whole photos as scikit-learn does.
        truths: the same names → truths that count.
        span: lowest and highest threshold worth a slider: 0 to 1, or wider where scores are no probabilities.
    """

    table: MatchTable
    drawn: Mapping[str, tuple[Curve, ...]]
    surfaces: Mapping[str, Surface]
    precision: Mapping[str, Float]
    truths: Mapping[str, int]
    span: tuple[float, float]

    def point(self, label: str, overlap_index: int, threshold: float) -> Point:
        """Where a threshold stands, counted exactly.

        Raises:
            ConfigError: no such label; ``ALL`` has no threshold of its own, see ``points``.
        """
        if label not in self.table.labels:
            raise ConfigError(f"label: expected one of {', '.join(self.table.labels)}, got {label!r}")
        span = self.table.span(self.table.labels.index(label))
        best_first = self.table.score[span]
        count = len(best_first) - int(np.searchsorted(best_first[::-1], threshold, side="left"))
        found = self.table.truth[overlap_index, span.start : span.start + count]
        hits = np.flatnonzero(found >= 0)
        ignored = int(np.count_nonzero(self.table.truth_is_ignored[found[hits]]))
        return _point(threshold, len(hits) - ignored, count - ignored, self.truths[label])

    def points(self, thresholds: Mapping[str, float], overlap_index: int) -> dict[str, Point]:
        """``ALL`` first, then every label at its threshold; ``ALL`` adds them up (threshold NaN where they differ)."""
        each = {label: self.point(label, overlap_index, thresholds[label]) for label in self.table.labels}
        found, answered = sum(p.found for p in each.values()), sum(p.found + p.needless for p in each.values())
        same = {p.threshold for p in each.values()}
        threshold = same.pop() if len(same) == 1 else float("nan")
        return {ALL: _point(threshold, found, answered, self.truths[ALL]), **each}

    def curve(self, label: str, overlap_index: int) -> Curve:
        """The exact curve of a label or of ``ALL``, made anew: some 30 ms for a million answers."""
        return label_curve(self.table, _index(self.table, label), overlap_index)


def glance(table: MatchTable) -> Glance:
    """Make every curve once and keep what is drawn of it; about a second for a million boxes at 19 overlaps."""
    low = min(0.0, float(table.score.min())) if len(table) else 0.0
    high = max(1.0, float(table.score.max())) if len(table) else 1.0
    grid = np.linspace(low, high, GRID_STEPS)
    counts = table.truth_counts()
    names = (ALL, *table.labels)
    drawn: dict[str, tuple[Curve, ...]] = {}
    surfaces: dict[str, Surface] = {}
    for name in names:
        lines: list[Curve] = []
        columns: list[tuple[Float, Float, Float]] = []
        for curve in overlap_curves(table, _index(table, name)):
            lines.append(curve.thinned(DRAWN_POINTS))
            columns.append(_rates(curve, grid))
        drawn[name] = tuple(lines)
        stacked = [np.stack(rate, axis=1) for rate in zip(*columns, strict=True)]
        surfaces[name] = Surface(name, grid, table.overlaps, *stacked)
    truths = {ALL: int(counts.sum()), **{label: int(n) for label, n in zip(table.labels, counts, strict=True)}}
    return Glance(table, drawn, surfaces, _precision(table), truths, (low, high))


def _precision(table: MatchTable) -> dict[str, Float]:
    counts, found = table.truth_counts(), np.full(len(table.overlaps), np.nan)
    for t in range(len(table.overlaps)):
        counted = table.is_counted(t)
        found[t] = stepwise_precision(table.score[counted], table.is_true(t)[counted], int(counts.sum()))
    precision = {ALL: found}
    if len(table.overlaps) > 1 or table.overlaps[0] != WHOLE_PHOTO[0]:
        return precision | dict(zip(table.labels, table_precision(table), strict=True))
    spans = [table.span(k) for k in range(len(table.labels))]
    each = [stepwise_precision(table.score[s], table.is_true(0)[s], int(n)) for s, n in zip(spans, counts, strict=True)]
    return precision | {label: np.array([value]) for label, value in zip(table.labels, each, strict=True)}


def _rates(curve: Curve, grid: Float) -> tuple[Float, Float, Float]:
    """Precision, recall and F1 at the thresholds of a grid; NaN where a rate is not defined."""
    at = np.searchsorted(curve.threshold, grid, side="left")
    found, answered = np.append(curve.found, 0)[at], np.append(curve.answered, 0)[at]
    truths = np.full(len(grid), curve.truth_count)
    return _ratio(found, answered), _ratio(found, truths), _ratio(2 * found, answered + truths)


def _ratio(part: NDArray[np.integer], whole: NDArray[np.integer]) -> Float:
    return np.asarray(np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0))


def _index(table: MatchTable, name: str) -> int | None:
    return None if name == ALL else table.labels.index(name)


def _point(threshold: float, found: int, answered: int, truths: int) -> Point:
    def rate(part: int, whole: int) -> float:
        return part / whole if whole else float("nan")

    return Point(
        threshold,
        found,
        answered - found,
        truths - found,
        rate(found, answered),
        rate(found, truths),
        rate(2 * found, answered + truths),
    )
