"""Equality with pycocotools on random boxes full of ties, doubles, crowds and zero areas."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.metrics.average_precision import mean_precision, table_precision
from core.metrics.coco import coco_scores
from core.metrics.table import ALL_OVERLAPS, match_boxes_table
from tests.metrics import coco_oracle
from tests.metrics.coco_oracle import SUMMARY, Case, absent_as_nan, as_columns, evaluate, random_case

CASES = st.builds(
    random_case,
    st.integers(0, 10_000),
    photos=st.integers(1, 4),
    labels=st.integers(1, 3),
    answers=st.integers(0, 60),
    truths=st.integers(0, 25),
    side_px=st.sampled_from([3, 20, 150]),
    levels=st.sampled_from([1, 3, 1000]),
)


def _assert_equal_to_pycocotools(case: Case) -> None:
    theirs = evaluate(case)
    ours = coco_scores(*as_columns(case), case.label_count)
    np.testing.assert_allclose(ours.recall, absent_as_nan(theirs.eval["recall"]), atol=1e-9)
    precision = absent_as_nan(theirs.eval["precision"]).mean(axis=1)
    np.testing.assert_allclose(ours.precision, precision, atol=1e-9)
    np.testing.assert_allclose(list(ours.summary().values()), absent_as_nan(theirs.stats), atol=1e-9)
    assert tuple(ours.summary()) == SUMMARY


@settings(max_examples=120, deadline=None)
@given(CASES)
def test_every_number_equals_pycocotools(case):
    _assert_equal_to_pycocotools(case)


def test_a_larger_case_with_more_than_a_hundred_answers_a_photo():
    case = random_case(7, photos=6, labels=2, answers=2500, truths=300, side_px=120, levels=50)
    _assert_equal_to_pycocotools(case)


@settings(max_examples=60, deadline=None)
@given(CASES)
def test_the_table_gives_the_same_at_all_nineteen_overlaps(case):
    theirs = evaluate(case, ALL_OVERLAPS).eval["precision"][:, :, :, 0, 2]
    table = match_boxes_table(
        *as_columns(case), [str(k) for k in range(case.label_count)], case.photo_count, ALL_OVERLAPS
    )
    ours = table_precision(table)
    # COCO's "all" leaves out truths and answers above 10,000,000,000 px² only; none here are.
    np.testing.assert_allclose(ours.T, absent_as_nan(theirs).mean(axis=1), atol=1e-9)


def test_sorting_by_x_changes_nothing(monkeypatch):
    case = random_case(3, photos=2, labels=1, answers=900, truths=400, side_px=900, levels=1000)
    columns = as_columns(case)
    results = []
    for least in (0, 10**9):
        monkeypatch.setattr("core.metrics.pairs._SWEEP_FROM", least)
        table = match_boxes_table(*columns, ["a"], 2)
        results.append((table.truth, table.best_overlap))
    np.testing.assert_array_equal(results[0][0], results[1][0])
    np.testing.assert_array_equal(results[0][1], results[1][1])
    assert (results[0][0] >= 0).sum() > 100


def test_chunks_change_nothing(monkeypatch):
    columns = as_columns(random_case(5, photos=9, labels=2, answers=700, truths=200, side_px=60))
    whole = match_boxes_table(*columns, ["a", "b"], 9).truth
    monkeypatch.setattr("core.metrics.pairs._CHUNK_PAIRS", 7)
    np.testing.assert_array_equal(match_boxes_table(*columns, ["a", "b"], 9).truth, whole)


def test_nothing_answered_is_zero_and_nothing_true_is_nan():
    truth_only = Case(1, 1, [], random_case(0, photos=1, labels=1, answers=0, truths=1).truths)
    truth_only.truths[0].update(iscrowd=0, bbox=[0.0, 0.0, 40.0, 40.0], area=1600.0)
    scores = coco_scores(*as_columns(truth_only), 1)
    assert scores.mean() == 0.0
    assert scores.mean("recall") == 0.0
    answers_only = random_case(0, photos=1, labels=1, answers=5, truths=0)
    assert np.isnan(coco_scores(*as_columns(answers_only), 1).mean())
    table = match_boxes_table(*as_columns(answers_only), ["a"], 1)
    assert np.isnan(mean_precision(table_precision(table)))


def test_many_boxes_on_many_truths_that_all_overlap_find_each_its_own():
    """The longest chain of refusals there is: everyone wants the same truths in the same order."""
    boxes = np.tile([0.0, 0.0, 100.0, 100.0], (200, 1)) + np.arange(200)[:, None] * 0.01
    answers = coco_oracle.box_answers(np.zeros(200), np.zeros(200), np.linspace(1, 0, 200), boxes)
    truth = coco_oracle.box_truth(np.zeros(200), np.zeros(200), boxes)
    table = match_boxes_table(answers, truth, ["a"], 1)
    np.testing.assert_array_equal(np.sort(table.truth[0]), np.arange(200))


@pytest.mark.parametrize("seed", range(3))
def test_fractional_boxes_as_detectors_give_them(seed):
    rng = np.random.default_rng(seed)
    case = random_case(seed, photos=5, labels=2, answers=300, truths=90, side_px=200, levels=10**6)
    for row in case.answers + case.truths:
        row["bbox"] = [v + float(rng.random()) for v in row["bbox"]]
    _assert_equal_to_pycocotools(case)
