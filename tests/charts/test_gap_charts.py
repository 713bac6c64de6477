"""Figures of gaps, closings, maps and pairs say what the numbers say."""

import math

import numpy as np
import pytest

from core.charts.closings import ClosingBar, closings_figure
from core.charts.gap_layers import LayerPoint, gap_figure
from core.charts.pair_histograms import HistogramPair, pair_histograms_figure
from core.charts.set_map import far_apart, set_map_figure


def test_layers_have_their_interval_and_floor_and_the_chosen_one_stands_out():
    nan = math.nan
    points = [LayerPoint("first", 0.2, 0.1, 0.4, 0.05), LayerPoint("last", 0.5, nan, nan, nan)]
    floor, gap = gap_figure(points, measure="MMD", chosen="last").data
    assert list(floor.y) == [0.05, None]
    assert gap.error_y.array == pytest.approx((0.2, 0.0))
    assert gap.error_y.arrayminus == pytest.approx((0.1, 0.0))
    assert gap.marker.symbol == ("circle-open", "diamond")
    assert gap.text == ("(0.1 to 0.4)", "(too few photos for an interval)")
    hole = gap_figure([LayerPoint("first", nan, nan, nan, nan)], measure="MMD", chosen=None, log=True)
    assert hole.data[1].y == (None,)
    assert hole.layout.yaxis.type == "log"
    tiny = [LayerPoint("first", 1e-9, 0.0, 0.3, 0.6), LayerPoint("last", 50.0, 40.0, 60.0, 30.0)]
    assert gap_figure(tiny, measure="Fréchet", chosen=None, log=True).layout.yaxis.range == pytest.approx(
        (math.log10(0.02), math.log10(120))
    )


def test_changes_are_drawn_from_the_best_down_and_unsure_ones_hollow():
    bars = [ClosingBar("blur", 0.31, 0.24, 0.37, True), ClosingBar("rust", 0.02, -0.1, 0.1, False)]
    figure = closings_figure(bars)
    sure, unsure = figure.data
    assert (sure.x, unsure.x) == ((31.0,), (2.0,))
    assert sure.error_x.array == pytest.approx((6,))
    assert unsure.error_x.arrayminus == pytest.approx((12,))
    assert unsure.marker.symbol == ("circle-open",)
    assert figure.layout.yaxis.categoryarray == ("rust", "blur")


def test_what_widens_the_gap_many_times_stays_at_the_edge_and_says_so():
    bars = [ClosingBar("clouds", 0.3, 0.2, 0.4, True), ClosingBar("noise", -5.9, -7.0, -4.0, False)]
    sure, unsure = closings_figure(bars).data
    assert (sure.x, unsure.x) == ((30.0,), (-100.0,))
    assert (unsure.marker.symbol, unsure.customdata) == (("triangle-left-open",), (-590.0,))
    assert unsure.error_x.array == unsure.error_x.arrayminus == (0.0,)
    across = [ClosingBar("rust", -0.9, -1.5, -0.5, False)]
    assert closings_figure(across).data[1].error_x.arrayminus == pytest.approx((10.0,))


def test_a_map_has_a_mark_for_each_photo_and_pictures_where_they_belong():
    places = {"renders": np.array([[0.0, 0.0], [2.0, 2.0]]), "field photos": np.array([[4.0, 0.0]])}
    names = {"renders": ["a", "b"], "field photos": ["c"]}
    figure = set_map_figure(places, names, {"renders": {1: b"jpeg"}}, explained=(0.6, 0.2), dark=True)
    assert [trace.name for trace in figure.data] == ["renders", "field photos"]
    assert list(figure.data[1].customdata[0]) == ["field photos", 0]
    (picture,) = figure.layout.images
    assert (picture.x, picture.source) == (2.0, "data:image/jpeg;base64,anBlZw==")
    assert figure.layout.xaxis.title.text == "60 % of the variance"


def test_marks_of_many_photos_are_small_and_let_others_shine_through():
    few, many = (
        set_map_figure({"a": np.zeros((count, 2)), "b": np.ones((3, 2))}, {"a": ["x"] * count, "b": ["y"] * 3}, {},
                       explained=(0.5, 0.5))
        for count in (20, 400)
    )  # fmt: skip
    assert many.data[0].marker.size < few.data[0].marker.size
    assert many.data[0].marker.opacity < few.data[0].marker.opacity == 1


def test_places_far_apart_are_chosen_each_as_far_as_can_be():
    places = np.array([[0.0, 0], [0.1, 0], [10, 0], [5, 0], [4.9, 0]])
    assert far_apart(places, 3) == (4, 2, 0)
    assert sorted(far_apart(places, 9)) == [0, 1, 2, 3, 4]
    assert far_apart(np.empty((0, 2))) == ()


def test_histograms_lie_over_each_other_told_apart_by_form():
    pair = HistogramPair("red", np.array([1.0, 0.0]), np.array([0.25, 0.75]))
    one, other = pair_histograms_figure([pair], titles=("left", "right")).data
    assert (list(one.y), list(other.y)) == ([100, 0], [25, 75])
    assert (one.fill, other.fill, other.line.dash) == ("tozeroy", None, "dot")
    assert list(one.x) == [0, 50]
