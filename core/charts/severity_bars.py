"""Photos by severity: over time, or by line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.charts.style import day_axis, quiet

if TYPE_CHECKING:
    import plotly.graph_objects as go


@dataclass(frozen=True, slots=True)
class SeverityLook:
    """How a step of severity looks: its word, its colour, and shapes that tell it apart without colour."""

    word: str
    colour: str
    symbol: str = "circle"
    pattern: str = ""


def severity_bars(
    counts: Mapping[str, Sequence[int]], looks: Sequence[SeverityLook], *, lying: bool = False, title: str = ""
) -> go.Figure:
    """Draw stacked bars, the most urgent at the base, where they are compared best.

    Args:
        counts: day or line → photos by severity, in the order of ``looks``.
        looks: of each step, the least urgent first.
        lying: bars lie, the first at the top; else they stand in order of time.
        title: of the axis of days or lines.
    """
    import plotly.graph_objects as go

    names = list(counts)
    traces: list[dict[str, Any]] = []
    for step in range(len(looks) - 1, -1, -1):
        look, values = looks[step], [counts[name][step] for name in names]
        where = {"x": values, "y": names, "orientation": "h"} if lying else {"x": names, "y": values}
        at, value = ("%{y}", "%{x}") if lying else ("%{x}", "%{y}")
        traces.append(
            {
                "type": "bar",
                "name": look.word,
                "marker": {"color": look.colour, "pattern": {"shape": look.pattern}},
                "hovertemplate": f"{at}: {value} · {look.word}<extra></extra>",
                **where,
            }
        )
    figure = go.Figure(data=traces)
    quiet(figure, height_px=110 + 30 * max(len(names), 2) if lying else 320, barmode="stack")
    if lying:
        figure.update_layout(
            xaxis={"title": "Photos"}, yaxis={"type": "category", "autorange": "reversed", "title": title}
        )
    else:
        figure.update_layout(xaxis=day_axis(names, title), yaxis={"title": "Photos"})
    return figure
