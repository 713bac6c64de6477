"""Two sets of photos in a plane: a mark a photo, and small pictures of some that lie far apart."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.charts.style import line_colours, quiet

if TYPE_CHECKING:
    import plotly.graph_objects as go

Floats = NDArray[np.float64]

PICTURES = 14
CROWD = 200  # marks from which they become small and let others shine through
_SYMBOLS = ("circle", "diamond-open")


def set_map_figure(
    places: Mapping[str, Floats],
    names: Mapping[str, Sequence[str]],
    pictures: Mapping[str, Mapping[int, bytes]],
    *,
    explained: tuple[float, float],
    dark: bool = False,
) -> go.Figure:
    """Draw both sets.

    Args:
        places: set → float64 (N, 2).
        names: set → a name a photo, for the tooltip.
        pictures: set → JPEGs of some photos by their index, drawn at their places.
        explained: share of the variance along either axis.
        dark: whether the page behind is dark.
    """
    import plotly.graph_objects as go

    figure = go.Figure()
    both = np.concatenate([one for one in places.values() if len(one)])
    span = np.maximum(np.ptp(both, axis=0), 1e-9)
    colours = line_colours(len(places), dark=dark)
    is_crowded = len(both) > CROWD
    for k, (title, found) in enumerate(places.items()):
        figure.add_scatter(
            x=found[:, 0], y=found[:, 1], mode="markers", name=title, text=list(names[title]),
            customdata=[[title, n] for n in range(len(found))],
            hovertemplate=f"%{{text}}<br>{title}<extra></extra>",
            marker={
                "color": colours[k], "size": 6 if is_crowded else 9, "symbol": _SYMBOLS[k % 2],
                "opacity": 0.6 if is_crowded else 1.0, "line": {"width": 0.5 if is_crowded and k == 0 else 1.5},
            },
        )  # fmt: skip
        for n, jpeg in pictures.get(title, {}).items():
            figure.add_layout_image(
                source=f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode('ascii')}",
                x=found[n, 0], y=found[n, 1] + 0.015 * span[1], xref="x", yref="y", xanchor="center", yanchor="bottom",
                sizex=0.09 * span[0], sizey=0.13 * span[1], layer="below", opacity=0.9,
            )  # fmt: skip
    quiet(figure, height_px=520)
    low, high = both.min(axis=0) - 0.06 * span, both.max(axis=0) + np.array([0.06, 0.18]) * span  # room for pictures
    for axis, update in enumerate((figure.update_xaxes, figure.update_yaxes)):
        title = f"{100 * explained[axis]:.0f} % of the variance"
        update(title=title, showticklabels=False, zeroline=False, range=[low[axis], high[axis]])
    return figure


def far_apart(places: Floats, count: int = PICTURES) -> tuple[int, ...]:
    """Some of the places, each as far as can be from those before; the first is the one nearest to the middle.

    Args:
        places: float64 (N, 2).
        count: at most so many.
    """
    if not len(places):
        return ()
    chosen = [int(((places - places.mean(axis=0)) ** 2).sum(axis=1).argmin())]
    gap = ((places - places[chosen[0]]) ** 2).sum(axis=1)
    while len(chosen) < min(count, len(places)):
        chosen.append(int(gap.argmax()))
        gap = np.minimum(gap, ((places - places[chosen[-1]]) ** 2).sum(axis=1))
    return tuple(chosen)
