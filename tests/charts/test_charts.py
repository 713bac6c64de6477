"""Figures say what the numbers say, and cost nothing until one is drawn."""

import ast
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.charts.confusion import confusion_figure
from core.charts.counts import counts_figure
from core.charts.loss_curves import Curve, loss_figure, smoothed
from core.charts.style import day_axis
from core.charts.trials import Trial, trials_figure
from core.charts.value_scatter import value_figure
from core.config import REPOSITORY
from core.errors import ArrayShapeError, ConfigError

CURVE = Curve("run a", (1, 2, 3), (3.0, 2.0, 1.0), (3.5, 1.5, 2.5), best_epoch=2)


def test_smoothing_by_hand():
    # 0.5·0.5·1 + 0.5·3 over 1 − 0.5²; then once more
    assert smoothed([1.0, 3.0, 5.0], 0.5) == pytest.approx([1.0, 1.75 / 0.75, (0.5 * 1.75 + 2.5) / 0.875])
    assert smoothed([2.0, None, 4.0], 0.5) == [2.0, None, pytest.approx(2.5 / 0.75)]
    with pytest.raises(ConfigError, match="expected 0 to below 1, got 1"):
        smoothed([1.0], 1)


@given(st.lists(st.floats(-1e6, 1e6), max_size=30), st.floats(0, 0.99))
def test_smoothing_stays_within_the_values_and_leaves_them_alone_at_nought(values, strength):
    assert smoothed(values, 0.0) == pytest.approx(values)
    for i, value in enumerate(smoothed(values, strength)):
        assert min(values[: i + 1]) - 1e-3 <= value <= max(values[: i + 1]) + 1e-3


def _lines(figure):
    return [trace for trace in figure.data if trace.mode == "lines"]


def test_curves_show_both_parts_and_mark_the_best_epoch_on_validation():
    figure = loss_figure([CURVE], scale="log")
    validation, training = _lines(figure)
    assert list(validation.y) == [3.5, 1.5, 2.5]
    assert list(training.y) == [3.0, 2.0, 1.0]
    assert (validation.line.dash, training.line.dash) == ("solid", "dot")
    (mark,) = [trace for trace in figure.data if trace.mode == "markers"]
    assert (list(mark.x), list(mark.y)) == ([2], [1.5])
    assert figure.layout.yaxis.type == "log"
    assert [trace.name for trace in figure.data if trace.showlegend is not False] == ["run a"]


def test_smoothed_curves_keep_the_raw_values_faint_behind():
    figure = loss_figure([CURVE], smooth=0.6, parts=("validation",))
    raw, smooth = _lines(figure)
    assert list(raw.y) == [3.5, 1.5, 2.5]
    assert list(smooth.y) == pytest.approx(smoothed(CURVE.validation, 0.6))
    assert raw.line.color.startswith("rgba(")
    assert raw.line.color.endswith("0.28)")


def test_runs_are_told_apart_by_colour_and_mark():
    curves = [Curve(f"run {k}", (1,), (1.0,), (1.0,), best_epoch=1) for k in range(4)]
    for dark in (False, True):
        marks = [trace.marker for trace in loss_figure(curves, dark=dark).data if trace.mode == "markers"]
        assert len({mark.color for mark in marks}) == len({mark.symbol for mark in marks}) == 4


def test_a_run_without_the_measure_leaves_no_trace():
    assert len(loss_figure([Curve("run", (1, 2), (None, None), (None, None), 1)]).data) == 0
    assert len(loss_figure([]).data) == 0


def test_values_lie_against_a_band_of_the_stated_width():
    figure = value_figure([0.1, 0.5], [0.2, 0.4], half_width=0.05)
    band, line, points = figure.data
    assert list(band.y) == pytest.approx([0.05, 0.45, 0.55, 0.15])
    assert list(line.x) == list(line.y) == [0.1, 0.5]
    assert (list(points.x), list(points.y)) == ([0.1, 0.5], [0.2, 0.4])
    with pytest.raises(ArrayShapeError, match="expected equal lengths above 0, got 1 and 2"):
        value_figure([1.0], [1.0, 2.0])


def test_confusion_is_shaded_by_the_share_of_the_true_class():
    figure = confusion_figure(["TREE", "STEEL"], [[3, 1], [0, 0]])
    assert [list(row) for row in figure.data[0].z] == [[0.75, 0.25], [0, 0]]
    assert [list(row) for row in figure.data[0].text] == [["3", "1"], ["0", "0"]]
    with pytest.raises(ArrayShapeError, match="expected 2 rows of 2, got 1 rows"):
        confusion_figure(["a", "b"], [[1, 2]])


def test_trials_share_one_score_axis_and_star_the_best_in_every_panel():
    trials = [
        Trial(0, 0.5, {"fit.learning_rate": 1e-4, "model.backbone": "vgg16"}),
        Trial(1, 0.2, {"fit.learning_rate": 1e-2, "model.backbone": "resnet50"}),
        Trial(2, None, {"fit.learning_rate": 1e-3, "model.backbone": "vgg16"}),
    ]
    figure = trials_figure(trials)
    assert [list(panel.marker.symbol) for panel in figure.data] == [["circle", "star"]] * 2
    assert (figure.layout.xaxis.type, figure.layout.xaxis2.type) == ("log", "category")
    assert figure.layout.yaxis2.matches == "y"
    with pytest.raises(ConfigError, match="expected at least one with a score"):
        trials_figure(trials[2:])


def test_counts_of_labels_by_part():
    train, test = counts_figure({"train": {"TREE": 3, "STEEL": 1}, "test": {"TREE": 2}}).data
    assert (list(train.y), list(train.x), list(test.x)) == (["TREE", "STEEL"], [3, 1], [2, 0])


def test_nothing_of_ours_imports_plotly_before_a_figure_is_drawn():
    # Streamlit itself imports it, for its theme, so the dashboard cannot be asked; services and charts can.
    code = (
        "import sys\n"
        "import core.charts.loss_curves, core.charts.trials, core.services.training_results, core.api, core.cli.main\n"
        "assert not {'plotly', 'tensorflow', 'keras'} & set(sys.modules)\n"
        "core.charts.loss_curves.loss_figure([])\n"
        "assert 'plotly' in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.mark.parametrize("room", ["core", "components", "pages"])
def test_no_module_imports_plotly_at_its_head(room):
    heads = {
        path.name: {alias.name for node in ast.parse(path.read_text()).body for alias in _imported(node)}
        for path in (REPOSITORY / room).rglob("*.py")
    }
    assert {name for name, found in heads.items() if any(module.startswith("plotly") for module in found)} == set()


def _imported(node):
    if isinstance(node, ast.ImportFrom):
        return [ast.alias(node.module or "")]
    return node.names if isinstance(node, ast.Import) else []


def test_a_single_day_is_named_by_its_date_and_many_are_left_to_the_axis():
    assert day_axis(["2026-06-12"])["tickvals"] == ["2026-06-12"]
    assert "tickvals" not in day_axis([f"2026-06-{day:02d}" for day in range(1, 30)])
