"""Precision, recall and F1 at every threshold that occurs: by label, over all labels, over overlaps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.errors import ArrayShapeError
from core.metrics.sorting import run_ends
from core.metrics.table import MatchTable

Float = NDArray[np.float64]
Counts = NDArray[np.int32] | NDArray[np.int64]

ALL = "ALL"


@dataclass(frozen=True, slots=True)
class Point:
    """Where a threshold stands on a curve.

    Attributes:
        threshold: score from which an answer counts.
        found: truths that are found.
        needless: answers that find no truth.
        missed: truths that are not found.
        precision: NaN where nothing is answered.
        recall: NaN where there is no truth.
        f1: NaN where there is neither.
    """

    threshold: float
    found: int
    needless: int
    missed: int
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """Counts at every threshold that occurs, and the rates that follow from them.

    Attributes:
        label: the label, or ``ALL``.
        overlap: the overlap from which a box is found.
        threshold: float64 (n,), ascending: every score that occurs, once.
        found: int32 or int64 (n,), truths found by answers of at least that score.
        answered: int32 or int64 (n,), answers of at least that score, ignored ones left out.
        truth_count: truths in all.
    """

    label: str
    overlap: float
    threshold: Float
    found: Counts
    answered: Counts
    truth_count: int

    @property
    def precision(self) -> Float:
        """Share of answers that are right; NaN where every answer so far is ignored."""
        return _ratio(self.found, self.answered)

    @property
    def recall(self) -> Float:
        """Share of truths that are found; NaN where there is no truth."""
        return self.found / self.truth_count if self.truth_count else np.full(len(self.found), np.nan)

    @property
    def f1(self) -> Float:
        """2 found / (answered + truths)."""
        whole = np.add(self.answered, self.truth_count, dtype=np.float64)
        if not self.truth_count:
            whole[whole == 0] = np.nan
        np.divide(self.found, whole, out=whole)
        whole *= 2
        return whole

    def at(self, threshold: float) -> Point:
        """The point of any threshold, whether it occurs or not."""
        i = int(np.searchsorted(self.threshold, threshold, side="left"))
        nothing = i == len(self.threshold)
        found, answered = (0, 0) if nothing else (int(self.found[i]), int(self.answered[i]))
        return Point(
            threshold=threshold,
            found=found,
            needless=answered - found,
            missed=self.truth_count - found,
            precision=_rate(found, answered),
            recall=_rate(found, self.truth_count),
            f1=_rate(2 * found, answered + self.truth_count),
        )

    def thinned(self, count: int = 400) -> Curve:
        """At most about 2 × ``count`` points, for drawing: even in score and in rank, ends and best F1 kept."""
        n = len(self.threshold)
        if n <= 2 * count:
            return self
        even = np.searchsorted(self.threshold, np.linspace(self.threshold[0], self.threshold[-1], count))
        kept = np.unique(np.concatenate([even, np.linspace(0, n - 1, count).astype(np.int64), [np.argmax(self.f1)]]))
        return Curve(
            self.label, self.overlap, self.threshold[kept], self.found[kept], self.answered[kept], self.truth_count
        )


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """Rates over thresholds × overlaps, for a heat map and a family of curves.

    Attributes:
        label: the label, or ``ALL`` (micro).
        threshold: float64 (n,), ascending.
        overlap: float64 (T,), ascending.
        precision, recall, f1: float64 (n, T); NaN as in ``Point``.
    """

    label: str
    threshold: Float
    overlap: Float
    precision: Float
    recall: Float
    f1: Float


def label_curve(table: MatchTable, label: int | None, overlap_index: int) -> Curve:
    """The exact curve of one label, or of all labels pooled (micro) for None."""
    return next(overlap_curves(table, label, [overlap_index]))


def overlap_curves(
    table: MatchTable, label: int | None, overlap_indices: Iterable[int] | None = None
) -> Iterator[Curve]:
    """The exact curves of one label, or of all labels pooled (micro) for None, at one overlap after the other.

    Args:
        table: the matches.
        label: which; None for all.
        overlap_indices: which of the table's overlaps; None for all of them.

    What is equal at every overlap (thresholds, and where no truth is ignored the answers) is made once and shared.
    """
    span = slice(None) if label is None else table.span(label)
    order = table.by_score if label is None else slice(None)
    score = table.score[span][order]
    ends = run_ends(score)
    is_each = len(ends) == len(score)  # every score occurs once
    threshold = (score if is_each else score[ends])[::-1]
    answered: Counts = (ends + 1).astype(np.int32)
    truth_counts = table.truth_counts()
    wanted = list(range(len(table.overlaps)) if overlap_indices is None else overlap_indices)
    true_ones = _true_by_score(table, wanted) if label is None else (table.is_true(t, span) for t in wanted)
    for t, is_true in zip(wanted, true_ones, strict=True):
        found = np.cumsum(is_true, dtype=np.int32)
        if table.truth_is_ignored.any():
            answered = np.cumsum(table.is_counted(t, span)[order], dtype=np.int32)[ends]
        yield Curve(
            ALL if label is None else table.labels[label],
            float(table.overlaps[t]),
            threshold,
            (found if is_each else found[ends])[::-1],
            answered[::-1],
            int(truth_counts.sum() if label is None else truth_counts[label]),
        )


def _true_by_score(table: MatchTable, overlap_indices: Sequence[int]) -> Iterator[NDArray[np.bool_]]:
    """``table.is_true`` in the order of ``table.by_score``, at one overlap after the other, in one array.

    What is true of an answer at many overlaps is carried over as bits of one number: one reach across memory.
    """
    for start in range(0, len(overlap_indices), 32):
        some = [np.uint32(1 << k) for k in range(len(overlap_indices[start : start + 32]))]
        marks = np.zeros(len(table), dtype=np.uint32)
        for bit, t in zip(some, overlap_indices[start:], strict=False):
            np.bitwise_or(marks, bit, out=marks, where=table.is_true(t))
        marks = marks[table.by_score]
        masked, is_true = np.empty_like(marks), np.empty(len(marks), dtype=bool)
        for bit in some:
            np.bitwise_and(marks, bit, out=masked)
            yield np.not_equal(masked, 0, out=is_true)


def score_curve(label: str, score: Float, is_true: NDArray[np.bool_], truth_count: int) -> Curve:
    """The exact curve of answers in any order that need no matching: (N,) scores, (N,) right or wrong.

    Raises:
        ArrayShapeError: lengths differ, or more answers are true than there are truths.
    """
    if score.shape != is_true.shape or int(is_true.sum()) > truth_count:
        raise ArrayShapeError(
            f"{label}: expected equal lengths and at most {truth_count} true answers, "
            f"got {score.shape}, {is_true.shape} and {int(is_true.sum())}"
        )
    order = np.argsort(-score, kind="stable")
    ends = run_ends(score[order])
    found = np.cumsum(is_true[order])[ends][::-1].astype(np.int64)
    return Curve(label, float("nan"), score[order][ends][::-1], found, (ends + 1)[::-1], truth_count)


def curves(table: MatchTable, overlap: float) -> dict[str, Curve]:
    """Curves of ``ALL`` (micro) and of every label at one of the table's overlaps.

    Raises:
        ArrayShapeError: the table has not that overlap.
    """
    t = table.overlap_index(overlap)
    each = {name: label_curve(table, k, t) for k, name in enumerate(table.labels)}
    return {ALL: label_curve(table, None, t), **each}


def surface(table: MatchTable, label: int | None, thresholds: Float) -> Surface:
    """Rates at each of ``thresholds`` (ascending) and each of the table's overlaps, exactly."""
    lines = list(overlap_curves(table, label))
    at = np.searchsorted(lines[0].threshold, thresholds, side="left")
    found = np.stack([np.append(line.found, 0)[at] for line in lines], axis=1)
    answered = np.stack([np.append(line.answered, 0)[at] for line in lines], axis=1)
    truths = np.full(found.shape, lines[0].truth_count)
    return Surface(
        lines[0].label,
        thresholds,
        table.overlaps,
        _ratio(found, answered),
        _ratio(found, truths),
        _ratio(2 * found, answered + truths),
    )


def _ratio(part: NDArray[np.integer], whole: NDArray[np.integer]) -> Float:
    if len(whole) and whole.min() > 0:
        return np.asarray(np.divide(part, whole), dtype=np.float64)
    quotient: Float = np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0)
    return quotient


def _rate(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")
