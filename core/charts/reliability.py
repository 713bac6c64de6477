"""Whether stated confidence is kept: the reliability diagram, before and after calibration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from core.charts.style import faint, line_colours, line_symbol, quiet
from core.metrics.reliability import Reliability

if TYPE_CHECKING:
    import plotly.graph_objects as go


def reliability_figure(diagrams: Mapping[str, Reliability], *, dark: bool = False) -> go.Figure:
    """Draw the share that is right over the stated confidence, with Wilson's interval and the counts below.

    Args:
        diagrams: name, such as ``after calibration``, → diagram.
        dark: whether the page behind is dark.
    """
    import plotly.graph_objects as go

    ideal, *colours = line_colours(len(diagrams) + 1, dark=dark)
    traces: list[dict[str, Any]] = [
        {"type": "scatter", "x": [0, 1], "y": [0, 1], "mode": "lines", "name": "as stated", "hoverinfo": "skip",
         "line": {"color": faint(ideal, 0.8), "dash": "dot", "width": 1.4}}
    ]  # fmt: skip
    for k, ((name, diagram), colour) in enumerate(zip(diagrams.items(), colours, strict=True)):
        bins = [one for one in diagram.bins if one.count]
        shares = [one.accuracy.value for one in bins]
        error = {
            "array": [one.accuracy.high - one.accuracy.value for one in bins],
            "arrayminus": [one.accuracy.value - one.accuracy.low for one in bins],
            "color": faint(colour, 0.6),
            "thickness": 1.2,
            "width": 3,
        }
        traces += [
            {"type": "scatter", "x": [one.confidence for one in bins], "y": shares, "mode": "lines+markers",
             "name": name, "legendgroup": name, "customdata": [one.count for one in bins], "error_y": error,
             "line": {"color": colour}, "marker": {"symbol": line_symbol(k), "size": 9},
             "hovertemplate": f"{name}<br>stated %{{x:.0%}}, right %{{y:.0%}} of %{{customdata}}<extra></extra>"},
            {"type": "bar", "x": [(one.low + one.high) / 2 for one in diagram.bins], "name": name, "yaxis": "y2",
             "y": [one.count for one in diagram.bins], "marker": {"color": faint(colour, 0.45)}, "showlegend": False,
             "legendgroup": name, "hovertemplate": f"{name}<br>%{{y}} answers<extra></extra>"},
        ]  # fmt: skip
    figure = go.Figure(data=traces)
    quiet(figure, height_px=430, barmode="overlay")
    figure.update_layout(
        xaxis={"title": "Stated confidence", "range": [-0.02, 1.02], "tickformat": ".0%", "anchor": "y2"},
        yaxis={"title": "Share that is right", "range": [-0.02, 1.04], "tickformat": ".0%", "domain": [0.3, 1]},
        yaxis2={"title": "Answers", "domain": [0, 0.2]},
    )
    return figure
