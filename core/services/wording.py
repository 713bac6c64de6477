"""Findings in plain sentences, as people in the field would say them."""

from __future__ import annotations

import re

from core.types import Finding

_PHRASES = {
    "whole top cap": "Top cap in place",
    "whole missing top cap": "Top cap missing",
    "TREE": "Wood pole (TREE)",
    "STEEL": "Steel pole (STEEL)",
    "CONCRETE": "Concrete pole (CONCRETE)",
}


def percent(fraction: float) -> str:
    """A fraction as people read it: ``0.874`` → ``87 %``; never a false 0 or 100."""
    rounded = round(fraction * 100)
    if rounded == 100 and fraction < 1:
        return "over 99 %"
    if rounded == 0 and fraction > 0:
        return "under 1 %"
    return f"{rounded} %"


def label_words(label: str) -> str:
    """A label as a phrase: ``whole missing top cap`` → ``Top cap missing``."""
    return _PHRASES.get(label, label[:1].upper() + label[1:])


def finding_words(finding: Finding) -> str:
    """One finding as one line: ``Top cap missing, 91 % sure`` or ``Worn 42 % (35–49 %)``."""
    if not finding.recognised:
        return "Not recognised: resembles nothing that the model has learned from"
    if finding.kind == "value" and finding.value is not None:
        words = f"Worn {percent(finding.value)}"
        if finding.interval is None:
            return words
        low, high = (round(end * 100) for end in finding.interval)
        return f"{words} ({low}–{high} %)"
    words = label_words(finding.label)
    if finding.kind == "class" and len(finding.prediction_set) > 1:
        return f"Unsure: {' or '.join(finding.prediction_set)}"
    return words if finding.confidence is None else f"{words}, {percent(finding.confidence)} sure"


def quantity_key(words: str) -> str:
    """Words as a part of a metadata key: ``worn fraction`` → ``worn_fraction``."""
    return re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_") or "value"
