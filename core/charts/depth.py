"""How the background fades against the object, from layer to layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from core.charts.style import line_colours, line_symbol, quiet

if TYPE_CHECKING:
    import plotly.graph_objects as go


def depth_figure(lines: Mapping[str, Sequence[tuple[str, float, float]]], here: str, *, dark: bool) -> go.Figure:
    """Draw object and background as one line each, a pair for every photo.

    Args:
        lines: photo → (layer, energy on the object, energy of the background), as shares of their sum a cell; 0.5 is
            where the layer tells them not apart.
        here: the layer in question, marked.
        dark: whether the page behind is dark.
    """
    import plotly.graph_objects as go

    figure = go.Figure()
    for index, (photo, points) in enumerate(lines.items()):
        colour = line_colours(max(len(lines), 2), dark=dark)[index]
        for place, (what, dash) in enumerate((("object", "solid"), ("background", "dot"))):
            figure.add_scatter(
                x=[point[0] for point in points],
                y=[point[1 + place] for point in points],
                mode="lines+markers",
                name=f"{what}, {photo}",
                line={"color": colour, "dash": dash},
                marker={"symbol": line_symbol(index)},
                hovertemplate=f"%{{x}}: %{{y:.0%}} on the {what}<extra></extra>",
            )
    quiet(figure, height_px=300)
    figure.update_xaxes(type="category", showticklabels=False, title="from the photo to the answer")
    figure.update_yaxes(range=[0, 1], tickformat=".0%", title="energy a cell")
    if any(here == point[0] for points in lines.values() for point in points):
        figure.add_vline(x=here, line_width=1, line_dash="dash", line_color="#e8edf2" if dark else "#17212b")
    return figure
