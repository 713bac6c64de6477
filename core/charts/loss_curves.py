"""Loss curves of any runs in one figure: training and validation, raw and smoothed, best epochs marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from core.charts.style import faint, line_colours, line_symbol, quiet
from core.errors import ConfigError

if TYPE_CHECKING:
    import plotly.graph_objects as go

Scale = Literal["linear", "log"]
_RAW_OPACITY = 0.28


@dataclass(frozen=True, slots=True)
class Curve:
    """One measure of one run.

    Attributes:
        run: what the legend says.
        epochs: numbers from 1, ascending.
        training: value of each epoch on the training photos; None where there is none.
        validation: the same on photos kept aside.
        best_epoch: marked on the validation line (else on the training line); None for no mark.
    """

    run: str
    epochs: tuple[int, ...]
    training: tuple[float | None, ...]
    validation: tuple[float | None, ...]
    best_epoch: int | None = None


def smoothed(values: Sequence[float | None], strength: float) -> list[float | None]:
    """Exponential moving average, corrected so that it starts at the first value and not at nought.

    Args:
        values: in order; None is passed through and leaves the average as it is.
        strength: share of the past, 0 (none: the values as they are) to below 1.

    Raises:
        ConfigError: the strength is outside.

    Source: Kingma and Ba 2015, arXiv:1412.6980, section 3 (the correction); TensorBoard smooths the same way.
    """
    if not 0 <= strength < 1:
        raise ConfigError(f"smoothing: expected 0 to below 1, got {strength}")
    average, weight = 0.0, 0.0
    result: list[float | None] = []
    for value in values:
        if value is None:
            result.append(None)
            continue
        average = strength * average + (1 - strength) * value
        weight = strength * weight + (1 - strength)
        result.append(average / weight)
    return result


def loss_figure(
    curves: Sequence[Curve],
    *,
    measure: str = "loss",
    scale: Scale = "linear",
    smooth: float = 0.0,
    parts: Sequence[str] = ("training", "validation"),
    dark: bool = False,
) -> go.Figure:
    """Draw the curves over epochs. Validation is a whole line, training a dotted one of the same colour.

    Args:
        curves: one a run.
        measure: what the values are, for the axis.
        scale: of the value axis.
        smooth: strength; above 0 the raw values stay faint behind.
        parts: which of ``training`` and ``validation`` to draw.
        dark: whether the page behind is dark.

    Raises:
        ConfigError: the smoothing is outside 0 to below 1.
    """
    import plotly.graph_objects as go

    figure = go.Figure()
    colours = line_colours(len(curves), dark=dark)
    for index, (curve, colour) in enumerate(zip(curves, colours, strict=True)):
        drawn = [part for part in ("validation", "training") if part in parts and _values(curve, part)]
        for part in drawn:
            _add_lines(figure, curve, part, colour, smooth)
        if drawn:
            _add_legend(figure, curve, colour, line_symbol(index))
            _mark_best(figure, curve, drawn[0], colour, line_symbol(index), smooth)
    quiet(figure, height_px=440, hovermode="x unified")
    longest = max((curve.epochs[-1] for curve in curves if curve.epochs), default=1)
    figure.update_xaxes(title="Epoch", range=[0.5, longest + 0.5], rangemode="tozero", tickformat="d")
    figure.update_yaxes(title=measure[:1].upper() + measure[1:], type=scale)
    return figure


def _values(curve: Curve, part: str) -> tuple[float | None, ...]:
    values = curve.validation if part == "validation" else curve.training
    return values if any(value is not None for value in values) else ()


def _add_lines(figure: go.Figure, curve: Curve, part: str, colour: str, smooth: float) -> None:
    values = list(_values(curve, part))
    dash = "solid" if part == "validation" else "dot"
    common: dict[str, Any] = {"x": list(curve.epochs), "mode": "lines", "legendgroup": curve.run}
    if smooth > 0:
        figure.add_scatter(
            y=values,
            line={"color": faint(colour, _RAW_OPACITY), "width": 1.2, "dash": dash},
            showlegend=False,
            hoverinfo="skip",
            **common,
        )
    figure.add_scatter(
        y=smoothed(values, smooth),
        name=f"{curve.run}, {part}",
        line={"color": colour, "width": 2.2 if part == "validation" else 1.6, "dash": dash},
        showlegend=False,
        hovertemplate="%{y:.4g}",
        **common,
    )


def _add_legend(figure: go.Figure, curve: Curve, colour: str, symbol: str) -> None:
    """An entry with line and mark; a click on it hides all lines of the run."""
    figure.add_scatter(
        x=[None],
        y=[None],
        mode="lines+markers",
        name=curve.run,
        line={"color": colour, "width": 2.2},
        marker={"symbol": symbol, "size": 9},
        legendgroup=curve.run,
    )


def _mark_best(figure: go.Figure, curve: Curve, part: str, colour: str, symbol: str, smooth: float) -> None:
    if curve.best_epoch not in curve.epochs:
        return
    at = curve.epochs.index(curve.best_epoch)
    raw = _values(curve, part)[at]
    figure.add_scatter(
        x=[curve.best_epoch],
        y=[smoothed(_values(curve, part), smooth)[at]],
        mode="markers",
        name=f"{curve.run}, best",
        marker={"symbol": symbol, "size": 12, "color": colour, "line": {"width": 1.5, "color": "white"}},
        legendgroup=curve.run,
        showlegend=False,
        hovertemplate=f"{part} " + ("–" if raw is None else f"{raw:.4g}"),
    )
