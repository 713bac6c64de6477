"""Predicted against true values of a regression, with the interval that it states."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.charts.style import faint, line_colours, quiet
from core.errors import ArrayShapeError

if TYPE_CHECKING:
    import plotly.graph_objects as go


def value_figure(
    true: Sequence[float],
    predicted: Sequence[float],
    *,
    half_width: float | None = None,
    quantity: str = "value",
    dark: bool = False,
) -> go.Figure:
    """Draw one point a photo, the line where both agree, and the interval as a band around it.

    Args:
        true, predicted: the same length, the same unit.
        half_width: of the stated interval, in that unit; None for no band.
        quantity: what is measured, for the axes.
        dark: whether the page behind is dark.

    Raises:
        ArrayShapeError: the lengths differ, or there is nothing.
    """
    import plotly.graph_objects as go

    if len(true) != len(predicted) or not true:
        raise ArrayShapeError(f"true, predicted: expected equal lengths above 0, got {len(true)} and {len(predicted)}")
    low, high = min(*true, *predicted), max(*true, *predicted)
    line, point = line_colours(2, dark=dark)
    figure = go.Figure()
    if half_width is not None:
        ends = [low, high, high, low]
        band = [low - half_width, high - half_width, high + half_width, low + half_width]
        figure.add_scatter(
            x=ends, y=band, fill="toself", fillcolor=faint(line, 0.14), line={"width": 0}, mode="lines",
            name=f"stated interval, ± {half_width:.3g}", hoverinfo="skip",
        )  # fmt: skip
    figure.add_scatter(
        x=[low, high], y=[low, high], mode="lines", line={"color": line, "dash": "dot", "width": 1.4},
        name="as true", hoverinfo="skip",
    )  # fmt: skip
    figure.add_scatter(
        x=list(true), y=list(predicted), mode="markers", name=f"{len(true)} photos",
        marker={"color": faint(point, 0.7), "size": 6},
        hovertemplate="true %{x:.3g}<br>predicted %{y:.3g}<extra></extra>",
    )  # fmt: skip
    quiet(figure, height_px=420)
    figure.update_xaxes(title=f"True {quantity}")
    figure.update_yaxes(title=f"Predicted {quantity}")
    return figure
