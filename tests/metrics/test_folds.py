"""Bands over folds, and metrics as sums over photos: by hand, and against the curves they come from."""

import numpy as np
import pytest

from core.errors import ArrayShapeError
from core.metrics.breakdown import breakdown
from core.metrics.curves import curves, score_curve
from core.metrics.folds import fold_bands
from core.metrics.photo_ratios import class_ratios, match_ratios, value_ratios
from core.metrics.table import match_boxes_table
from tests.metrics.coco_oracle import as_columns, random_case


def test_a_band_by_hand():
    first = score_curve("a", np.array([0.9, 0.5]), np.array([True, False]), 1)
    second = score_curve("a", np.array([0.7, 0.5]), np.array([True, True]), 2)
    bands = fold_bands([first, second])
    assert bands["recall"].threshold.tolist() == [0.5, 0.7, 0.9]
    np.testing.assert_allclose(bands["recall"].mean, [1.0, 0.75, 0.5])
    np.testing.assert_allclose(bands["recall"].low, [1.0, 0.5, 0.0])
    np.testing.assert_allclose(bands["recall"].deviation, np.std([[1, 1], [1, 0.5], [1, 0]], axis=1, ddof=1))
    # At 0.9 the second fold answers nothing: its precision is unknown, not 0.
    np.testing.assert_allclose(bands["precision"].mean, [0.75, 1.0, 1.0])
    assert np.isnan(bands["precision"].deviation[2])
    with pytest.raises(ArrayShapeError, match="expected folds of one label"):
        fold_bands([])


def test_every_point_of_a_band_is_the_mean_of_the_curves_points():
    rng = np.random.default_rng(0)
    folds = [score_curve("a", np.round(rng.random(80), 2), rng.random(80) < 0.5, 80) for _ in range(5)]
    grid = np.linspace(0, 1, 23)
    bands = fold_bands(folds, grid)
    for i, threshold in enumerate(grid):
        points = [fold.at(threshold) for fold in folds]
        assert bands["f1"].mean[i] == pytest.approx(np.mean([p.f1 for p in points]))
        assert bands["f1"].deviation[i] == pytest.approx(np.std([p.f1 for p in points], ddof=1))


def test_sums_over_photos_are_the_points_of_the_curves():
    case = random_case(3, photos=9, labels=2, answers=200, truths=60, side_px=40, levels=20)
    table = match_boxes_table(*as_columns(case), ("a", "b"), 9)
    ratios = match_ratios(table, {"a": 0.4, "b": 0.4}, 0.75)
    point = curves(table, 0.75)["ALL"].at(0.4)
    whole = {name: breakdown(r, "all", ["x"] * 9)[0].metric.value for name, r in ratios.items()}
    assert whole["recall"] == pytest.approx(point.recall)
    assert whole["precision"] == pytest.approx(point.precision)
    assert whole["missed a photo"] == pytest.approx(point.missed / 9)
    assert whole["needless a photo"] == pytest.approx(point.needless / 9)


def test_classes_and_values_by_hand():
    found = class_ratios(np.array([0, 1, -1]), np.array([0, 0, 0]), np.array([True, False, False]))
    assert found["accuracy"].parts.tolist() == [1, 0, 0]
    assert found["refused"].parts.tolist() == [0, 1, 0]
    assert found["accuracy"].wholes.tolist() == [1, 1, 0]
    values = value_ratios(np.array([0.5, 0.9]), np.array([0.4, 0.4]), 0.2)
    assert values["within margin"].parts.tolist() == [1, 0]
    assert values["mae"].parts.sum() == pytest.approx(0.6)
    assert values["mae"].better == "lower"
