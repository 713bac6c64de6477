"""Figures of curves, counts over time and maps say what the numbers say; so do their CSVs."""

import csv
import io
from datetime import date

import numpy as np
import plotly.graph_objects as go
import pytest

from core.charts.confusion import confusion_figure
from core.charts.figure_csv import figure_csv
from core.charts.intervals import IntervalRow, interval_figure
from core.charts.margin_curve import margin_figure
from core.charts.over_time import control_figure, quality_figure, share_figure
from core.charts.overlap_map import overlap_map
from core.charts.rate_curves import RateLine, band_figure, f1_figure, precision_recall_figure
from core.charts.reliability import reliability_figure
from core.charts.severity_bars import SeverityLook, severity_bars
from core.charts.severity_map import severity_map
from core.metrics.control import ControlChart
from core.metrics.curves import Surface, score_curve
from core.metrics.folds import fold_bands
from core.metrics.intervals import wilson
from core.metrics.reliability import reliability

CURVE = score_curve("cap", np.array([0.9, 0.6, 0.3]), np.array([True, False, True]), 3)
LOOKS = [SeverityLook("in order", "green"), SeverityLook("look now", "red", "triangle-up", "/")]


def rows(figure: go.Figure) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(figure_csv(figure))))


def test_points_stand_on_their_curves():
    lines = [RateLine("cap", CURVE, CURVE.at(0.5))]
    line, mark = precision_recall_figure(lines).data
    assert list(line.x) == pytest.approx([2 / 3, 1 / 3, 1 / 3])
    assert list(line.y) == pytest.approx([2 / 3, 0.5, 1.0])
    assert (mark.x[0], mark.y[0]) == pytest.approx((1 / 3, 0.5))
    line, mark = f1_figure(lines).data
    assert line.line.shape == "vh"
    assert (mark.x[0], mark.y[0]) == (0.5, CURVE.at(0.5).f1)
    assert "1 found, 1 needless, 2 missed" in mark.hovertemplate


def test_a_curve_of_nothing_and_a_point_without_threshold_are_left_out():
    nothing = score_curve("none", np.zeros(0), np.zeros(0, dtype=bool), 2)
    assert len(precision_recall_figure([RateLine("none", nothing)]).data) == 0
    assert len(f1_figure([RateLine("cap", CURVE, CURVE.at(float("nan")))]).data) == 1


def test_the_band_lies_around_the_mean():
    other = score_curve("cap", np.array([0.8, 0.4]), np.array([True, True]), 3)
    band = fold_bands([CURVE, other])["f1"]
    low, high, mean = band_figure([("cap", band)], rate="F1").data
    assert (np.asarray(low.y) <= np.asarray(mean.y) + 1e-12).all()
    assert (np.asarray(mean.y) <= np.asarray(high.y) + 1e-12).all()
    assert [row["series"] for row in rows(band_figure([("cap", band)], rate="F1"))] == ["cap"] * len(band.threshold)


def test_the_map_has_thresholds_across_and_overlaps_up():
    rates = np.arange(6.0).reshape(3, 2) / 6
    surface = Surface("ALL", np.array([0.1, 0.5, 0.9]), np.array([0.5, 0.75]), rates, rates, rates)
    figure = overlap_map(surface, rate="recall", chosen=(0.5, 0.75))
    heat, *marks = figure.data
    assert np.asarray(heat.z).tolist() == rates.T.tolist()
    assert {(mark.x[0], mark.y[0]) for mark in marks} == {(0.5, 0.75)}
    table = rows(figure)
    assert len(table) == 6  # the marks are no numbers
    assert (table[1]["x"], table[1]["y"], float(table[1]["value"])) == ("0.5", "0.5", pytest.approx(2 / 6))


def test_confusion_may_have_other_columns_than_rows():
    figure = confusion_figure(["a", "background"], [[3, 1], [2, 0]], answers=["a", "missed"], noun="boxes")
    assert list(figure.data[0].x) == ["a", "missed"]
    assert "boxes" in figure.data[0].hovertemplate


def test_reliability_shows_shares_with_their_counts():
    diagram = reliability(np.array([0.95, 0.9, 0.15]), np.array([True, False, False]), bin_count=2)
    _, line, bars = reliability_figure({"as stated": diagram}).data
    assert list(line.y) == [0.0, 0.5]
    assert list(bars.y) == [1, 2]


def test_intervals_and_margins():
    figure = interval_figure([IntervalRow("L1", 0.5, float("nan"), 0.7, 4)], title="Recall", line_at=0.9)
    assert list(figure.data[0].y) == ["L1 · n 4"]
    assert (figure.data[0].error_x.array[0], figure.data[0].error_x.arrayminus[0]) == (pytest.approx(0.2), 0.0)
    _, mark = margin_figure([("v1", np.array([0.0, 0.5, 1.0]))], np.array([0.0, 0.1, 0.2]), 0.15).data
    assert mark.y[0] == pytest.approx(0.75)


def test_bars_have_the_most_urgent_at_the_base():
    figure = severity_bars({"2026-06-01": (5, 2), "2026-06-02": (1, 0)}, LOOKS)
    assert [trace.name for trace in figure.data] == ["look now", "in order"]
    assert list(figure.data[0].y) == [2, 0]
    lying = severity_bars({"L7": (5, 2)}, LOOKS, lying=True)
    assert (list(lying.data[1].x), list(lying.data[1].y)) == ([5], ["L7"])


def test_the_map_is_true_to_distance():
    figure = severity_map({1: [(60.0, 8.0, "a.jpg")]}, LOOKS)
    assert (list(figure.data[1].x), list(figure.data[1].y)) == ([8.0], [60.0])
    assert figure.layout.yaxis.scaleratio == pytest.approx(2.0)  # a degree of longitude is half as long at 60°


def test_control_charts_mark_what_is_beyond():
    chart = ControlChart(
        "blur", ("a", "b", "c"), np.array([4, 4, 4]), np.array([0.1, 0.9, np.nan]), 0.1,
        np.array([0.0, 0.0, 0.0]), np.array([0.2, 0.2, 0.2]), np.array([True, False, False]),
    )  # fmt: skip
    beyond = control_figure(chart, alarm_colour="red").data[-1]
    assert (list(beyond.x), list(beyond.y)) == (["b"], [0.9])
    assert rows(control_figure(chart, alarm_colour="red"))[2] == {"series": "blur", "x": "c", "y": "", "value": ""}


def test_shares_and_quality_over_time():
    figure = share_figure({date(2026, 6, 1): wilson(3, 4)}, title="accepted")
    assert list(figure.data[0].y) == [0.75]
    figure = quality_figure({"cap": [("v1", 0.5, 10), ("v2", 0.7, 10)]})
    assert list(figure.data[0].x) == ["v1", "v2"]


def test_text_of_a_csv_is_no_formula():
    figure = go.Figure(data=[{"type": "bar", "name": "=1+1", "x": ["@x"], "y": [-2]}])
    assert rows(figure) == [{"series": "'=1+1", "x": "'@x", "y": "-2", "value": ""}]
