"""Histograms of two pictures over each other, one panel a channel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.charts.style import faint, line_colours, quiet

if TYPE_CHECKING:
    import plotly.graph_objects as go


@dataclass(frozen=True, slots=True, eq=False)
class HistogramPair:
    """One channel: shares of pixels by bin, float (B,) each, sum 1."""

    channel: str
    first: NDArray[np.float64]
    second: NDArray[np.float64]


def pair_histograms_figure(pairs: Sequence[HistogramPair], *, titles: tuple[str, str], dark: bool = False) -> go.Figure:
    """Draw the first picture as a filled step and the second as a line; told apart by form, not by colour alone."""
    from plotly.subplots import make_subplots

    figure = make_subplots(rows=1, cols=max(len(pairs), 1), shared_yaxes=True, horizontal_spacing=0.03)
    one, other = line_colours(2, dark=dark)
    for column, pair in enumerate(pairs, start=1):
        steps = np.linspace(0, 100, len(pair.first), endpoint=False)
        common = {"x": steps, "mode": "lines", "showlegend": column == 1}
        figure.add_scatter(
            y=100 * pair.first, name=titles[0], line={"color": one, "width": 1.5, "shape": "hv"}, fill="tozeroy",
            fillcolor=faint(one, 0.25), row=1, col=column,
            hovertemplate=f"{pair.channel} %{{x:.0f}} %<br>%{{y:.1f}} % of pixels<extra>{titles[0]}</extra>", **common,
        )  # fmt: skip
        figure.add_scatter(
            y=100 * pair.second, name=titles[1], line={"color": other, "width": 2.5, "shape": "hv", "dash": "dot"},
            row=1, col=column,
            hovertemplate=f"{pair.channel} %{{x:.0f}} %<br>%{{y:.1f}} % of pixels<extra>{titles[1]}</extra>", **common,
        )  # fmt: skip
        figure.update_xaxes(title=f"{pair.channel}, % of its range", row=1, col=column)
    quiet(figure, height_px=300)
    figure.update_yaxes(title="% of pixels", row=1, col=1)
    return figure
