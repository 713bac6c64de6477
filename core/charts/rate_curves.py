"""Precision against recall, and F1 against the threshold, with the point that a threshold stands at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.charts.style import faint, line_colours, line_symbol, quiet
from core.metrics.curves import Curve, Point
from core.metrics.folds import FoldBand
from core.metrics.macro import MacroCurve

if TYPE_CHECKING:
    import plotly.graph_objects as go

_HEIGHT_PX = 380
_MARGIN = 0.03  # of the axes, so that points at 0 and 1 are whole


@dataclass(frozen=True, slots=True, eq=False)
class RateLine:
    """One curve of a figure.

    Attributes:
        name: what the legend says.
        curve: thinned for drawing.
        point: where the threshold stands; None for no mark.
        is_strong: drawn thick; others are company.
    """

    name: str
    curve: Curve | MacroCurve
    point: Point | None = None
    is_strong: bool = True


def precision_recall_figure(lines: Sequence[RateLine], *, dark: bool = False) -> go.Figure:
    """Draw precision over recall, one line a curve, each with its point. Lines of nothing are left out."""
    traces: list[dict[str, Any]] = []
    for line, colour, symbol in _styled(lines, dark):
        recall, precision = line.curve.recall, line.curve.precision
        traces.append(_line(line, colour, recall, precision, line.curve.threshold))
        if line.point is not None:
            traces.append(_mark(line, colour, symbol, line.point.recall, line.point.precision, line.point))
    return _figure(
        traces, "Recall: share of what is there that is found", "Precision: share of findings that are right"
    )


def f1_figure(lines: Sequence[RateLine], *, span: tuple[float, float] = (0.0, 1.0), dark: bool = False) -> go.Figure:
    """Draw F1 over the threshold, one line a curve, each with its point.

    Args:
        lines: as ``precision_recall_figure``.
        span: ends of the threshold's axis.
        dark: whether the page behind is dark.
    """
    traces: list[dict[str, Any]] = []
    for line, colour, symbol in _styled(lines, dark):
        threshold = line.curve.threshold
        # Between two thresholds the rates of the upper one hold.
        trace = _line(line, colour, threshold, line.curve.f1, threshold)
        trace["line"]["shape"] = "vh"
        traces.append(trace)
        if line.point is not None and not np.isnan(line.point.threshold):
            traces.append(_mark(line, colour, symbol, line.point.threshold, line.point.f1, line.point))
    figure = _figure(traces, "Probability threshold", "F1")
    figure.layout.xaxis.range = _padded(span)
    return figure


def band_figure(bands: Sequence[tuple[str, FoldBand]], *, rate: str, dark: bool = False) -> go.Figure:
    """Draw the mean of several curves over the threshold, with the band from the lowest to the highest of them.

    Args:
        bands: name and band, see ``core.metrics.folds``.
        rate: what is drawn, for the axis.
        dark: whether the page behind is dark.
    """
    traces: list[dict[str, Any]] = []
    for (name, band), colour in zip(bands, line_colours(len(bands), dark=dark), strict=True):
        common = {"type": "scatter", "mode": "lines", "x": band.threshold, "legendgroup": name}
        edge = {"line": {"width": 0}, "showlegend": False, "hoverinfo": "skip"}
        traces.append({**common, **edge, "y": band.low})
        traces.append({**common, **edge, "y": band.high, "fill": "tonexty", "fillcolor": faint(colour, 0.18)})
        hover = f"{name}<br>threshold %{{x:.3f}}: mean %{{y:.3f}}<extra></extra>"
        traces.append({**common, "y": band.mean, "name": name, "line": {"color": colour}, "hovertemplate": hover})
    return _figure(traces, "Probability threshold", rate)


def _styled(lines: Sequence[RateLine], dark: bool) -> list[tuple[RateLine, str, str]]:
    colours = line_colours(len(lines), dark=dark)
    styled = [(line, colour, line_symbol(k)) for k, (line, colour) in enumerate(zip(lines, colours, strict=True))]
    return [one for one in styled if len(one[0].curve.threshold)]


def _line(line: RateLine, colour: str, x: object, y: object, threshold: object) -> dict[str, Any]:
    trace: dict[str, Any] = {
        "type": "scatter",
        "mode": "lines",
        "name": line.name,
        "legendgroup": line.name,
        "x": x,
        "y": y,
        "customdata": threshold,
        "line": {"color": colour if line.is_strong else faint(colour, 0.75), "width": 2.4 if line.is_strong else 1.2},
        "hovertemplate": f"{line.name}<br>%{{y:.3f}} at %{{x:.3f}}, threshold %{{customdata:.3f}}<extra></extra>",
    }
    if line.point is not None:
        trace["showlegend"] = False  # the mark's entry stands for both
    return trace


def _mark(line: RateLine, colour: str, symbol: str, x: float, y: float, point: Point) -> dict[str, Any]:
    counts = f"{point.found} found, {point.needless} needless, {point.missed} missed"
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": line.name,
        "legendgroup": line.name,
        "x": [x],
        "y": [y],
        "line": {"color": colour, "width": 2.4},
        "marker": {"symbol": symbol, "size": 14, "color": colour, "line": {"width": 2, "color": "white"}},
        "hovertemplate": f"{line.name}<br>threshold {point.threshold:.3f}<br>{counts}<extra></extra>",
    }


def _figure(traces: list[dict[str, Any]], x_title: str, y_title: str) -> go.Figure:
    import plotly.graph_objects as go

    figure = go.Figure(data=traces)
    quiet(figure, height_px=_HEIGHT_PX)
    figure.update_layout(
        xaxis={"title": x_title, "range": _padded((0.0, 1.0))}, yaxis={"title": y_title, "range": _padded((0.0, 1.0))}
    )
    return figure


def _padded(span: tuple[float, float]) -> list[float]:
    pad = (span[1] - span[0]) * _MARGIN
    return [span[0] - pad, span[1] + pad]
