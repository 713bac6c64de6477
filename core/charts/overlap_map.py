"""A rate over thresholds and overlaps as a heat map, with the chosen place marked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from core.charts.style import quiet
from core.metrics.curves import Surface

if TYPE_CHECKING:
    import plotly.graph_objects as go

Rate = Literal["f1", "precision", "recall"]
RATE_WORDS: dict[Rate, str] = {"f1": "F1", "precision": "Precision", "recall": "Recall"}


def overlap_map(surface: Surface, *, rate: Rate = "f1", chosen: tuple[float, float] | None = None) -> go.Figure:
    """Draw thresholds across, overlaps up, and the rate as shade; cells without a value stay empty.

    Args:
        surface: of one label.
        rate: which of its rates.
        chosen: (threshold, overlap) to mark; None for no mark.
    """
    import plotly.graph_objects as go

    name = RATE_WORDS[rate]
    traces = [
        {
            "type": "heatmap",
            "x": surface.threshold,
            "y": surface.overlap,
            "z": getattr(surface, rate).T,
            "zmin": 0,
            "zmax": 1,
            "colorscale": "Viridis",
            "colorbar": {"title": name, "thickness": 12},
            "hovertemplate": f"threshold %{{x:.2f}}, overlap %{{y:.2f}}: {name} %{{z:.3f}}<extra></extra>",
        }
    ]
    if chosen is not None:
        ring = {"symbol": "circle-open", "size": 16, "color": "white", "line": {"width": 4, "color": "white"}}
        dot = {"symbol": "circle-open", "size": 16, "color": "black", "line": {"width": 1.5, "color": "black"}}
        traces += [
            {"type": "scatter", "x": [chosen[0]], "y": [chosen[1]], "mode": "markers", "marker": marker,
             "showlegend": False, "hoverinfo": "skip"}
            for marker in (ring, dot)
        ]  # fmt: skip
    figure = go.Figure(data=traces)
    quiet(figure, height_px=330)
    figure.update_layout(
        xaxis={"title": "Probability threshold", "range": [surface.threshold[0], surface.threshold[-1]]},
        yaxis={"title": "Overlap (IoU) from which a box is found"},
    )
    return figure
