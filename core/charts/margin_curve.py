"""How often a measured value is near enough, over what counts as near enough."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.charts.style import line_colours, line_symbol, quiet

if TYPE_CHECKING:
    import plotly.graph_objects as go

Float = NDArray[np.float64]


def margin_figure(lines: Sequence[tuple[str, Float]], margins: Float, at: float, *, dark: bool = False) -> go.Figure:
    """Draw the share of photos within each margin, one line a set of answers, with the chosen margin marked.

    Args:
        lines: name and share at each margin.
        margins: ascending.
        at: the chosen margin.
        dark: whether the page behind is dark.
    """
    import plotly.graph_objects as go

    traces: list[dict[str, Any]] = []
    for k, ((name, share), colour) in enumerate(zip(lines, line_colours(len(lines), dark=dark), strict=True)):
        here = float(np.interp(at, margins, share))
        hover = f"{name}<br>%{{y:.0%}} within ± %{{x:.3g}}<extra></extra>"
        common = {"type": "scatter", "legendgroup": name, "name": name, "hovertemplate": hover}
        traces += [
            {**common, "x": margins, "y": share, "mode": "lines", "line": {"color": colour}, "showlegend": False},
            {**common, "x": [at], "y": [here], "mode": "lines+markers", "line": {"color": colour},
             "marker": {"symbol": line_symbol(k), "size": 13, "color": colour, "line": {"width": 2, "color": "white"}}},
        ]  # fmt: skip
    figure = go.Figure(data=traces)
    quiet(figure, height_px=380)
    figure.update_layout(
        xaxis={"title": "Error that is small enough", "tickformat": ".0%"},
        yaxis={"title": "Share of photos within it", "tickformat": ".0%", "range": [-0.03, 1.03]},
    )
    return figure
