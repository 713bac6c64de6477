"""The gap at every layer: a point with its interval each, before the band that halves of the real set span."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.charts.style import faint, line_colours, quiet

if TYPE_CHECKING:
    import plotly.graph_objects as go

_GREY = {False: "rgb(95, 107, 118)", True: "rgb(160, 172, 184)"}


@dataclass(frozen=True, slots=True)
class LayerPoint:
    """One layer: ends and floor are NaN where they cannot be told."""

    layer: str
    value: float
    low: float
    high: float
    floor: float


def gap_figure(
    points: Sequence[LayerPoint], *, measure: str, chosen: str | None, log: bool = False, dark: bool = False
) -> go.Figure:
    """Draw layers from the photo to the answer.

    Args:
        points: in the network's order; a NaN value leaves a hole.
        measure: what the axis says.
        chosen: the layer that is looked into, drawn as a full mark; the others are hollow.
        log: whether the axis is logarithmic; values of 0 or less then have no point.
        dark: whether the page behind is dark.
    """
    import plotly.graph_objects as go

    (line,) = line_colours(1, dark=dark)
    layers = [point.layer for point in points]
    figure = go.Figure()
    figure.add_bar(
        x=layers, y=[point.floor if math.isfinite(point.floor) else None for point in points], width=1.0,
        marker={"color": faint(_GREY[dark], 0.3), "line": {"width": 0}}, name="floor: halves of the real set",
        hovertemplate="%{x}<br>floor %{y:.4g}<extra></extra>",
    )  # fmt: skip
    figure.add_scatter(
        x=layers,
        y=[point.value if math.isfinite(point.value) else None for point in points],
        error_y={
            "type": "data", "symmetric": False, "thickness": 1.5, "width": 6, "color": line,
            "array": [_length(point.high - point.value) for point in points],
            "arrayminus": [_length(point.value - point.low) for point in points],
        },
        mode="lines+markers",
        line={"color": faint(line, 0.35), "width": 1},
        marker={
            "color": line, "size": [15 if point.layer == chosen else 11 for point in points],
            "symbol": ["diamond" if point.layer == chosen else "circle-open" for point in points],
            "line": {"width": 2},
        },
        name="gap with its 95 % interval",
        text=[_interval(point) for point in points],
        hovertemplate="%{x}<br>%{y:.4g} %{text}<br>click to look into it<extra></extra>",
    )  # fmt: skip
    quiet(figure, height_px=400, bargap=0)
    figure.update_yaxes(title=measure, exponentformat="power")
    if log:
        figure.update_yaxes(type="log", range=_log_range(points))
    else:
        figure.update_yaxes(rangemode="tozero")
    figure.update_xaxes(title="layer, from the photo to the answer", tickangle=-35)
    return figure


def _log_range(points: Sequence[LayerPoint]) -> list[float] | None:
    """Powers of ten from below the lowest floor: a gap of next to nothing would press all others together."""
    floors = [point.floor for point in points if point.floor > 0]
    tops = [top for point in points for top in (point.value, point.high, point.floor) if top > 0]
    return [math.log10(min(floors) / 30), math.log10(max(tops) * 2)] if floors else None


def _length(value: float) -> float:
    return max(0.0, value) if math.isfinite(value) else 0.0


def _interval(point: LayerPoint) -> str:
    return f"({point.low:.4g} to {point.high:.4g})" if math.isfinite(point.low) else "(too few photos for an interval)"
