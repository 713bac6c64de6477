"""What the slider reads equals the exact curves, at any threshold and overlap."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import ConfigError
from core.metrics.average_precision import table_precision
from core.metrics.class_table import probability_table
from core.metrics.curves import ALL, curves, surface
from core.metrics.glance import glance
from core.metrics.table import ALL_OVERLAPS, match_boxes_table
from tests.metrics.coco_oracle import as_columns, random_case

LABELS = ("a", "b")


def _table(seed: int):
    case = random_case(seed, photos=8, labels=2, answers=300, truths=80, side_px=50, levels=30)
    return match_boxes_table(*as_columns(case), LABELS, 8, ALL_OVERLAPS)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 999), st.floats(-0.1, 1.1), st.integers(0, 18))
def test_points_equal_the_exact_curves(seed, threshold, t):
    table = _table(seed)
    points = glance(table).points(dict.fromkeys(LABELS, threshold), t)
    for name, curve in curves(table, float(table.overlaps[t])).items():
        exact = curve.at(threshold)
        for part in ("found", "needless", "missed", "precision", "recall", "f1"):
            np.testing.assert_equal(getattr(points[name], part), getattr(exact, part))


def test_all_adds_up_labels_with_thresholds_of_their_own():
    seen = glance(_table(3))
    points = seen.points({"a": 0.2, "b": 0.7}, 9)
    assert points[ALL].found == points["a"].found + points["b"].found
    assert points[ALL].missed == points["a"].missed + points["b"].missed
    assert math.isnan(points[ALL].threshold)


def test_surfaces_and_average_precision_equal_those_of_the_table():
    table = _table(5)
    seen = glance(table)
    for k, name in ((None, ALL), (0, "a"), (1, "b")):
        mine, theirs = seen.surfaces[name], surface(table, k, np.linspace(*seen.span, 101))
        for rate in ("precision", "recall", "f1"):
            np.testing.assert_array_equal(getattr(mine, rate), getattr(theirs, rate))
    np.testing.assert_array_equal([seen.precision["a"], seen.precision["b"]], table_precision(table))
    assert seen.truths[ALL] == table.truth_counts().sum()


def test_labels_of_whole_photos_have_one_overlap():
    probabilities = np.array([[0.9, 0.1], [0.6, 0.4], [0.3, 0.7]])
    seen = glance(probability_table(probabilities, np.array([0, 1, 1]), LABELS))
    assert (seen.span, len(seen.drawn[ALL])) == ((0.0, 1.0), 1)
    # a: true at 0.9, wrong at 0.6 and 0.3; b: true at 0.7 and 0.4, wrong at 0.1
    assert (seen.precision["a"].tolist(), seen.precision["b"].tolist()) == ([1.0], [1.0])
    point = seen.points({"a": 0.5, "b": 0.5}, 0)
    assert (point["a"].found, point["a"].needless, point["b"].found, point["b"].missed) == (1, 1, 1, 1)


def test_no_answers_at_all():
    seen = glance(probability_table(np.zeros((0, 2)), np.zeros(0, dtype=np.int64), LABELS))
    point = seen.points({"a": 0.5, "b": 0.5}, 0)[ALL]
    assert (point.found, point.needless, point.missed) == (0, 0, 0)
    assert math.isnan(point.f1)
    with pytest.raises(ConfigError, match="expected one of a, b, got 'c'"):
        seen.point("c", 0, 0.5)
