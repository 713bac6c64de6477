"""Where photos were taken, by severity: drawn from positions alone, so that no map server learns of them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from core.charts.severity_bars import SeverityLook
from core.charts.style import quiet

if TYPE_CHECKING:
    import plotly.graph_objects as go

Place = tuple[float, float, str]
"""Latitude and longitude in degrees, and what is there in words."""


def severity_map(places: Mapping[int, Sequence[Place]], looks: Sequence[SeverityLook]) -> go.Figure:
    """Draw one mark a photo, the most urgent on top, equally far apart in both directions.

    Args:
        places: step → photos.
        looks: of each step, the least urgent first.
    """
    import plotly.graph_objects as go

    traces: list[dict[str, Any]] = []
    for step, look in enumerate(looks):
        mine = places.get(step, ())
        traces.append(
            {
                "type": "scattergl" if len(mine) > 2000 else "scatter",
                "mode": "markers",
                "name": look.word,
                "x": [place[1] for place in mine],
                "y": [place[0] for place in mine],
                "text": [place[2] for place in mine],
                "marker": {"symbol": look.symbol, "size": 8 + 2 * step, "color": look.colour,
                           "line": {"width": 1, "color": "white"}},
                "hovertemplate": "%{text}<br>%{y:.5f}, %{x:.5f}<extra></extra>",
            }
        )  # fmt: skip
    everywhere = [place[0] for mine in places.values() for place in mine]
    middle = sum(everywhere) / len(everywhere) if everywhere else 0.0
    figure = go.Figure(data=traces)
    quiet(figure, height_px=460)
    figure.update_layout(
        xaxis={"title": "Longitude, °", "tickformat": ".3f", "nticks": 6},
        yaxis={
            "title": "Latitude, °",
            "tickformat": ".3f",
            "scaleanchor": "x",
            "scaleratio": 1 / max(math.cos(math.radians(middle)), 0.05),
        },
    )
    return figure
