"""Numbers over time: a control chart with its limits, and a share with its interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from core.charts.style import day_axis, faint, line_colours, line_symbol, quiet
from core.metrics.control import ControlChart
from core.metrics.intervals import Interval

if TYPE_CHECKING:
    import plotly.graph_objects as go


def control_figure(chart: ControlChart, *, alarm_colour: str, dark: bool = False) -> go.Figure:
    """Draw a measure by batch with its control limits; batches beyond them are marked, those of the reference hollow.

    Args:
        chart: the measure; batches without a value are gaps.
        alarm_colour: of batches beyond a limit.
        dark: whether the page behind is dark.
    """
    import plotly.graph_objects as go

    line, band = line_colours(2, dark=dark)
    names = list(chart.batches)
    high = [None if not np.isfinite(v) else float(v) for v in chart.high]
    low = [None if not np.isfinite(v) else float(v) for v in chart.low]
    edge: dict[str, Any] = {"type": "scatter", "mode": "lines", "x": names, "hoverinfo": "skip",
                            "line": {"width": 1, "dash": "dot", "color": faint(band, 0.9), "shape": "hvh"}}  # fmt: skip
    alarms = chart.alarms()
    filled = {"fill": "tonexty", "fillcolor": faint(band, 0.12)} if any(v is not None for v in low) else {}
    traces: list[dict[str, Any]] = [
        {**edge, "y": low, "showlegend": False},
        {**edge, "y": high, "name": "expected, by the reference period", **filled},
        {"type": "scatter", "mode": "lines+markers", "x": names, "y": chart.value, "name": chart.measure,
         "customdata": chart.count, "line": {"color": line, "width": 1.6}, "marker": {"size": 8, "color": line,
         "symbol": ["circle-open" if is_reference else "circle" for is_reference in chart.is_reference]},
         "hovertemplate": "%{x}: %{y:.4g} over %{customdata} photos<extra></extra>"},
        {"type": "scatter", "mode": "markers", "x": [names[k] for k in alarms], "y": chart.value[alarms],
         "name": "beyond it", "marker": {"size": 15, "symbol": "diamond-open", "color": alarm_colour,
         "line": {"width": 3, "color": alarm_colour}}, "hovertemplate": "%{x}: %{y:.4g}<extra></extra>"},
    ]  # fmt: skip
    figure = go.Figure(data=traces)
    quiet(figure, height_px=300)
    title = chart.measure[:1].upper() + chart.measure[1:]
    figure.update_layout(xaxis={"type": "category", "nticks": 8}, yaxis={"title": title, "rangemode": "nonnegative"})
    return figure


def share_figure(shares: Mapping[date, Interval], *, title: str, dark: bool = False) -> go.Figure:
    """Draw a share over time with its intervals.

    Args:
        shares: first day of each step → share.
        title: of the axis.
        dark: whether the page behind is dark.
    """
    import plotly.graph_objects as go

    (colour,) = line_colours(1, dark=dark)
    days, values = list(shares), list(shares.values())
    trace = {
        "type": "scatter", "mode": "lines+markers", "x": days, "y": [one.value for one in values], "name": title,
        "customdata": [one.count for one in values], "line": {"color": colour},
        "error_y": {"array": [one.high - one.value for one in values],
                    "arrayminus": [one.value - one.low for one in values], "color": faint(colour, 0.6)},
        "hovertemplate": "%{x|%-d %b %Y}: %{y:.0%} of %{customdata}<extra></extra>",
    }  # fmt: skip
    figure = go.Figure(data=[trace])
    quiet(figure, height_px=300)
    figure.update_layout(xaxis=day_axis(days), yaxis={"title": title, "tickformat": ".0%", "range": [-0.02, 1.05]})
    return figure


def quality_figure(lines: Mapping[str, Sequence[tuple[str, float, int]]], *, dark: bool = False) -> go.Figure:
    """Draw one number a version, one line a model and dataset.

    Args:
        lines: name → (version, value 0 to 1, photos) in order of time.
        dark: whether the page behind is dark.
    """
    import plotly.graph_objects as go

    traces: list[dict[str, Any]] = []
    for k, ((name, found), colour) in enumerate(zip(lines.items(), line_colours(len(lines), dark=dark), strict=True)):
        traces.append(
            {"type": "scatter", "mode": "lines+markers", "name": name, "x": [one[0] for one in found],
             "y": [one[1] for one in found], "customdata": [one[2] for one in found], "line": {"color": colour},
             "marker": {"symbol": line_symbol(k), "size": 11},
             "hovertemplate": f"{name}<br>%{{x}}: %{{y:.3f}} on %{{customdata}} photos<extra></extra>"}
        )  # fmt: skip
    figure = go.Figure(data=traces)
    quiet(figure, height_px=300)
    figure.update_layout(xaxis={"type": "category", "title": "Version"}, yaxis={"range": [-0.02, 1.05]})
    return figure


def alarm_figure(alarms: Mapping[str, int], *, colour: str, dark: bool = False) -> go.Figure:
    """Draw how many measures were beyond their limits, batch by batch.

    Args:
        alarms: batch → measures beyond; batches of the reference period are left out.
        colour: of the bars.
        dark: whether the page behind is dark.
    """
    import plotly.graph_objects as go

    trace = {
        "type": "bar", "x": list(alarms), "y": list(alarms.values()), "name": "measures beyond their limits",
        "marker": {"color": colour}, "hovertemplate": "%{x}: %{y} beyond their limits<extra></extra>",
    }  # fmt: skip
    figure = go.Figure(data=[trace])
    quiet(figure, height_px=300)
    most = max([*alarms.values(), 1])
    axis = {"title": "Measures beyond their limits", "range": [0, most * 1.1], "dtick": max(most // 5, 1)}
    figure.update_layout(xaxis={"type": "category", "nticks": 8}, yaxis=axis)
    return figure
