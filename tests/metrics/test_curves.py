"""Curves against scikit-learn and counts by hand, at every threshold that occurs."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, f1_score, precision_recall_curve, precision_score, recall_score

from core.errors import ArrayShapeError
from core.metrics.answers import box_answers, box_truth
from core.metrics.average_precision import mean_precision, precision_interval, stepwise_precision, table_precision
from core.metrics.class_table import match_labels_table, probability_table, top_k_accuracy
from core.metrics.curves import curves, label_curve, score_curve, surface
from core.metrics.macro import macro_curve, macro_point
from core.metrics.sorting import best_first, sort_by
from core.metrics.table import ALL_OVERLAPS, COCO_OVERLAPS, match_boxes_table
from tests.metrics.coco_oracle import as_columns, evaluate, random_case

LABELS = ("TREE", "STEEL", "CONCRETE")


def _probabilities(seed: int, count: int, levels: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.integers(0, levels, (count, 3)) / levels, rng.integers(-1, 3, count)


def _box_table(seed: int = 1):
    case = random_case(seed, photos=8, labels=2, answers=300, truths=80, side_px=50, levels=30)
    return match_boxes_table(*as_columns(case), ("a", "b"), 8, ALL_OVERLAPS), case


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 9999), st.integers(2, 60), st.sampled_from([1, 2, 7, 10**6]))
def test_curves_of_labels_equal_scikit_learn(seed, count, levels):
    probabilities, truth = _probabilities(seed, count, levels)
    table = probability_table(probabilities, truth, LABELS)
    for k, curve in enumerate(list(curves(table, 1.0).values())[1:]):
        is_true = truth == k
        if not is_true.any():
            assert np.isnan(curve.recall).all()
            continue
        precision, recall, threshold = precision_recall_curve(is_true, probabilities[:, k])
        np.testing.assert_array_equal(curve.threshold, threshold)
        np.testing.assert_allclose(curve.precision, precision[:-1], atol=1e-12)
        np.testing.assert_allclose(curve.recall, recall[:-1], atol=1e-12)
        ours = stepwise_precision(probabilities[:, k], is_true, int(is_true.sum()))
        assert ours == pytest.approx(average_precision_score(is_true, probabilities[:, k]), abs=1e-9)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 9999), st.integers(3, 40), st.sampled_from([1, 3, 12]))
def test_macro_and_micro_equal_scikit_learn_at_every_threshold(seed, count, levels):
    probabilities, truth = _probabilities(seed, count, levels)
    is_true = truth[:, None] == np.arange(3)
    known = np.flatnonzero(is_true.any(axis=0))
    table = probability_table(probabilities, truth, LABELS)
    all_curves = curves(table, 1.0)
    macro = macro_curve(list(all_curves.values())[1:])
    micro = all_curves["ALL"]
    if len(known) == 0:
        assert len(macro.threshold) == 0
        return
    np.testing.assert_array_equal(macro.threshold, np.unique(probabilities[:, known]))
    for i, threshold in enumerate(macro.threshold):
        answers = probabilities >= threshold
        each = [(is_true[:, k], answers[:, k]) for k in known]
        recall, f1 = ([rate(*pair, zero_division=0) for pair in each] for rate in (recall_score, f1_score))
        precision = [precision_score(*pair) for pair in each if pair[1].any()]
        assert macro.recall[i] == pytest.approx(np.mean(recall), abs=1e-9)
        assert macro.f1[i] == pytest.approx(np.mean(f1), abs=1e-9)
        assert macro.precision[i] == pytest.approx(np.mean(precision), abs=1e-9)
        point = micro.at(threshold)
        assert point.precision == pytest.approx(precision_score(is_true, answers, average="micro"), abs=1e-12)
        assert point.recall == pytest.approx(recall_score(is_true, answers, average="micro"), abs=1e-12)


@given(st.integers(0, 9999), st.floats(-0.2, 1.2))
@settings(deadline=None, max_examples=30)
def test_the_mean_of_points_is_a_point_of_the_mean_curve(seed, threshold):
    rng = np.random.default_rng(seed)
    scores, truth = np.round(rng.random((12, 3)), 1), rng.integers(-1, 3, 12)
    lines = [curves(probability_table(scores, truth, ("a", "b", "c")), 1.0)[name] for name in ("a", "b", "c")]
    mean, point = macro_curve(lines), macro_point([line.at(threshold) for line in lines])
    at = np.searchsorted(mean.threshold, threshold)
    if at < len(mean.threshold):
        found = (point.precision, point.recall, point.f1)
        np.testing.assert_allclose(found, (mean.precision[at], mean.recall[at], mean.f1[at]), atol=1e-12)
    assert (point.found, point.missed) == (
        sum(line.at(threshold).found for line in lines),
        sum(line.at(threshold).missed for line in lines),
    )


def test_a_point_between_and_beyond_the_thresholds():
    curve = score_curve("a", np.array([0.2, 0.8, 0.8]), np.array([True, True, False]), 3)
    assert curve.threshold.tolist() == [0.2, 0.8]
    between, beyond = curve.at(0.5), curve.at(0.9)
    assert (between.found, between.needless, between.missed) == (1, 1, 2)
    assert (between.precision, between.recall) == (0.5, pytest.approx(1 / 3))
    assert (beyond.found, beyond.needless, beyond.missed, beyond.recall) == (0, 0, 3, 0.0)
    assert np.isnan(beyond.precision)
    with pytest.raises(ArrayShapeError, match="at most 0 true answers"):
        score_curve("a", np.array([0.2]), np.array([True]), 0)


def test_box_curves_count_what_the_table_says():
    table, _ = _box_table()
    for overlap in (0.05, 0.5, 0.95):
        t = table.overlap_index(overlap)
        for name, curve in curves(table, overlap).items():
            mine = np.ones(len(table), bool) if name == "ALL" else table.label == ("a", "b").index(name)
            for threshold in np.unique(table.score):
                answered = mine & (table.score >= threshold) & table.is_counted(t)
                point = curve.at(threshold)
                assert point.found == (table.is_true(t) & answered).sum()
                assert point.found + point.needless == answered.sum()


def test_less_overlap_never_finds_less():
    table, _ = _box_table(2)
    found = [label_curve(table, None, t).found[0] for t in range(len(ALL_OVERLAPS))]
    assert (np.diff(found) <= 0).all()
    assert found[0] > found[-1]


def test_the_surface_holds_the_points_of_every_curve():
    table, _ = _box_table()
    thresholds = np.linspace(0, 1.1, 12)
    heat = surface(table, 0, thresholds)
    for t in range(len(ALL_OVERLAPS)):
        curve = label_curve(table, 0, t)
        points = [curve.at(value) for value in thresholds]
        np.testing.assert_array_equal(heat.precision[:, t], [p.precision for p in points])
        np.testing.assert_array_equal(heat.recall[:, t], [p.recall for p in points])
        np.testing.assert_array_equal(heat.f1[:, t], [p.f1 for p in points])


def test_a_thinned_curve_keeps_its_ends_and_its_best_point():
    rng = np.random.default_rng(0)
    score = rng.random(50_000)
    curve = score_curve("a", score, rng.random(50_000) < score**3, 40_000)
    thin = curve.thinned(200)
    assert len(thin.threshold) <= 401
    assert thin.threshold[0] == curve.threshold[0]
    assert thin.threshold[-1] == curve.threshold[-1]
    assert thin.f1.max() == curve.f1.max()
    at = np.searchsorted(curve.threshold, thin.threshold)
    np.testing.assert_array_equal(thin.found, curve.found[at])


def test_the_interval_of_average_precision_holds_its_value_and_narrows_with_photos():
    widths = []
    for photos in (20, 320):
        case = random_case(5, photos=photos, labels=1, answers=photos * 6, truths=photos * 3, side_px=40, levels=1000)
        table = match_boxes_table(*as_columns(case), ("a",), photos, COCO_OVERLAPS)
        interval = precision_interval(table, 0, 0)
        assert interval.value == pytest.approx(table_precision(table)[0, 0], abs=1e-12)
        assert interval.low <= interval.value <= interval.high
        widths.append(interval.high - interval.low)
    assert widths[1] < widths[0] / 2


def test_photos_of_one_group_are_drawn_together():
    case = random_case(5, photos=40, labels=1, answers=240, truths=120, side_px=40, levels=1000)
    table = match_boxes_table(*as_columns(case), ("a",), 40, COCO_OVERLAPS)
    assert precision_interval(table, 0, 0, groups=np.arange(40) // 10).count == 4


def test_mean_precision_is_pycocotools_map():
    table, case = _box_table(3)
    for row in case.truths:
        row["iscrowd"] = 0
    table = match_boxes_table(*as_columns(case), ("a", "b"), 8, COCO_OVERLAPS)
    assert mean_precision(table_precision(table)) == pytest.approx(evaluate(case).stats[0], abs=1e-9)
    assert np.isnan(mean_precision(np.full(3, np.nan)))


def test_top_k_by_hand_and_at_ties():
    probabilities = np.array([[0.5, 0.3, 0.2], [0.1, 0.6, 0.3], [0.4, 0.4, 0.2]])
    truth = np.array([1, 1, 1])
    assert top_k_accuracy(probabilities, truth, 1) == pytest.approx(1 / 3)
    assert top_k_accuracy(probabilities, truth, 2) == 1.0
    assert np.isnan(top_k_accuracy(np.zeros((0, 3)), np.zeros(0, np.int64), 1))


def test_a_label_that_is_not_scored_is_missed():
    table = match_labels_table([0, 1], [0, 0], [0.9, 0.4], [0, 2], [0, 0], ("a",), 3)
    curve = curves(table, 1.0)["a"]
    assert curve.truth_count == 2
    assert curve.recall.tolist() == [0.5, 0.5]
    assert table.truth[0].tolist() == [0, -1]


def test_bad_columns_are_named():
    with pytest.raises(ArrayShapeError, match="answers row 2: expected one row a photo and label, got a second"):
        match_labels_table([0, 1, 0], [0, 0, 0], [1, 1, 1], [], [], ("a",), 2)
    with pytest.raises(ArrayShapeError, match="score: expected 1 finite numbers"):
        match_labels_table([0], [0], [np.nan], [], [], ("a",), 1)
    with pytest.raises(ArrayShapeError, match="truth: expected photos below 1"):
        match_labels_table([0], [0], [1], [1], [0], ("a",), 1)
    with pytest.raises(ArrayShapeError, match=r"score 1: expected a finite number, got nan"):
        box_answers([0, 0], [0, 0], [0.5, np.nan], np.zeros((2, 4)))
    with pytest.raises(ArrayShapeError, match=r"box 0: expected x_min ≤ x_max and y_min ≤ y_max, got \[5.0"):
        box_truth([0], [0], [[5, 0, 1, 1]])
    with pytest.raises(ArrayShapeError, match=r"box 0: expected four finite numbers"):
        box_truth([0], [0], [[0, 0, np.inf, 1]])
    with pytest.raises(ArrayShapeError, match=r"label: expected 1 rows, one a box, got 2"):
        box_truth([0], [0, 0], [[0, 0, 1, 1]])
    with pytest.raises(ArrayShapeError, match=r"boxes_xyxy: expected shape \(N, 4\)"):
        box_truth([0], [0], [[0, 0, 1]])
    with pytest.raises(ArrayShapeError, match="photo 0: expected an index of at least 0"):
        box_truth([-1], [0], [[0, 0, 1, 1]])
    one = box_answers([0], [1], [0.5], [[0, 0, 1, 1]])
    with pytest.raises(ArrayShapeError, match="answers: expected labels below 1 and photos below 1, got 1 and 0"):
        match_boxes_table(one, box_truth([], [], []), ("a",), 1)
    with pytest.raises(ArrayShapeError, match="overlaps: expected ascending values"):
        match_boxes_table(one, box_truth([], [], []), ("a", "b"), 1, np.array([0.5, 0.5]))
    with pytest.raises(ArrayShapeError, match=r"overlap: expected one of 0.50, .* got 0.3"):
        match_boxes_table(one, box_truth([], [], []), ("a", "b"), 1).overlap_index(0.3)


SCORES = st.one_of(
    st.sampled_from([0.0, -0.0, 0.5, -0.5, 1.0, 1e300, -1e300, 5e-324]),
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(0, 3).map(lambda k: 0.5 + k * 2.0**-53),  # differ in the lowest bits alone
)


@given(st.lists(st.tuples(SCORES, st.integers(0, 3)), max_size=40))
def test_answers_are_put_best_first_then_by_photo_then_as_given(rows):
    score, photo = np.array([r[0] for r in rows], float), np.array([r[1] for r in rows], np.int64)
    expected = sorted(range(len(rows)), key=lambda k: (-score[k], photo[k], k))
    assert best_first(score, photo).tolist() == expected


@given(
    st.lists(st.integers(0, 2**61), max_size=40), st.randoms(use_true_random=False), st.sampled_from([1, 2**15, 2**59])
)
def test_equal_rows_keep_the_order_that_is_given(major, random, divisor):
    keys = np.array(major, dtype=np.int64) // divisor
    order = np.array(random.sample(range(len(keys)), len(keys)), dtype=np.int64)
    rows, places = sort_by(keys, order)
    assert rows.tolist() == sorted(order.tolist(), key=lambda row: keys[row])
    assert order[places].tolist() == rows.tolist()
    assert sort_by(keys)[0].tolist() == sorted(range(len(keys)), key=lambda row: keys[row])
