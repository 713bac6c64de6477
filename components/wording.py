"""Counts, times and alternatives in words; findings themselves are in ``core.services.wording``."""

from __future__ import annotations

import re

from core.services.wording import label_words, percent
from core.types import Finding

_LINE_BREAKS = re.compile(r"[ \t\r\n]+")  # not \s: no-break spaces stay
_MARKDOWN = str.maketrans({c: f"\\{c}" for c in r"\`*_{}[]()<>#+-.!|~$:&"})


def plain(text: str) -> str:
    """Escape text of unknown origin so that Streamlit's Markdown shows it letter by letter."""
    return _LINE_BREAKS.sub(" ", text).translate(_MARKDOWN)


def unbroken(text: str) -> str:
    """Keep per cent signs on the line of their number."""
    return text.replace(" %", "\u00a0%")


def next_best(finding: Finding, count: int = 2) -> str:
    """The labels after the best one, for example ``CONCRETE 2 %, STEEL 1 %``; empty where there are none."""
    others = [(label, p) for label, p in finding.probabilities.items() if label != finding.label]
    others.sort(key=lambda pair: -pair[1])
    words = label_words if finding.kind == "box" else str  # short names of classes are the field's own
    return unbroken(", ".join(f"{words(label)} {percent(p)}" for label, p in others[:count]))


def duration_text(seconds: float) -> str:
    """``6 s``, ``3 min``, ``1 h 20 min``."""
    if seconds < 90:
        return f"{max(seconds, 0):.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"


def count_text(count: int, noun: str) -> str:
    """``1 photo``, ``12 480 photos`` (thin space between thousands)."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}".replace(",", "\u202f")
