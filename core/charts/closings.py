"""What each change closes of a gap: a mark with its interval each, the best on top."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.charts.style import faint, line_colours, quiet

if TYPE_CHECKING:
    import plotly.graph_objects as go

_ROW_PX = 26


@dataclass(frozen=True, slots=True)
class ClosingBar:
    """One change: shares of the gap, 1 is all of it; ends are NaN where they cannot be told."""

    words: str
    share: float
    low: float
    high: float
    is_sure: bool


def closings_figure(bars: Sequence[ClosingBar], *, dark: bool = False) -> go.Figure:
    """Draw changes from the best down; sure ones are full marks, the others hollow.

    Args:
        bars: in the order in which they are drawn.
        dark: whether the page behind is dark.
    """
    import plotly.graph_objects as go

    (line,) = line_colours(1, dark=dark)
    figure = go.Figure()
    for is_sure, name in ((True, "surely closes some"), (False, "not sure")):
        own = [bar for bar in bars if bar.is_sure == is_sure]
        figure.add_scatter(
            x=[100 * bar.share for bar in own],
            y=[bar.words for bar in own],
            error_x={
                "type": "data", "symmetric": False, "thickness": 1.5, "width": 4,
                "color": line if is_sure else faint(line, 0.45),
                "array": [_length(bar.high - bar.share) for bar in own],
                "arrayminus": [_length(bar.share - bar.low) for bar in own],
            },
            mode="markers",
            name=name,
            marker={"color": line, "size": 10, "symbol": "circle" if is_sure else "circle-open", "line": {"width": 2}},
            hovertemplate="%{y}<br>closes %{x:.0f} %<extra></extra>",
        )  # fmt: skip
    quiet(figure, height_px=max(220, 90 + _ROW_PX * len(bars)))
    figure.update_yaxes(categoryorder="array", categoryarray=[bar.words for bar in reversed(bars)])
    figure.update_xaxes(title="of the gap closed, %; below 0 it widens", zeroline=True, zerolinewidth=1)
    return figure


def _length(value: float) -> float:
    return 100 * max(0.0, value) if math.isfinite(value) else 0.0
