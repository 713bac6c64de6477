"""Which label is taken for which: with "background" for needless answers and "missed" for truths not found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.metrics.answers import BoxAnswers, BoxTruth
from core.metrics.assignment import assign
from core.metrics.pairs import BoxColumns, Pairs, overlapping_pairs
from core.metrics.sorting import sort_by
from core.metrics.table import MatchTable

Float = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

BACKGROUND = "background"
MISSED = "missed"
NOT_RECOGNISED = "not recognised"


@dataclass(frozen=True, slots=True, eq=False)
class Confusion:
    """Counts of truth against answer.

    Attributes:
        truths: names of the rows: the labels, then ``background`` (nothing of the kind is there).
        answers: names of the columns: the labels, then ``missed`` (boxes) or ``not recognised`` (whole photos).
        counts: int64 (K + 1, K + 1). For boxes the last cell is 0: nothing answered where nothing is cannot
            be counted.
    """

    truths: tuple[str, ...]
    answers: tuple[str, ...]
    counts: Ints


@dataclass(frozen=True, slots=True, eq=False)
class CrossPairs:
    """Answers that overlap truths of another label: found once, read at every move of a slider.

    Attributes:
        place: int64 (P,), ascending: the answer's place by score over all labels.
        truth: int64 (P,), row of the truth.
        overlap: float64 (P,).
    """

    place: Ints
    truth: Ints
    overlap: Float


def cross_pairs(table: MatchTable, answers: BoxAnswers, truth: BoxTruth) -> CrossPairs:
    """Pairs of a photo with different labels that overlap by at least the table's smallest overlap.

    Args:
        table: made from ``answers`` and ``truth``.
    """
    rows, place = sort_by(answers.photo, table.row[table.by_score])
    truth_rows, _ = sort_by(truth.photo)
    pairs = overlapping_pairs(
        BoxColumns(answers.photo[rows], rows, answers.boxes_xyxy, answers.area),
        BoxColumns(truth.photo[truth_rows], truth_rows, truth.boxes_xyxy, truth.area),
        truth.is_crowd[truth_rows],
        float(table.overlaps[0]),
    )
    is_other = answers.label[rows][pairs.answer] != truth.label[truth_rows][pairs.truth]
    truth_row = truth_rows[pairs.truth]
    kept = np.flatnonzero(is_other & ~truth.is_crowd[truth_row])
    order = kept[np.lexsort((truth_row[kept], place[pairs.answer[kept]]))]
    return CrossPairs(place[pairs.answer[order]], truth_row[order], pairs.overlap[order])


def box_confusion(
    table: MatchTable, crossing: CrossPairs, thresholds: Mapping[str, float], overlap: float
) -> Confusion:
    """The confusion matrix at one overlap and one threshold a label.

    The diagonal holds exactly the finds that the curves count. What is left over of both sides is then
    matched across labels, best score first, each truth once; what is left after that is background or missed.

    Args:
        table: the matches.
        crossing: from ``cross_pairs`` of the same table.
        thresholds: score from which an answer counts, for every label.
        overlap: one of the table's.

    Raises:
        ArrayShapeError: the table has not that overlap.
        KeyError: a label has no threshold.
    """
    t, count = table.overlap_index(overlap), len(table.labels)
    least = np.array([thresholds[label] for label in table.labels])
    answered = (table.score >= least[table.label]) & table.is_counted(t)
    found = np.where(answered, table.truth[t], -1)
    is_taken = np.zeros(len(table.truth_label), dtype=bool)
    is_taken[found[found >= 0]] = True
    row_of_place = table.by_score[crossing.place]
    free = np.flatnonzero(
        answered[row_of_place] & (found[row_of_place] < 0) & ~is_taken[crossing.truth] & (crossing.overlap >= overlap)
    )
    nothing = np.zeros(len(is_taken), dtype=bool)
    pairs = Pairs(crossing.place[free], crossing.truth[free], crossing.overlap[free])
    swapped = assign(pairs, len(table), np.array([overlap]), is_ignored=nothing, is_crowd=nothing)[0]
    wrong = np.flatnonzero(swapped >= 0)
    found[table.by_score[wrong]] = swapped[wrong]
    is_taken[swapped[wrong]] = True
    rows = np.where(found >= 0, np.append(table.truth_label, 0)[found], count)[answered]
    counts = np.bincount(rows * (count + 1) + table.label[answered], minlength=(count + 1) ** 2)
    counts = counts.reshape(count + 1, count + 1).astype(np.int64)
    missed = table.truth_label[~is_taken & ~table.truth_is_ignored]
    counts[:count, count] = np.bincount(missed, minlength=count)
    return Confusion((*table.labels, BACKGROUND), (*table.labels, MISSED), counts)


def class_confusion(truth: Ints, answer: Ints, is_recognised: Bools, labels: tuple[str, ...]) -> Confusion:
    """The confusion matrix of labels of whole photos.

    Args:
        truth: int (N,), 0 to K − 1; −1 for a photo that shows none of the labels.
        answer: int (N,), the best label.
        is_recognised: bool (N,), False where the model refused, or its confidence was below the threshold.
        labels: K names.
    """
    count = len(labels)
    row = np.where(truth >= 0, truth, count)
    column = np.where(is_recognised, answer, count)
    counts = np.bincount(row * (count + 1) + column, minlength=(count + 1) ** 2).reshape(count + 1, count + 1)
    return Confusion((*labels, BACKGROUND), (*labels, NOT_RECOGNISED), counts.astype(np.int64))
