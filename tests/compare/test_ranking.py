"""Orders, votes and the classes that come into question."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.compare.catalogue import measure_named
from core.compare.ranking import classes_in_question, nearest, nearness, vote
from core.errors import ConfigError

HASH, SSIM, MSE = (measure_named(name) for name in ("average_hash", "thumbnail_ssim", "thumbnail_mse"))


def test_higher_is_nearer_once_turned() -> None:
    values = np.array([3.0, np.nan, 1.0])
    assert nearest(nearness(values, HASH), 3).tolist() == [2, 0, 1]
    assert nearest(nearness(values, SSIM), 3).tolist() == [0, 2, 1]


@given(st.lists(st.integers(-5, 5), min_size=1, max_size=30), st.integers(1, 40))
def test_the_nearest_are_the_first_of_a_stable_sort(values: list[int], count: int) -> None:
    wanted = sorted(range(len(values)), key=lambda k: -values[k])[:count]
    assert nearest(np.array(values, float), count).tolist() == wanted


def test_a_vote_averages_places() -> None:
    found = {"average_hash": np.array([0.0, 10, 20, 30]), "thumbnail_ssim": np.array([0.1, 0.9, 0.5, 0.5])}
    assert vote(found, {HASH: 1.0}).tolist() == pytest.approx([1, 2 / 3, 1 / 3, 0])
    # Places by SSIM: 0, 1, and the equal ones share (1/3 + 2/3) / 2.
    assert vote(found, {SSIM: 1.0}).tolist() == pytest.approx([0, 1, 0.5, 0.5])
    assert vote(found, {HASH: 1.0, SSIM: 3.0}).tolist() == pytest.approx(
        [0.25, (2 / 3 + 3) / 4, (1 / 3 + 1.5) / 4, 0.375]
    )
    assert vote({"thumbnail_mse": np.array([0.4])}, {MSE: 1.0}).tolist() == [1]


@given(st.lists(st.floats(-1, 1, width=16), min_size=2, max_size=20))
def test_a_vote_does_not_change_with_the_scale_of_a_measure(values: list[float]) -> None:
    plain = vote({"thumbnail_ssim": np.array(values)}, {SSIM: 2.0})
    stretched = vote({"thumbnail_ssim": np.array(values) * 8 + 1}, {SSIM: 1.0})
    assert plain.tolist() == stretched.tolist()
    assert 0 <= plain.min() <= plain.mean() == pytest.approx(0.5)


def test_odd_weights_are_refused() -> None:
    with pytest.raises(ConfigError, match="weight of thumbnail_mse: expected a number over 0, received -1"):
        vote({}, {MSE: -1.0})
    with pytest.raises(ConfigError, match="expected at least one measure"):
        vote({}, {})


def test_classes_come_into_question_by_their_share_of_the_nearest() -> None:
    values = np.array([0.9, 0.8, 0.7, 0.6, 0.5, -np.inf])
    labels = ["TREE", "STEEL", "TREE", "", "CONCRETE", "STEEL"]
    # Places weigh 1, 1/2, 1/3, 1/4, 1/5: together 137/60.
    found = classes_in_question(values, labels, neighbours=6, least_share=0.1)
    assert [(one.label, one.example) for one in found] == [("TREE", 0), ("STEEL", 1)]
    assert [one.share for one in found] == pytest.approx([(4 / 3) / (137 / 60), 0.5 / (137 / 60)])
    assert [one.label for one in classes_in_question(values, labels, neighbours=6, least_share=0.08)] == [
        "TREE",
        "STEEL",
        "CONCRETE",
    ]
    assert [one.label for one in classes_in_question(values, labels, neighbours=1)] == ["TREE"]
    assert classes_in_question(values[5:], labels[5:]) == ()
    with pytest.raises(ConfigError, match=r"received 0 and 0\.1"):
        classes_in_question(values, labels, neighbours=0, least_share=0.1)
