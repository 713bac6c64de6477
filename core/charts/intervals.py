"""One number a row with its interval: slices of a metric, coverage by label, and what they are compared with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.charts.style import line_colours, quiet

if TYPE_CHECKING:
    import plotly.graph_objects as go


@dataclass(frozen=True, slots=True)
class IntervalRow:
    """A named number.

    Attributes:
        name: of the row.
        value, low, high: the number and its interval; NaN ends draw no bar.
        count: photos that it rests on.
    """

    name: str
    value: float
    low: float
    high: float
    count: int


def interval_figure(
    rows: Sequence[IntervalRow],
    *,
    title: str,
    line_at: float | None = None,
    line_name: str = "",
    as_percent: bool = True,
    dark: bool = False,
) -> go.Figure:
    """Draw a dot and a bar a row, the first row at the top, with the counts beside the names.

    Args:
        rows: at least one.
        title: of the axis.
        line_at: a value to compare with; None for none.
        line_name: what that is.
        as_percent: whether values are fractions to be shown in per cent.
        dark: whether the page behind is dark.
    """
    import plotly.graph_objects as go

    colour, line_colour = line_colours(2, dark=dark)
    shape = ".0%" if as_percent else ".3g"
    names = [f"{row.name} · n {row.count}" for row in rows]
    trace: dict[str, Any] = {
        "type": "scatter",
        "mode": "markers",
        "x": [row.value for row in rows],
        "y": names,
        "showlegend": False,
        "marker": {"size": 10, "color": colour},
        "error_x": {
            "array": [_not_nan(row.high - row.value) for row in rows],
            "arrayminus": [_not_nan(row.value - row.low) for row in rows],
            "color": colour,
            "thickness": 1.6,
        },
        "hovertemplate": f"%{{y}}: %{{x:{shape}}}<extra></extra>",
    }
    figure = go.Figure(data=[trace])
    quiet(figure, height_px=90 + 28 * len(rows))
    figure.update_layout(
        xaxis={"title": title, "tickformat": shape, "rangemode": "tozero"},
        yaxis={"autorange": "reversed", "type": "category"},
    )
    if line_at is not None:
        figure.add_vline(
            x=line_at, line={"color": line_colour, "dash": "dot"}, annotation_text=line_name, annotation_position="top"
        )
        figure.update_layout(margin_t=28)
    return figure


def _not_nan(value: float) -> float:
    return 0.0 if value != value else max(value, 0.0)
