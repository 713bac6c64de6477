"""Which truth each answer finds: COCO's greedy rule, for all photos and labels at once.

COCO goes through the answers of a photo, best first, and gives each the free truth that it overlaps most.
With a fixed order of answers that is the one stable matching between answers (who prefer truths by overlap)
and truths (who prefer answers by score). So it can be reached by rounds of proposals that all groups make
together: an answer proposes to its next truth, a truth keeps the best answer so far, and who is refused or
pushed out goes on. The rounds are few, and their work together is at most one step a pair.

Source: Gale and Shapley 1962, doi:10.2307/2312726; the rule is ``COCOeval.evaluateImg`` of pycocotools.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.metrics.pairs import Pairs

Float = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Truths = NDArray[np.int32]

NO_TRUTH = -1
_ALMOST_ONE = 1 - 1e-10  # as in COCO: an overlap threshold of 1 lets rounding pass


def assign(
    pairs: Pairs, answer_count: int, overlaps: Float, *, is_ignored: Bools, is_crowd: Bools
) -> NDArray[np.int32]:
    """The truth that each answer finds, at each overlap threshold.

    Args:
        pairs: overlapping pairs by answer. A smaller index among answers of one group means a better score.
        answer_count: N.
        overlaps: (T,), ascending, above 0.
        is_ignored: bool (M,), truths that neither count nor cost: taken only where no other will do.
        is_crowd: bool (M,), truths that take any number of answers.

    Returns:
        int32 (T, N): index of the truth, or −1.
    """
    owners, found_by = assign_owners(pairs, overlaps, is_ignored=is_ignored, is_crowd=is_crowd)
    found = np.full((len(overlaps), answer_count), NO_TRUTH, dtype=np.int32)
    found[:, owners] = found_by
    return found


def assign_owners(pairs: Pairs, overlaps: Float, *, is_ignored: Bools, is_crowd: Bools) -> tuple[Ints, Truths]:
    """As ``assign``, of the answers that are in a pair at all, which are few among many.

    Returns:
        Those answers, int64 (A,), ascending, and int32 (T, A): index of the truth that each found, or −1.
    """
    is_head = np.concatenate([[True], pairs.answer[1:] != pairs.answer[:-1]])[: len(pairs.answer)]
    owners = pairs.answer[is_head]
    by_preference = _by_preference(Pairs(np.cumsum(is_head) - 1, pairs.truth, pairs.overlap), is_ignored)
    found = np.full((len(overlaps), len(owners)), NO_TRUTH, dtype=np.int32)
    answer, truth, overlap = by_preference.answer, by_preference.truth, by_preference.overlap
    for k, least in enumerate(overlaps):
        enough = np.flatnonzero(overlap >= min(float(least), _ALMOST_ONE))
        if len(enough) < len(overlap):  # thresholds ascend: what is too little now stays so
            answer, truth, overlap = answer[enough], truth[enough], overlap[enough]
        _propose(answer, truth, is_crowd, found[k])
    return owners, found


def _by_preference(pairs: Pairs, is_ignored: Bools) -> Pairs:
    """Pairs by answer; then counted truths before ignored ones, most overlap, and, as in COCO, the later truth."""
    repeats = pairs.answer[1:] == pairs.answer[:-1]
    several = np.flatnonzero(np.append(repeats, False) | np.concatenate([[False], repeats]))
    if len(several) == 0:
        return pairs
    a, b, overlap = pairs.answer[several], pairs.truth[several], pairs.overlap[several]
    order = several[np.lexsort((-b, -overlap, is_ignored[b], a))]
    truth, overlaps = pairs.truth.copy(), pairs.overlap.copy()
    truth[several], overlaps[several] = pairs.truth[order], pairs.overlap[order]
    return Pairs(pairs.answer, truth, overlaps)


def _propose(answer: Ints, truth: Ints, is_crowd: Bools, found: Truths) -> None:
    """Run the rounds of one threshold and write the truths found into ``found``."""
    if len(answer) == 0:
        return
    nobody = len(found)
    holder = np.full(len(is_crowd), nobody, dtype=np.int64)
    place = np.zeros(len(found), dtype=np.int64)  # the pair that each answer proposes with
    has_crowds = bool(is_crowd.any())
    at = np.flatnonzero(np.concatenate([[True], answer[1:] != answer[:-1]]))
    while len(at):
        who, wanted = answer[at], truth[at]
        place[who] = at
        before = holder[wanted]
        np.minimum.at(holder, wanted, who)
        won = holder[wanted] == who
        pushed_out = before[won & (before != nobody)]
        if has_crowds:
            crowded = is_crowd[wanted]
            found[who[crowded]] = wanted[crowded]
            holder[wanted[crowded]] = nobody
            won, pushed_out = won | crowded, before[won & (before != nobody) & ~crowded]
        at = np.concatenate([at[~won], place[pushed_out]]) + 1
        at = at[at < len(answer)]
        at = at[answer[at] == answer[at - 1]]
    held = np.flatnonzero(holder != nobody)
    found[holder[held]] = held
