"""Intervals against known distributions, and their coverage over many repeats."""

import numpy as np
import pytest
from scipy import stats

from core.errors import ArrayShapeError
from core.metrics.intervals import bootstrap, bootstrap_ratio, fold_spread, wilson


def test_the_fast_ratio_is_the_general_bootstrap():
    rng = np.random.default_rng(0)
    parts, wholes = rng.integers(0, 3, 80).astype(float), np.full(80, 3.0)
    fast = bootstrap_ratio(parts, wholes, repeats=4000)
    slow = bootstrap(lambda w: float(w @ parts / (w @ wholes)), 80, repeats=4000)
    assert fast.value == slow.value
    assert fast.low == pytest.approx(slow.low, abs=0.01)
    assert fast.high == pytest.approx(slow.high, abs=0.01)


def test_intervals_of_a_mean_cover_as_promised():
    rng = np.random.default_rng(1)
    held = 0
    for k in range(400):
        sample = rng.exponential(1.0, 60)
        interval = bootstrap_ratio(sample, np.ones(60), repeats=300, seed=k)
        held += interval.low <= 1.0 <= interval.high
    assert 0.90 <= held / 400 <= 0.98


def test_groups_that_resemble_each_other_widen_the_interval():
    rng = np.random.default_rng(2)
    flights = np.repeat(np.arange(10), 30)
    parts = (rng.random(10)[flights] > rng.random(300)).astype(float)
    alone, together = (bootstrap_ratio(parts, np.ones(300), groups=g) for g in (None, flights))
    assert together.count == 10
    assert together.high - together.low > 2 * (alone.high - alone.low)


def test_where_nothing_can_be_told_the_ends_are_nan():
    one = bootstrap_ratio(np.array([1.0]), np.array([2.0]))
    assert (one.value, one.count) == (0.5, 1)
    assert np.isnan([one.low, one.high]).all()
    assert np.isnan(bootstrap_ratio(np.zeros(0), np.zeros(0)).value)
    assert np.isnan(bootstrap(lambda w: float("nan"), 5).low)
    with pytest.raises(ArrayShapeError, match="groups: expected 3, one a photo, got 2"):
        bootstrap(lambda w: 0.0, 3, groups=[1, 2])
    with pytest.raises(ArrayShapeError, match="expected equal lengths"):
        bootstrap_ratio(np.zeros(3), np.zeros(2))


def test_equal_seeds_give_equal_intervals():
    parts = np.random.default_rng(3).random(50)
    assert bootstrap_ratio(parts, np.ones(50), seed=4) == bootstrap_ratio(parts, np.ones(50), seed=4)


def test_wilson_equals_scipys():
    for hits, count in ((0, 10), (10, 10), (3, 7), (450, 500)):
        theirs = stats.binomtest(hits, count).proportion_ci(method="wilson")
        ours = wilson(hits, count)
        assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=1e-9)
    assert (wilson(0, 0).low, wilson(0, 0).high) == (0.0, 1.0)
    assert np.isnan(wilson(0, 0).value)


def test_folds_by_hand():
    spread = fold_spread([0.8, 0.9, 0.7])
    assert (spread.mean, spread.deviation) == (pytest.approx(0.8), pytest.approx(0.1))
    assert (spread.low, spread.high) == (0.7, 0.9)
    assert np.isnan(fold_spread([0.5]).deviation)
    with pytest.raises(ArrayShapeError, match="expected at least one fold and no NaN"):
        fold_spread([0.5, float("nan")])
