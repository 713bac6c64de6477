"""Labels of whole photos: the match table of classification, answers by rank, and the top k."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.errors import ArrayShapeError
from core.metrics.sorting import best_first, sort_by
from core.metrics.table import WHOLE_PHOTO, MatchTable

Float = NDArray[np.float64]
Ints = NDArray[np.int64]


def match_labels_table(
    photo: ArrayLike,
    label: ArrayLike,
    score: ArrayLike,
    truth_photo: ArrayLike,
    truth_label: ArrayLike,
    labels: Sequence[str],
    photo_count: int,
) -> MatchTable:
    """A match table of scored labels: an answer is true where its photo has that label.

    Args:
        photo, label, score: (N,), at most one score a photo and label; what is not scored is not answered.
        truth_photo, truth_label: (M,), at most once a photo and label; a photo may have several labels or none.
        labels: names of the label indices.
        photo_count: more than any photo index.

    Raises:
        ArrayShapeError: lengths differ, a score is not finite, an index is out of range, or a pair comes twice.
    """
    photos, kinds = np.asarray(photo, np.int64).reshape(-1), np.asarray(label, np.int64).reshape(-1)
    scores = np.asarray(score, np.float64).reshape(-1)
    there, of_kind = np.asarray(truth_photo, np.int64).reshape(-1), np.asarray(truth_label, np.int64).reshape(-1)
    count = len(labels)
    _check("answers", photos, kinds, count, photo_count)
    _check("truth", there, of_kind, count, photo_count)
    if len(scores) != len(photos) or not np.isfinite(scores).all():
        raise ArrayShapeError(f"score: expected {len(photos)} finite numbers, got {len(scores)} or one that is not")
    truth_group = there * count + of_kind
    truth_order = np.argsort(truth_group, kind="stable")
    group = photos * count + kinds
    at = np.searchsorted(truth_group[truth_order], group)
    padded = np.append(truth_order, 0)
    found = np.where(np.append(truth_group, -1)[np.append(truth_order, len(there))[at]] == group, padded[at], -1)
    row, place = sort_by(kinds, best_first(scores, photos))
    by_score = np.empty(len(scores), dtype=np.int64)
    by_score[place] = np.arange(len(scores))
    return MatchTable(
        labels=tuple(labels),
        photo_count=photo_count,
        overlaps=WHOLE_PHOTO,
        photo=photos[row].astype(np.int32),
        label=kinds[row].astype(np.int32),
        score=scores[row],
        row=row,
        rank=np.zeros(len(scores), dtype=np.int32),
        best_overlap=(found[row] >= 0).astype(np.float32),
        truth=found[row].astype(np.int32)[None],
        truth_photo=there.astype(np.int32),
        truth_label=of_kind.astype(np.int32),
        truth_is_ignored=np.zeros(len(there), dtype=bool),
        by_score=by_score,
    )


def probability_table(probabilities: Float, truth: Ints, labels: Sequence[str]) -> MatchTable:
    """The match table of rows of probabilities (N, K); truth (N,), −1 for a photo that shows none of the labels."""
    count, kinds = probabilities.shape if probabilities.ndim == 2 else (0, 0)
    if kinds != len(labels) or truth.shape != (count,):
        raise ArrayShapeError(
            f"probabilities, truth: expected (N, {len(labels)}) and (N,), got {probabilities.shape} and {truth.shape}"
        )
    shown = np.flatnonzero(truth >= 0)
    photo, label = np.divmod(np.arange(count * kinds), max(kinds, 1))
    return match_labels_table(photo, label, probabilities.reshape(-1), shown, truth[shown], labels, count)


def top_k_accuracy(probabilities: Float, truth: Ints, k: int) -> float:
    """Share of photos whose truth is among the k best answers.

    Args:
        probabilities: (N, K).
        truth: int (N,), 0 to K − 1.
        k: at least 1. Of equal probabilities the first label comes first, as when a model answers.

    Returns:
        0 to 1; NaN for no photos.
    """
    if len(truth) == 0:
        return float("nan")
    of_truth = probabilities[np.arange(len(truth)), truth][:, None]
    before = np.arange(probabilities.shape[1])[None] < truth[:, None]
    rank = ((probabilities > of_truth) | ((probabilities == of_truth) & before)).sum(axis=1)
    return float((rank < k).mean())


def _check(name: str, photo: Ints, label: Ints, label_count: int, photo_count: int) -> None:
    if len(photo) != len(label):
        raise ArrayShapeError(f"{name}: expected as many labels as photos, got {len(label)} and {len(photo)}")
    if len(photo) == 0:
        return
    if photo.min() < 0 or photo.max() >= photo_count or label.min() < 0 or label.max() >= label_count:
        raise ArrayShapeError(f"{name}: expected photos below {photo_count} and labels below {label_count}")
    group = photo * label_count + label
    if len(np.unique(group)) < len(group):
        order = np.argsort(group, kind="stable")
        twice = int(order[1:][group[order][1:] == group[order][:-1]].min())
        raise ArrayShapeError(f"{name} row {twice}: expected one row a photo and label, got a second")
