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
LEAST = -1.0  # shares below lie at the edge: what makes things five times worse would press the rest together


@dataclass(frozen=True, slots=True)
class ClosingBar:
    """One change: shares of the gap, 1 is all of it; ends are NaN where they cannot be told."""

    words: str
    share: float
    low: float
    high: float
    is_sure: bool


def closings_figure(bars: Sequence[ClosingBar], *, dark: bool = False) -> go.Figure:
    """Draw changes from the best down; sure ones are full marks, the others hollow, arrows lie further to the left.

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
            x=[100 * max(bar.share, LEAST) for bar in own],
            y=[bar.words for bar in own],
            error_x={
                "type": "data", "symmetric": False, "thickness": 1.5, "width": 4,
                "color": line if is_sure else faint(line, 0.45),
                "array": [_length(max(bar.high, LEAST) - max(bar.share, LEAST)) for bar in own],
                "arrayminus": [_length(max(bar.share, LEAST) - max(bar.low, LEAST)) for bar in own],
            },
            mode="markers",
            name=name,
            marker={
                "color": line, "size": 10, "line": {"width": 2},
                "symbol": [
                    ("triangle-left" if bar.share < LEAST else "circle") + ("" if is_sure else "-open") for bar in own
                ],
            },
            customdata=[100 * bar.share for bar in own],
            hovertemplate="%{y}<br>closes %{customdata:.0f} %<extra></extra>",
        )  # fmt: skip
    quiet(figure, height_px=max(220, 90 + _ROW_PX * len(bars)))
    figure.update_yaxes(categoryorder="array", categoryarray=[bar.words for bar in reversed(bars)])
    is_cut = any(bar.share < LEAST for bar in bars)
    title = "% of the gap closed" + (", arrows: far below" if is_cut else "; below 0 it widens")
    figure.update_xaxes(title=title, zeroline=True, zerolinewidth=1)
    return figure


def _length(value: float) -> float:
    return 100 * max(0.0, value) if math.isfinite(value) else 0.0
