"""The numbers of any figure as CSV: what is drawn, in the order in which it is drawn."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import plotly.graph_objects as go

_HEADER = ("series", "x", "y", "value")


def figure_csv(figure: go.Figure) -> str:
    """Rows ``series,x,y,value``; heat maps and maps fill ``value``, maps have longitude as x and latitude as y.

    Lines that draw nothing but an outline (no name, or hidden from hover) are left out. Text that begins like a
    formula stays text in a spreadsheet (CWE-1236).
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_HEADER)
    for trace in figure.data:
        if trace.hoverinfo != "skip":
            writer.writerows([_inert(cell) for cell in row] for row in _rows(trace))
    return out.getvalue()


def _rows(trace: Any) -> Iterator[tuple[object, ...]]:
    name = trace.name or ""
    if trace.type == "heatmap":
        for y, line in zip(_list(trace.y), trace.z, strict=True):
            for x, value in zip(_list(trace.x), line, strict=True):
                yield name, x, y, _number(value)
    elif trace.type in ("scattermap", "scattergeo"):
        words = trace.text if trace.text is not None else [""] * len(trace.lon)
        yield from ((name, x, y, text) for x, y, text in zip(trace.lon, trace.lat, words, strict=True))
    elif trace.x is not None and trace.y is not None:
        for x, y in zip(_list(trace.x), _list(trace.y), strict=True):
            if x is not None:
                yield name, _number(x), _number(y), ""


def _list(values: Iterable[object]) -> list[object]:
    return list(values)


def _number(value: Any) -> object:
    """A number that is not defined is an empty cell."""
    return "" if value is None or value != value else value


def _inert(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
