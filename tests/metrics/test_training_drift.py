"""Distance from the training photos: known where the answer is known, and quiet where nothing has changed."""

import numpy as np
import pytest

from core.errors import ConfigError
from core.metrics.training_drift import FROM_TRAINING, training_chart

DAYS = [f"2026-05-{day:02d}" for day in range(1, 13)]
IS_REFERENCE = np.arange(len(DAYS)) < 8


def _chart(features, day, **changes):
    return training_chart(features, day, DAYS, IS_REFERENCE, tail=0.01, **changes)


def _season(seed, photos_a_day=200, width=4):
    """Photos that lie three deviations from the training photos, days that differ a little by themselves."""
    rng = np.random.default_rng(seed)
    day = np.repeat(np.arange(len(DAYS)), photos_a_day)
    features = rng.normal(0, 1, (len(day), width)) + rng.normal(0, 0.1, (len(DAYS), width))[day]
    features[:, 0] += 3
    return day, features


def test_the_value_is_how_far_the_photos_lie_from_training_in_standard_deviations():
    day, features = _season(0)
    chart, _ = _chart(features, day)
    assert chart.measure == FROM_TRAINING
    assert chart.centre == pytest.approx(3, abs=0.2)


@pytest.mark.parametrize("seed", range(5))
def test_a_day_that_moves_away_is_found_and_its_photos_told(seed):
    day, features = _season(seed)
    strange = np.flatnonzero(day == 10)[:60]
    features[strange, 0] += 6
    chart, farthest = _chart(features, day)
    assert chart.alarms().tolist() == [10]
    assert set(farthest[10].tolist()) <= set(strange.tolist())


def test_no_alarm_where_nothing_has_changed_nor_where_photos_come_nearer():
    alarms = 0
    for seed in range(20):
        day, features = _season(seed, photos_a_day=30)
        features[day == 9, 0] -= 2
        alarms += len(_chart(features, day)[0].alarms())
    assert alarms <= 2  # 20 seasons of 4 days at one in a hundred


def test_small_days_lie_no_farther_than_large_ones():
    rng = np.random.default_rng(1)
    day = np.repeat(np.arange(len(DAYS)), [8] * 6 + [80] * 6)
    chart, _ = _chart(rng.normal(0, 1, (len(day), 16)), day)
    assert chart.value[:6].mean() == pytest.approx(chart.value[6:].mean(), rel=0.1)


def test_five_reference_days_are_needed_and_photos_that_were_not_read_do_not_count():
    day, features = _season(0, photos_a_day=5)
    features[(day < 4) | (day == 9)] = np.nan
    with pytest.raises(ConfigError, match="expected at least 5 reference batches, got 4"):
        _chart(features, day)
    features[day == 3] = 0.5
    chart, _ = _chart(features, day)
    assert np.isnan(chart.value[[0, 1, 2, 9]]).all()
    assert not np.isnan(chart.value[[3, 4, 10, 11]]).any()
