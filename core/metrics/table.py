"""The match table: every answer, the truth that it found at each overlap, computed once and then only read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.errors import ArrayShapeError
from core.metrics.answers import BoxAnswers, BoxTruth
from core.metrics.assignment import NO_TRUTH, assign_owners
from core.metrics.pairs import BoxColumns, Pairs, overlapping_pairs
from core.metrics.sorting import best_first, sort_by

Float = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

# The same floats as pycocotools', for the upper ten: 0.5, 0.55 … 0.95.
COCO_OVERLAPS: Float = np.linspace(0.5, 0.95, 10)
ALL_OVERLAPS: Float = np.concatenate([np.linspace(0.05, 0.45, 9), COCO_OVERLAPS])
WHOLE_PHOTO: Float = np.ones(1)  # labels of whole photos: the one "overlap" there is


@dataclass(frozen=True, slots=True, eq=False)
class MatchTable:
    """Answers sorted by label, best score first (ties: by photo, then as given), and what each found.

    Attributes:
        labels: K names.
        photo_count: number of photos, those without answers or truth among them.
        overlaps: float64 (T,), ascending. For labels of whole photos it is (1.0,).
        photo: int32 (N,), index of the photo.
        label: int32 (N,), ascending.
        score: float64 (N,).
        row: int64 (N,), the answer's row as it was given.
        rank: int32 (N,), place among the answers of its photo and label, 0 the best.
        best_overlap: float32 (N,), most overlap with any truth of its photo and label, taken or not; 0 where
            that is less than the smallest of ``overlaps``.
        truth: int32 (T, N), row of the truth found at each overlap; −1 for none.
        truth_photo, truth_label: int32 (M,).
        truth_is_ignored: bool (M,), crowds: what finds them is neither right nor wrong.
        by_score: int64 (N,), the answers' order over all labels, best score first.
    """

    labels: tuple[str, ...]
    photo_count: int
    overlaps: Float
    photo: NDArray[np.int32]
    label: NDArray[np.int32]
    score: Float
    row: Ints
    rank: NDArray[np.int32]
    best_overlap: NDArray[np.float32]
    truth: NDArray[np.int32]
    truth_photo: NDArray[np.int32]
    truth_label: NDArray[np.int32]
    truth_is_ignored: Bools
    by_score: Ints

    def __len__(self) -> int:
        """Number of answers."""
        return len(self.score)

    def span(self, label: int) -> slice:
        """The rows of one label."""
        low, high = np.searchsorted(self.label, [label, label + 1])
        return slice(int(low), int(high))

    def overlap_index(self, overlap: float) -> int:
        """Which of ``overlaps`` is meant.

        Raises:
            ArrayShapeError: none is within 0.001.
        """
        k = int(np.argmin(np.abs(self.overlaps - overlap)))
        if abs(self.overlaps[k] - overlap) > 1e-3:
            have = ", ".join(f"{value:.2f}" for value in self.overlaps)
            raise ArrayShapeError(f"overlap: expected one of {have}, got {overlap}")
        return k

    def truth_counts(self) -> Ints:
        """Truths that count, by label: int64 (K,)."""
        counted = self.truth_label[~self.truth_is_ignored]
        return np.bincount(counted, minlength=len(self.labels)).astype(np.int64)

    def is_true(self, overlap_index: int, span: slice = slice(None)) -> Bools:
        """Answers that found a truth that counts: bool (N,), or of some rows alone."""
        found = self.truth[overlap_index, span]
        if not self.truth_is_ignored.any():
            return np.asarray(found >= 0)
        return np.asarray((found >= 0) & ~self.truth_is_ignored[found])

    def is_counted(self, overlap_index: int, span: slice = slice(None)) -> Bools:
        """Answers that are right or wrong: all but those that found an ignored truth. Bool (N,), or of some rows."""
        found = self.truth[overlap_index, span]
        if not self.truth_is_ignored.any():
            return np.ones(len(found), dtype=bool)
        return np.asarray((found < 0) | ~self.truth_is_ignored[found])


@dataclass(frozen=True, slots=True, eq=False)
class SortedBoxes:
    """Answers and truths sorted by photo and label, with their overlapping pairs; matching reads only this.

    Attributes:
        by_score: int64 (N,), rows of the answers as given, best score first.
        row: int64 (N,), row of each sorted answer among those given.
        place: int64 (N,), its place in ``by_score``.
        rank: int32 (N,), its place by score in its group.
        truth_row: int64 (M,), row of each sorted truth.
        pairs: by sorted answer and sorted truth.
    """

    by_score: Ints
    row: Ints
    place: Ints
    rank: NDArray[np.int32]
    truth_row: Ints
    pairs: Pairs


def sort_boxes(answers: BoxAnswers, truth: BoxTruth, label_count: int, min_overlap: float) -> SortedBoxes:
    """Sort both sides by photo and label, answers by score within, and find their pairs."""
    group = answers.photo * label_count
    group += answers.label
    truth_group = truth.photo * label_count + truth.label
    by_score = best_first(answers.score, answers.photo)
    row, place = sort_by(group, by_score)
    truth_row, _ = sort_by(truth_group)
    sorted_group = group[row]
    pairs = overlapping_pairs(
        BoxColumns(sorted_group, row, answers.boxes_xyxy, answers.area),
        BoxColumns(truth_group[truth_row], truth_row, truth.boxes_xyxy, truth.area),
        truth.is_crowd[truth_row],
        min_overlap,
    )
    return SortedBoxes(by_score, row, place, _places_in_runs(sorted_group), truth_row, pairs)


def match_boxes_table(
    answers: BoxAnswers,
    truth: BoxTruth,
    labels: Sequence[str],
    photo_count: int,
    overlaps: Float = COCO_OVERLAPS,
) -> MatchTable:
    """Match answers to truth as COCO does, at every overlap, and keep the result.

    Args:
        answers, truth: all photos together.
        labels: names of the label indices.
        photo_count: more than any photo index.
        overlaps: (T,), ascending, each above 0 and at most 1.

    Raises:
        ArrayShapeError: an index is out of range, or the overlaps do not ascend between 0 and 1.
    """
    _check_indices(answers, truth, len(labels), photo_count)
    if len(overlaps) == 0 or overlaps[0] <= 0 or overlaps[-1] > 1 or (np.diff(overlaps) <= 0).any():
        raise ArrayShapeError(f"overlaps: expected ascending values above 0 and at most 1, got {overlaps.tolist()}")
    boxes = sort_boxes(answers, truth, len(labels), float(overlaps[0]))
    crowd = truth.is_crowd[boxes.truth_row]
    owners, found = assign_owners(boxes.pairs, overlaps, is_ignored=crowd, is_crowd=crowd)
    row, place = sort_by(answers.label, boxes.by_score)
    by_score = np.empty(len(answers), dtype=np.int32)
    by_score[place] = np.arange(len(answers), dtype=np.int32)
    at = by_score[boxes.place]  # where the sorted boxes lie in the table
    rank = np.empty(len(answers), dtype=np.int32)
    rank[at] = boxes.rank
    best = np.zeros(len(answers), dtype=np.float32)
    np.maximum.at(best, at[boxes.pairs.answer], boxes.pairs.overlap.astype(np.float32))
    return MatchTable(
        labels=tuple(labels),
        photo_count=photo_count,
        overlaps=np.asarray(overlaps, dtype=np.float64),
        photo=answers.photo.astype(np.int32)[row],
        label=np.repeat(np.arange(len(labels), dtype=np.int32), np.bincount(answers.label, minlength=len(labels))),
        score=answers.score[row],
        row=row,
        rank=rank,
        best_overlap=best,
        truth=_truths_by_row(at[owners], found, boxes.truth_row, len(answers)),
        truth_photo=truth.photo.astype(np.int32),
        truth_label=truth.label.astype(np.int32),
        truth_is_ignored=truth.is_crowd,
        by_score=by_score.astype(np.int64),
    )


def _truths_by_row(at: NDArray[np.int32], found: NDArray[np.int32], truth_row: Ints, count: int) -> NDArray[np.int32]:
    """Rows of the truths that answers ``at`` (A,) of a table found, from (T, A): int32 (T, N), −1 for none."""
    truth_of = np.append(truth_row, NO_TRUTH).astype(np.int32)
    truth = np.full((len(found), count), NO_TRUTH, dtype=np.int32)
    for line, mine in zip(truth, found, strict=True):
        line[at] = truth_of[mine]  # −1 is the last: no truth
    return truth


def _places_in_runs(group: Ints) -> NDArray[np.int32]:
    """0, 1, 2 … within each run of equal values: int32."""
    if len(group) == 0:
        return np.zeros(0, dtype=np.int32)
    starts = np.flatnonzero(np.concatenate([[True], group[1:] != group[:-1]])).astype(np.int32)
    lengths = np.diff(np.append(starts, len(group)))
    return np.asarray(np.arange(len(group), dtype=np.int32) - np.repeat(starts, lengths))


def _check_indices(answers: BoxAnswers, truth: BoxTruth, label_count: int, photo_count: int) -> None:
    for name, side in (("answers", answers), ("truth", truth)):
        if len(side) and (side.label.max() >= label_count or side.photo.max() >= photo_count):
            raise ArrayShapeError(
                f"{name}: expected labels below {label_count} and photos below {photo_count}, "
                f"got {side.label.max()} and {side.photo.max()}"
            )
