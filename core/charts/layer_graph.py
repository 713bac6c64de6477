"""The layers of a network from the photo to the answer, and where on the way one is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.charts.style import faint, line_colours, quiet

if TYPE_CHECKING:
    import plotly.graph_objects as go


@dataclass(frozen=True, slots=True)
class LayerMark:
    """A layer on the way: its ``name``, rows × columns as ``cells`` (the larger of the two) and ``channels``."""

    name: str
    cells: int
    channels: int


def layer_figure(
    marks: Sequence[LayerMark], here: str, shares: Mapping[str, float], *, chance: float | None = None, dark: bool
) -> go.Figure:
    """Draw resolution as bars from the photo (left) to the answer (right), with the layer in question marked.

    Args:
        marks: in the order of the network.
        here: the layer that is shown.
        shares: layer → share of its map's energy on the object, 0 to 1; drawn as a line where there are any.
        chance: the object's share of the area, drawn as a dotted line.
        dark: whether the page behind is dark.
    """
    import plotly.graph_objects as go

    ink = "#e8edf2" if dark else "#17212b"
    (colour,) = line_colours(1, dark=dark)
    names = [mark.name for mark in marks]
    figure = go.Figure()
    figure.add_bar(
        x=names,
        y=[mark.cells for mark in marks],
        customdata=[(mark.channels, mark.cells) for mark in marks],
        marker_color=[colour if mark.name == here else faint(colour, 0.3) for mark in marks],
        hovertemplate="%{x}: %{customdata[1]} cells a side, %{customdata[0]} channels<extra></extra>",
        name="cells a side",
    )
    if shares:
        figure.add_scatter(
            x=[name for name in names if name in shares],
            y=[shares[name] for name in names if name in shares],
            yaxis="y2",
            mode="lines+markers",
            line={"color": ink, "width": 1.5},
            marker={"size": 6},
            hovertemplate="%{x}: %{y:.0%} of the map's energy on the object<extra></extra>",
            name="energy on the object",
        )
    if shares and chance is not None:
        figure.add_scatter(
            x=[names[0], names[-1]],
            y=[chance, chance],
            yaxis="y2",
            mode="lines",
            line={"color": ink, "width": 1, "dash": "dot"},
            hovertemplate="the object's share of the area: %{y:.0%}<extra></extra>",
            name="its share of the area",
        )
    sides = sorted({mark.cells for mark in marks})
    first = {"title": "cells a side", "type": "log", "tickvals": sides, "ticktext": [str(side) for side in sides]}
    second = {"overlaying": "y", "side": "right", "range": [0, 1], "tickformat": ".0%", "showgrid": False, "nticks": 4}
    quiet(figure, height_px=210, showlegend=bool(shares), yaxis=first, yaxis2=second, bargap=0.15)
    figure.update_xaxes(type="category", showticklabels=False)
    if here in names:
        figure.add_annotation(
            x=here, y=1.0, yref="paper", text="▼", showarrow=False, yanchor="bottom", font={"color": ink}
        )
    return figure
