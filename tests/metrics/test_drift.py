"""Planted drift is found, in the measure and on the day where it was planted; where none is, none is reported."""

import numpy as np
import pytest
from scipy import stats

from core.errors import ArrayShapeError, ConfigError
from core.metrics.control import mean_chart, student_quantile
from core.metrics.drift import find_drift, label_measures
from core.metrics.feature_drift import FEATURE_SPACE, feature_chart

DAYS = [f"2026-05-{day:02d}" for day in range(1, 21)]
REFERENCE = DAYS[:12]
LABELS = ("TREE", "STEEL")


def _season(seed: int, photos_a_day: int = 40):
    """Twenty days whose brightness, labels and features differ from day to day by themselves."""
    rng = np.random.default_rng(seed)
    day = np.repeat(np.arange(len(DAYS)), photos_a_day)
    brightness = 0.5 + rng.normal(0, 0.03, len(DAYS))[day] + rng.normal(0, 0.08, len(day))
    tree_share = np.clip(0.7 + rng.normal(0, 0.04, len(DAYS)), 0, 1)
    answer = (rng.random(len(day)) > tree_share[day]).astype(np.int64)
    confidence = np.clip(rng.normal(0.9, 0.05, len(day)), 0, 1)
    features = rng.normal(0, 1, (len(day), 8)) + rng.normal(0, 0.25, (len(DAYS), 8))[day]
    return day, brightness, answer, confidence, features


def _report(day, brightness, answer, confidence, features):
    measures = {
        "brightness": brightness,
        **label_measures(LABELS, answer, confidence, np.ones(len(answer), dtype=bool)),
    }
    return find_drift(measures, [DAYS[d] for d in day], REFERENCE, features=features)


def test_where_nothing_has_changed_nothing_is_reported():
    """Five in a hundred seasons may raise an alarm by chance; of these ten, none."""
    with_alarm = sum(bool(_report(*_season(seed)).alarms) for seed in range(10))
    assert with_alarm == 0


@pytest.mark.parametrize("seed", range(5))
def test_a_darker_day_is_found_with_its_photos(seed):
    day, brightness, answer, confidence, features = _season(seed)
    brightness[day == 15] -= 0.3
    alarms = _report(day, brightness, answer, confidence, features).alarms
    assert [(alarm.measure, alarm.batch) for alarm in alarms] == [("brightness", DAYS[15])]
    assert alarms[0].value < alarms[0].low
    assert (day[alarms[0].photos] == 15).all()
    assert brightness[alarms[0].photos[0]] == brightness[day == 15].min()


@pytest.mark.parametrize("seed", range(5))
def test_other_poles_than_before_are_found(seed):
    day, brightness, answer, confidence, features = _season(seed)
    answer[day == 18] = (np.random.default_rng(seed).random((day == 18).sum()) > 0.1).astype(np.int64)
    alarms = _report(day, brightness, answer, confidence, features).alarms
    assert {(alarm.measure, alarm.batch) for alarm in alarms} == {
        ("share of TREE", DAYS[18]),
        ("share of STEEL", DAYS[18]),
    }


@pytest.mark.parametrize("seed", range(5))
def test_a_shift_in_feature_space_is_found_with_the_photos_that_moved(seed):
    day, brightness, answer, confidence, features = _season(seed)
    moved = np.flatnonzero(day == 14)[:25]
    features[moved, :3] += 3.0
    alarms = _report(day, brightness, answer, confidence, features).alarms
    assert [(alarm.measure, alarm.batch) for alarm in alarms] == [(FEATURE_SPACE, DAYS[14])]
    assert np.isin(alarms[0].photos, moved).mean() > 0.8


def test_a_change_of_spread_alone_is_found_in_feature_space():
    day, brightness, answer, confidence, features = _season(3)
    features[day == 16] *= 3
    alarms = _report(day, brightness, answer, confidence, features).alarms
    assert [(alarm.measure, alarm.batch) for alarm in alarms] == [(FEATURE_SPACE, DAYS[16])]


def test_small_batches_raise_no_alarm_but_larger_ones_as_bright_do():
    rng = np.random.default_rng(0)
    values = rng.normal(0.5, 0.1, 10 * 50)
    batch = np.repeat(np.arange(10), 50)
    for size, alarmed in ((2, False), (50, True)):
        chart = mean_chart(
            "brightness",
            np.concatenate([values, np.full(size, 0.65)]),
            np.concatenate([batch, np.full(size, 10)]),
            [f"{b:02d}" for b in range(11)],
            np.arange(11) < 10,
            tail=0.001,
        )
        assert (10 in chart.alarms()) == alarmed


def test_limits_hold_what_they_promise_where_days_differ():
    """A two-sided limit of one in fifty for one more day, measured on a thousand references of ten days."""
    rng = np.random.default_rng(1)
    beyond = 0
    for _ in range(1000):
        means = rng.normal(0, 0.05, 11)
        values = (means[:, None] + rng.normal(0, 0.1, (11, 20))).reshape(-1)
        names = [f"{b:02d}" for b in range(11)]
        chart = mean_chart("x", values, np.repeat(np.arange(11), 20), names, np.arange(11) < 10, tail=0.01)
        beyond += len(chart.alarms())
    assert beyond / 1000 == pytest.approx(0.02, abs=0.012)


def test_what_has_no_value_is_left_out():
    values = np.array([0.5, np.nan, 0.7] * 6)
    chart = mean_chart(
        "x", values, np.repeat(np.arange(6), 3), list("abcdef"), np.arange(6) < 5, tail=0.01, min_photos=2
    )
    np.testing.assert_array_equal(chart.count, 2)
    np.testing.assert_allclose(chart.value, 0.6)


def test_student_quantile_equals_scipys():
    for freedom in (1, 2, 5, 11, 40):
        for tail in (0.1, 0.025, 1e-3, 1e-5):
            assert student_quantile(1 - tail, freedom) == pytest.approx(stats.t.ppf(1 - tail, freedom), rel=1e-3)


def test_too_short_a_reference_and_columns_that_do_not_fit_are_named():
    values = np.zeros(12)
    batch = np.repeat(["a", "b", "c", "d"], 3)
    with pytest.raises(ConfigError, match="expected at least 5 reference batches of 3 photos, got 3; choose a longer"):
        find_drift({"brightness": values}, batch, {"a", "b", "c"})
    with pytest.raises(ConfigError, match="expected batches among those given, got 'z'"):
        find_drift({"brightness": values}, batch, {"a", "z"})
    with pytest.raises(ArrayShapeError, match="brightness: expected 12 values, one a photo"):
        find_drift({"brightness": values[:3]}, batch, {"a"})
    with pytest.raises(ConfigError, match="feature space: expected at least 5 reference batches, got 2"):
        feature_chart(np.zeros((12, 2)), np.repeat(np.arange(4), 3), list("abcd"), np.arange(4) < 2, tail=0.01)


def test_limits_are_none_that_no_mean_can_have():
    rng = np.random.default_rng(0)
    shares = (rng.random(90) < 0.5).astype(float)
    batch = [f"2026-06-{1 + k // 10:02}" for k in range(90)]
    chart = find_drift({"share": shares, "value": shares * 3 - 1}, batch, set(batch[:60])).charts
    assert (chart[0].low >= 0).all()
    assert (chart[0].high <= 1).all()
    assert (chart[1].low < -1).any()
    assert (chart[1].high > 2).any()
    assert chart[0].alarms().tolist() == chart[1].alarms().tolist()


def test_a_few_odd_photos_of_a_measure_that_is_mostly_nothing_are_no_drift():
    """Shares of black pixels: 0 in most photos, and now and then 0.02."""
    reported = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        shares = np.where(rng.random(140) < 0.03, rng.exponential(0.02, 140), rng.random(140) * 1e-4)
        batch = [f"2026-06-{1 + k // 10:02}" for k in range(140)]
        reported += bool(find_drift({"dark share": shares}, batch, set(batch[:70])).alarms)
    assert reported <= 2
    shares[-10:] = 0.02  # a day on which every photo is like that
    assert {alarm.batch for alarm in find_drift({"dark share": shares}, batch, set(batch[:70])).alarms} == {batch[-1]}
