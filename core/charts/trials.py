"""What a search found: the score against each parameter, side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.charts.style import line_colours, quiet
from core.errors import ConfigError

if TYPE_CHECKING:
    import plotly.graph_objects as go

_LOG_FROM_RATIO = 30  # values that span more than this are easier to read on a log axis


@dataclass(frozen=True, slots=True)
class Trial:
    """One combination that a search tried.

    Attributes:
        number: from 1, in order.
        score: lower is better; None where it failed or still runs.
        parameters: name → value, for example ``{"fit.learning_rate": 0.001}``.
        error: why it failed; "" otherwise.
    """

    number: int
    score: float | None
    parameters: Mapping[str, Any]
    error: str = ""


def trials_figure(trials: Sequence[Trial], *, measure: str = "score", dark: bool = False) -> go.Figure:
    """Draw one panel a parameter, all with the same score axis; the best trial has a star in every panel.

    Args:
        trials: those without a score are left out.
        measure: what the score is, for the axis.
        dark: whether the page behind is dark.

    Raises:
        ConfigError: no trial has a score, or none has a parameter.
    """
    from plotly.subplots import make_subplots

    scored = [trial for trial in trials if trial.score is not None]
    names = list(dict.fromkeys(name for trial in scored for name in trial.parameters))
    if not names:
        raise ConfigError(f"trials: expected at least one with a score and parameters, got {len(trials)} without")
    best = min(scored, key=lambda trial: trial.score or 0.0)
    figure = make_subplots(rows=1, cols=len(names), shared_yaxes=True, horizontal_spacing=0.02)
    point, star = line_colours(2, dark=dark)
    for column, name in enumerate(names, start=1):
        having = [trial for trial in scored if name in trial.parameters]
        figure.add_scatter(
            x=[trial.parameters[name] for trial in having],
            y=[trial.score for trial in having],
            mode="markers",
            marker={
                "color": [star if trial is best else point for trial in having],
                "symbol": ["star" if trial is best else "circle" for trial in having],
                "size": [14 if trial is best else 8 for trial in having],
            },
            text=[f"trial {trial.number}" for trial in having],
            hovertemplate=f"%{{text}}<br>{name} %{{x}}<br>{measure} %{{y:.4g}}<extra></extra>",
            row=1,
            col=column,
        )
        values = [trial.parameters[name] for trial in having]
        figure.update_xaxes(title=name, type=_axis_type(values), exponentformat="power", row=1, col=column)
    quiet(figure, height_px=340, showlegend=False)
    figure.update_yaxes(title=measure, row=1, col=1)
    return figure


def _axis_type(values: Sequence[Any]) -> str:
    numbers = [v for v in values if isinstance(v, int | float) and not isinstance(v, bool)]
    if len(numbers) < len(values):
        return "category"
    is_wide = min(numbers) > 0 and max(numbers) / min(numbers) >= _LOG_FROM_RATIO
    return "log" if is_wide else "linear"
