"""Line charts and interval charts as plain SVG text, so that no plotting library is needed for four figures."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 720, 400
LEFT, RIGHT, TOP, BOTTOM = 70, 190, 40, 50
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#8A6D00")
"""Okabe and Ito's palette, which people who are colour-blind can tell apart (its yellow darkened)."""

DASHES = ("", "6 3", "2 3")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a chart; marks are drawn where ``marked``."""

    name: str
    points: Sequence[tuple[float, float]]
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Axis:
    """An axis: its title, with unit, and whether it is logarithmic."""

    title: str
    is_log: bool = False


@dataclass(frozen=True, slots=True)
class Interval:
    """A value with its interval, beside a name."""

    name: str
    value: float
    low: float
    high: float


def line_chart(title: str, x: Axis, y: Axis, lines: Sequence[Line]) -> str:
    """A chart of lines with a legend at the right; points that an axis cannot show are left out."""
    shown = [Line(ln.name, [p for p in ln.points if _fits(p, x, y)], ln.marked) for ln in lines]
    shown = [ln for ln in shown if ln.points]
    if not shown:
        return ""
    xs = _Scale([p[0] for ln in shown for p in ln.points], LEFT, WIDTH - RIGHT, x.is_log)
    ys = _Scale([p[1] for ln in shown for p in ln.points], HEIGHT - BOTTOM, TOP, y.is_log)
    parts = _frame(title, x.title, y.title, HEIGHT)
    parts += [_tick_x(xs(t), _number(t), HEIGHT) for t in xs.ticks()]
    parts += [_tick_y(ys(t), _number(t)) for t in ys.ticks()]
    for k, line in enumerate(shown):
        colour, dash = COLOURS[k % len(COLOURS)], DASHES[k // len(COLOURS) % len(DASHES)]
        places = [(xs(a), ys(b)) for a, b in sorted(line.points)]
        path = " ".join(f"{a:.1f},{b:.1f}" for a, b in places)
        style = f'fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dash}"'
        parts.append(f'<polyline points="{path}" {style}/>')
        if line.marked or len(places) == 1:
            parts += [f'<circle cx="{a:.1f}" cy="{b:.1f}" r="3.5" fill="{colour}"/>' for a, b in places]
        at = TOP + 14 + 17 * k
        parts.append(f'<line x1="{WIDTH - RIGHT + 14}" x2="{WIDTH - RIGHT + 38}" y1="{at - 4}" y2="{at - 4}" {style}/>')
        parts.append(_text(WIDTH - RIGHT + 44, at, line.name, "start"))
    return _document(parts, HEIGHT)


def interval_chart(title: str, x_title: str, intervals: Sequence[Interval], reference: float | None = None) -> str:
    """Values with intervals, one a line, and a dashed line at a reference."""
    if not intervals:
        return ""
    height = TOP + BOTTOM + 26 * len(intervals)
    ends = [v for i in intervals for v in (i.low, i.high)] + ([] if reference is None else [reference])
    xs = _Scale(ends, LEFT + 150, WIDTH - 30, False)
    parts = _frame(title, x_title, "", height, left=LEFT + 150, right=30)
    parts += [_tick_x(xs(t), _number(t), height) for t in xs.ticks()]
    if reference is not None:
        at = xs(reference)
        parts.append(
            f'<line x1="{at:.1f}" x2="{at:.1f}" y1="{TOP}" y2="{height - BOTTOM}" '
            'stroke="#555" stroke-dasharray="4 4"/>'
        )
    for k, item in enumerate(intervals):
        y = TOP + 13 + 26 * k
        parts.append(_text(LEFT + 140, y + 4, item.name, "end"))
        parts.append(
            f'<line x1="{xs(item.low):.1f}" x2="{xs(item.high):.1f}" y1="{y}" y2="{y}" '
            f'stroke="{COLOURS[0]}" stroke-width="2"/>'
        )
        parts.append(f'<circle cx="{xs(item.value):.1f}" cy="{y}" r="4" fill="{COLOURS[0]}"/>')
    return _document(parts, height)


class _Scale:
    """Values → pixels, over the values' span with a little room."""

    def __init__(self, values: Sequence[float], start_px: float, end_px: float, is_log: bool) -> None:
        self.is_log, self.start_px, self.end_px = is_log, start_px, end_px
        low, high = (self._bent(v) for v in (min(values), max(values)))
        room = 0.04 * (high - low) or 0.5
        self.low, self.high = low - room, high + room

    def __call__(self, value: float) -> float:
        share = (self._bent(value) - self.low) / (self.high - self.low)
        return self.start_px + share * (self.end_px - self.start_px)

    def _bent(self, value: float) -> float:
        return math.log10(value) if self.is_log else value

    def ticks(self) -> list[float]:
        """Round values within the span."""
        if self.is_log:
            decades = range(math.floor(self.low), math.ceil(self.high) + 1)
            return [m * 10.0**d for d in decades for m in (1, 2, 5) if self.low <= math.log10(m * 10.0**d) <= self.high]
        step = 10.0 ** math.floor(math.log10((self.high - self.low) / 3))
        step *= next((m for m in (1, 2, 5) if (self.high - self.low) / (m * step) <= 7), 10)
        return [k * step for k in range(math.ceil(self.low / step), math.floor(self.high / step) + 1)]


def _fits(point: tuple[float, float], x: Axis, y: Axis) -> bool:
    return all(math.isfinite(v) and (v > 0 or not axis.is_log) for v, axis in zip(point, (x, y), strict=True))


def _number(value: float) -> str:
    return f"{value:.4g}"


def _frame(title: str, x_title: str, y_title: str, height: int, left: int = LEFT, right: int = RIGHT) -> list[str]:
    middle_y = (TOP + height - BOTTOM) / 2
    return [
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<rect x="{left}" y="{TOP}" width="{WIDTH - left - right}" height="{height - TOP - BOTTOM}" '
        'fill="none" stroke="#999"/>',
        _text(left, 24, title, "start", bold=True),
        _text((left + WIDTH - right) / 2, height - 12, x_title, "middle"),
        f'<g transform="translate(18 {middle_y:.0f}) rotate(-90)">{_text(0, 0, y_title, "middle")}</g>',
    ]


def _tick_x(at: float, label: str, height: int) -> str:
    line = f'<line x1="{at:.1f}" x2="{at:.1f}" y1="{TOP}" y2="{height - BOTTOM}" stroke="#e4e4e4"/>'
    return line + _text(at, height - BOTTOM + 17, label, "middle")


def _tick_y(at: float, label: str) -> str:
    line = f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at:.1f}" y2="{at:.1f}" stroke="#e4e4e4"/>'
    return line + _text(LEFT - 6, at + 4, label, "end")


def _text(x: float, y: float, words: str, anchor: str, bold: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{weight}>{escape(words)}</text>'


def _document(parts: Sequence[str], height: int) -> str:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        'font-family="sans-serif" font-size="12" fill="#222">'
    )
    return "\n".join([head, *parts, "</svg>"]) + "\n"
