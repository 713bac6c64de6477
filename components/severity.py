"""The four steps of urgency as people see them: always a word and an icon, and a colour safe for colour-blind eyes."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from core.charts.severity_bars import SeverityLook
from core.services.urgency import Urgency

BadgeColour = Literal["red", "orange", "blue", "green"]


@dataclass(frozen=True, slots=True)
class Severity:
    """How one step looks.

    Attributes:
        word: what it asks of a person.
        icon: one character, told apart by shape alone.
        fill: background of labels; ink on it has a contrast of at least 4.5 : 1 (WCAG 2.2, 1.4.3).
        ink: text on fill.
        line: box outline on photos, bright enough on forest and with its dark rim on snow.
        badge: the theme's colour of that name, for Streamlit's own badges.
    """

    word: str
    icon: str
    fill: str
    ink: str
    line: str
    badge: BadgeColour


# Hues after Okabe and Ito (2008), darkened where white text stands on them.
SEVERITIES = {
    Urgency.LOOK_NOW: Severity("Look now", "▲", "#b3400a", "#ffffff", "#ff6a1f", "red"),
    Urgency.LOOK_SOON: Severity("Look soon", "◆", "#f0b429", "#1a1300", "#ffc640", "orange"),
    Urgency.UNSURE: Severity("Unsure", "?", "#2a5f9e", "#ffffff", "#7db8ff", "blue"),
    Urgency.IN_ORDER: Severity("In order", "✓", "#00694e", "#ffffff", "#2fd6a3", "green"),
}


def severity_data(step: Urgency) -> dict[str, Any]:
    """The step's look as plain data for the browser."""
    return asdict(SEVERITIES[step])


# Plotly's names of marks and of bar fills, told apart without colour.
_SHAPES = {
    Urgency.LOOK_NOW: ("triangle-up", ""),
    Urgency.LOOK_SOON: ("diamond", "/"),
    Urgency.UNSURE: ("circle-open", "."),
    Urgency.IN_ORDER: ("circle", ""),
}


def severity_looks(*, dark: bool) -> list[SeverityLook]:
    """The steps for figures, the least urgent first."""
    return [
        SeverityLook(SEVERITIES[step].word, getattr(SEVERITIES[step], "line" if dark else "fill"), *_SHAPES[step])
        for step in Urgency
    ]
