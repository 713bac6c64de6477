"""How many photos a dataset has of what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from core.charts.style import line_colours, quiet

if TYPE_CHECKING:
    import plotly.graph_objects as go


def counts_figure(counts: Mapping[str, Mapping[str, int]], *, dark: bool = False) -> go.Figure:
    """Draw a bar a label, with its number, split by part where there are several.

    Args:
        counts: part (``train``, ``test`` …) → label → photos.
        dark: whether the page behind is dark.
    """
    import plotly.graph_objects as go

    labels = list(dict.fromkeys(label for part in counts.values() for label in part))
    figure = go.Figure()
    for (part, found), colour in zip(counts.items(), line_colours(len(counts), dark=dark), strict=True):
        values = [found.get(label, 0) for label in labels]
        figure.add_bar(
            y=labels, x=values, orientation="h", name=part, marker_color=colour, text=values, textposition="auto",
            hovertemplate=f"%{{y}}, {part}: %{{x}} photos<extra></extra>",
        )  # fmt: skip
    quiet(figure, height_px=90 + 34 * len(labels) * max(len(counts), 1), barmode="group", showlegend=len(counts) > 1)
    figure.update_xaxes(title="Photos")
    figure.update_yaxes(autorange="reversed", type="category")
    return figure
