"""What all figures share: lines told apart by shape and by a scale safe for colour-blind eyes, and quiet axes.

Red, orange, blue and green mean severity in Gridlens and are left to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import plotly.graph_objects as go

SYMBOLS = ("circle", "diamond", "square", "triangle-up", "cross", "star", "triangle-down", "hexagon", "x", "pentagon")
_NAMED_DAYS = 6
# The ends of viridis that stand out from a white and from a dark page.
_LIGHT_RANGE, _DARK_RANGE = (0.0, 0.72), (0.4, 1.0)


def line_colours(count: int, *, dark: bool) -> list[str]:
    """Colours for ``count`` lines, evenly along viridis, as ``rgb(…)``; a single one from its middle.

    Args:
        count: at least 0.
        dark: whether the page behind is dark.
    """
    from plotly.colors import sample_colorscale

    low, high = _DARK_RANGE if dark else _LIGHT_RANGE
    steps = [low + (high - low) * (i / (count - 1) if count > 1 else 0.4) for i in range(count)]
    return [str(colour) for colour in sample_colorscale("Viridis", steps)] if steps else []


def line_symbol(index: int) -> str:
    """The marker of the line with this number."""
    return SYMBOLS[index % len(SYMBOLS)]


def faint(colour: str, opacity: float) -> str:
    """``rgb(1, 2, 3)`` at an opacity from 0 to 1."""
    return colour.replace("rgb(", "rgba(").replace(")", f", {opacity:g})")


def quiet(figure: go.Figure, *, height_px: int, **layout: Any) -> go.Figure:
    """Give a figure the margins, legend and hover of all others."""
    figure.update_layout(
        height=height_px,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        hovermode=layout.pop("hovermode", "closest"),
        legend={"orientation": "h", "yanchor": "bottom", "y": 1.02, "x": 0},
        **layout,
    )
    figure.update_xaxes(automargin=True)
    figure.update_yaxes(automargin=True)
    return figure


def day_axis(days: Sequence[date | str], title: str = "") -> dict[str, Any]:
    """An axis of days. A few are named one by one: plotly would label a single day with its midnight.

    Args:
        days: dates, or ISO 8601.
        title: of the axis.
    """
    axis: dict[str, Any] = {"type": "date", "title": title}
    if len(days) <= _NAMED_DAYS:
        axis |= {"tickmode": "array", "tickvals": [str(day) for day in days], "tickformat": "%-d %b %Y"}
    return axis
