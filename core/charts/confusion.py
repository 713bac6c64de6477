"""Which class was taken for which."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.charts.style import quiet
from core.errors import ArrayShapeError

if TYPE_CHECKING:
    import plotly.graph_objects as go

# From the page's own background to its ink: an empty cell is no more than paper.
_LIGHT_SHADES = [[0, "#f3f5f7"], [1, "#17212b"]]
_DARK_SHADES = [[0, "#1b2128"], [1, "#e8edf2"]]


def confusion_figure(
    labels: Sequence[str],
    counts: Sequence[Sequence[int]],
    *,
    answers: Sequence[str] | None = None,
    noun: str = "photos",
    dark: bool = False,
) -> go.Figure:
    """Draw counts, true classes down and answers across; shade is the share of a true class.

    Args:
        labels: classes, in the order of rows.
        counts: ``counts[true][answer]``.
        answers: names of the columns, as many; None for those of the rows.
        noun: what is counted.
        dark: whether the page behind is dark.

    Raises:
        ArrayShapeError: the counts are no square of the labels' size.
    """
    import plotly.graph_objects as go

    if (
        not labels
        or len(counts) != len(labels)
        or len(answers or labels) != len(labels)
        or any(len(row) != len(labels) for row in counts)
    ):
        shape = f"{len(counts)} rows of {sorted({len(row) for row in counts})}"
        raise ArrayShapeError(f"counts: expected {len(labels)} rows of {len(labels)}, got {shape}")
    shares = [[count / max(sum(row), 1) for count in row] for row in counts]
    figure = go.Figure(
        go.Heatmap(
            x=list(answers or labels),
            y=list(labels),
            z=shares,
            text=[[str(count) for count in row] for row in counts],
            texttemplate="%{text}",
            zmin=0,
            zmax=1,
            colorscale=_DARK_SHADES if dark else _LIGHT_SHADES,
            xgap=2,
            ygap=2,
            colorbar={"title": "share of the<br>true class<br> ", "tickformat": ".0%", "thickness": 12},
            hovertemplate=f"true %{{y}}, answered %{{x}}: %{{text}} {noun}, %{{z:.0%}}<extra></extra>",
        )
    )
    quiet(figure, height_px=120 + 60 * len(labels))
    figure.update_xaxes(title="Answered", side="bottom", type="category")
    figure.update_yaxes(title="True", autorange="reversed", type="category")
    return figure
