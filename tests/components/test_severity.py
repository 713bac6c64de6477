"""Severity can be told apart by word, icon, and colour, also by colour-blind eyes."""

import itertools

import numpy as np
import pytest

from components.severity import SEVERITIES, Severity
from core.services.urgency import Urgency


def rgb(colour: str) -> np.ndarray:
    return np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])


def linear(colour: str) -> np.ndarray:
    value = rgb(colour)
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def luminance(colour: str) -> float:
    return float(linear(colour) @ [0.2126, 0.7152, 0.0722])


def contrast(a: str, b: str) -> float:
    """WCAG 2.2, 1.4.3."""
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("severity", SEVERITIES.values(), ids=lambda s: s.word)
def test_words_can_be_read_on_their_colour(severity: Severity) -> None:
    assert contrast(severity.fill, severity.ink) >= 4.5


@pytest.mark.parametrize("severity", SEVERITIES.values(), ids=lambda s: s.word)
def test_box_lines_stand_out_from_their_dark_rim(severity: Severity) -> None:
    assert contrast(severity.line, "#000000") >= 4.5


def test_there_is_a_word_and_an_icon_for_every_step() -> None:
    assert set(SEVERITIES) == set(Urgency)
    assert len({s.word for s in SEVERITIES.values()}) == len({s.icon for s in SEVERITIES.values()}) == 4


# Linear RGB as a deuteranope and a protanope see it: Viénot, Brettel and Mollon 1999, doi:10.1002/(SICI)1520-6378.
DEUTERANOPIA = np.array([[0.29275, 0.70725, 0.0], [0.29275, 0.70725, 0.0], [-0.02234, 0.02234, 1.0]])
PROTANOPIA = np.array([[0.11238, 0.88762, 0.0], [0.11238, 0.88762, 0.0], [0.00401, -0.00401, 1.0]])


@pytest.mark.parametrize("eyes", [np.eye(3), DEUTERANOPIA, PROTANOPIA], ids=["all cones", "deuteranopia", "protanopia"])
def test_colours_differ_for_colour_blind_eyes(eyes: np.ndarray) -> None:
    seen = {s.word: np.clip(eyes @ linear(s.fill), 0, 1) ** (1 / 2.2) for s in SEVERITIES.values()}
    for a, b in itertools.combinations(seen.values(), 2):
        assert np.linalg.norm(a - b) > 0.15
