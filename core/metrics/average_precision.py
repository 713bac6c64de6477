"""Average precision and recall, as COCO and as scikit-learn define them, from a match table."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.metrics.intervals import Interval, bootstrap
from core.metrics.sorting import run_ends
from core.metrics.table import MatchTable

Float = NDArray[np.float64]
Bools = NDArray[np.bool_]

# The same floats as pycocotools'.
RECALL_STEPS: Float = np.linspace(0.0, 1.0, 101)
COCO_MAX_ANSWERS = 100


def interpolated_precision(is_true: Bools, is_counted: Bools | None, truth_count: int) -> tuple[float, float]:
    """COCO's average precision and its last recall, of answers that are sorted best first.

    Args:
        is_true: bool (N,), the answer found a truth.
        is_counted: bool (N,), answers that are not ignored; None for all.
        truth_count: truths that count.

    Returns:
        (mean over 101 recalls of the highest precision at that recall or beyond, recall of all answers).
        NaN and NaN where there is no truth. 0 and 0 where there is truth and no answer.

    Source: ``COCOeval.accumulate`` of pycocotools.
    """
    if truth_count == 0:
        return float("nan"), float("nan")
    hits = np.flatnonzero(is_true)
    if len(hits) == 0:
        return 0.0, 0.0
    answers = hits + 1 if is_counted is None else np.cumsum(is_counted)[hits]
    found = np.arange(1, len(hits) + 1)
    # Precision rises only where a truth is found, so its highest value from some place on is at one of these.
    precision = found / (answers + np.spacing(1))
    envelope = np.append(np.maximum.accumulate(precision[::-1])[::-1], 0.0)
    at = np.searchsorted(found / truth_count, RECALL_STEPS, side="left")
    return float(envelope[at].mean()), float(len(hits) / truth_count)


def table_precision(table: MatchTable, max_answers: int = COCO_MAX_ANSWERS) -> Float:
    """Average precision of every label at every overlap: float64 (K, T).

    Args:
        table: the matches.
        max_answers: only so many of the best answers of a photo and label count, as in COCO.

    Returns:
        0 to 1; NaN for a label without truth.
    """
    precision = np.full((len(table.labels), len(table.overlaps)), np.nan)
    truth_counts = table.truth_counts()
    has_ignored = bool(table.truth_is_ignored.any())
    for k in range(len(table.labels)):
        span = table.span(k)
        is_kept = table.rank[span] < max_answers
        kept = slice(None) if is_kept.all() else np.flatnonzero(is_kept)
        for t in range(len(table.overlaps)):
            is_true = table.is_true(t, span)[kept]
            is_counted = table.is_counted(t, span)[kept] if has_ignored else None
            precision[k, t] = interpolated_precision(is_true, is_counted, int(truth_counts[k]))[0]
    return precision


def mean_precision(precision: Float) -> float:
    """COCO's mAP: the mean over labels with truth and over the overlaps given; NaN where no label has truth.

    Args:
        precision: (K, T) or (K,), NaN for a label without truth.
    """
    known = precision[~np.isnan(precision)]
    return float(known.mean()) if len(known) else float("nan")


def stepwise_precision(score: Float, is_true: Bools, truth_count: int) -> float:
    """Σ (R_n − R_n−1) P_n over the thresholds that occur: what scikit-learn calls average precision.

    Args:
        score: (N,), in any order.
        is_true: bool (N,).
        truth_count: at least the number of true answers; truths that no answer claims are missed for good.

    Returns:
        0 to 1; NaN where there is no truth; 0 where there is truth and no answer.

    Source: scikit-learn, ``average_precision_score``.
    """
    if truth_count == 0:
        return float("nan")
    order = np.argsort(-score, kind="stable")
    ends = run_ends(score[order])  # equal scores count together, in whatever order they come
    found = np.cumsum(is_true[order])[ends]
    return float(np.sum(np.diff(found, prepend=0) * found / (ends + 1)) / truth_count)


def precision_interval(
    table: MatchTable,
    label: int,
    overlap_index: int,
    *,
    groups: Sequence[object] | None = None,
    repeats: int = 200,
    seed: int = 0,
) -> Interval:
    """Bootstrap interval, by photo or group of photos, of one label's average precision.

    Args:
        table: the matches.
        label, overlap_index: which.
        groups: one for each of ``table.photo_count`` photos; None draws single photos.
        repeats, seed: as ``core.metrics.intervals.bootstrap``. Each draw passes over the label's answers once.

    Returns:
        Its value is ``table_precision``'s. Drawn twice, a photo's answers and truths count twice.
    """
    span = table.span(label)
    kept = np.flatnonzero(table.rank[span] < COCO_MAX_ANSWERS) + span.start
    kept = kept[table.is_counted(overlap_index)[kept]]
    is_true, photo = table.is_true(overlap_index)[kept], table.photo[kept]
    mine = (table.truth_label == label) & ~table.truth_is_ignored
    truths = np.bincount(table.truth_photo[mine], minlength=table.photo_count)

    def statistic(weights: Float) -> float:
        truth_weight = float(weights @ truths)
        if truth_weight == 0:
            return float("nan")
        once = weights[photo]
        hits = np.flatnonzero(is_true & (once > 0))
        found, answers = np.cumsum(once * is_true)[hits], np.cumsum(once)[hits]
        envelope = np.append(np.maximum.accumulate((found / (answers + np.spacing(1)))[::-1])[::-1], 0.0)
        return float(envelope[np.searchsorted(found / truth_weight, RECALL_STEPS, side="left")].mean())

    return bootstrap(statistic, table.photo_count, groups=groups, repeats=repeats, seed=seed)
