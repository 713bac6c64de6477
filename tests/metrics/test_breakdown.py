"""A planted bad slice is found among many; where none is planted, none is reported."""

import numpy as np
import pytest

from core.errors import ArrayShapeError
from core.metrics.breakdown import UNKNOWN, PhotoRatio, breakdown, worst_slices

COUNT = 600


def _photos(seed: int):
    rng = np.random.default_rng(seed)
    columns = {
        "camera": rng.choice(["A", "B", "C"], COUNT),
        "line": rng.choice([f"line {k}" for k in range(20)], COUNT),
        "day": rng.choice([f"2026-05-{k:02d}" for k in range(1, 11)], COUNT),
    }
    return rng, columns


def _accuracy(correct: np.ndarray) -> PhotoRatio:
    return PhotoRatio("accuracy", correct.astype(float), np.ones(len(correct)))


def test_by_hand():
    ratio = PhotoRatio("recall", np.array([1.0, 0, 2, 0]), np.array([1.0, 1, 2, 0]))
    slices = breakdown(ratio, "camera", ["A", "A", "B", None])
    assert [(s.value, s.metric.count, s.photos.tolist()) for s in slices] == [
        ("A", 2, [0, 1]),
        ("B", 1, [2]),
        (UNKNOWN, 1, [3]),
    ]
    assert slices[0].metric.value == 0.5
    assert slices[0].difference == 0.5 - 1.0
    assert np.isnan(slices[2].metric.value)


@pytest.mark.parametrize("seed", range(4))
def test_a_planted_bad_line_is_found_first(seed):
    rng, columns = _photos(seed)
    correct = rng.random(COUNT) < np.where(columns["line"] == "line 7", 0.5, 0.93)
    worst = worst_slices(_accuracy(correct), columns)
    assert (worst[0].column, worst[0].value) == ("line", "line 7")
    assert worst[0].difference < -0.2
    assert (columns["line"][worst[0].photos] == "line 7").all()


def test_a_bad_pair_of_columns_is_found_where_neither_is_bad_alone():
    rng, columns = _photos(9)
    bad = (columns["camera"] == "B") & (columns["day"] == "2026-05-03")
    other = (columns["camera"] == "B") ^ (columns["day"] == "2026-05-03")
    correct = rng.random(COUNT) < np.where(bad, 0.2, np.where(other, 0.97, 0.9))
    worst = worst_slices(_accuracy(correct), columns, pairs=True)
    assert (worst[0].column, worst[0].value) == ("camera × day", "B, 2026-05-03")


def test_where_nothing_is_worse_nothing_is_reported():
    """At 5 %, of forty searches through 33 slices each about two may report something."""
    reported = 0
    for seed in range(40):
        rng, columns = _photos(seed)
        reported += bool(worst_slices(_accuracy(rng.random(COUNT) < 0.95), columns, repeats=400))
    assert reported <= 5


def test_lower_may_be_better():
    rng, columns = _photos(3)
    error = np.abs(rng.normal(0, np.where(columns["camera"] == "C", 0.2, 0.1)))
    worst = worst_slices(PhotoRatio("mae", error, np.ones(COUNT), better="lower"), columns)
    assert (worst[0].column, worst[0].value) == ("camera", "C")
    assert worst[0].difference > 0


def test_nothing_to_search_and_columns_that_do_not_fit():
    assert worst_slices(_accuracy(np.ones(5, bool)), {"camera": list("AABBB")}) == ()
    assert worst_slices(PhotoRatio("recall", np.zeros(3), np.zeros(3)), {"camera": list("AAB")}) == ()
    with pytest.raises(ArrayShapeError, match="camera: expected 5 values, one a photo, got 2"):
        breakdown(_accuracy(np.ones(5, bool)), "camera", ["A", "B"])
    with pytest.raises(ArrayShapeError, match="expected finite parts"):
        PhotoRatio("mae", np.array([np.nan]), np.ones(1))
