"""How soon a person should look at a photo: four steps, and an order within each.

=============  =========================================================================
look now (3)   a shackle worn by half or more; a missing top cap at 75 % or more
look soon (2)  worn 30 % or more; a missing top cap above its threshold
unsure (1)     a photo that a model does not recognise or is unsure of; worn 15 % or more
in order (0)   everything else
=============  =========================================================================

A rod that has lost half its thickness carries a quarter of the load; lines are taken up for repair
well before that. A missing top cap lets water into the pole's heart, which rots over years.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from core.services.thresholds import Thresholds, shown_findings
from core.services.wording import finding_words
from core.types import Finding

MISSING_TOP_CAP = "whole missing top cap"
LOOK_NOW_CONFIDENCE = 0.75


class Urgency(IntEnum):
    """Severity, the only thing that colour stands for on screen."""

    IN_ORDER = 0
    UNSURE = 1
    LOOK_SOON = 2
    LOOK_NOW = 3


WORN_STEPS = ((0.5, Urgency.LOOK_NOW), (0.3, Urgency.LOOK_SOON), (0.15, Urgency.UNSURE))


@dataclass(frozen=True, slots=True)
class PhotoUrgency:
    """How soon a person should look at a photo.

    Attributes:
        step: severity.
        score: step plus a fraction below 1 that orders photos within the step; higher is sooner.
        reason: the finding that decided, in words; empty where there is none.
    """

    step: Urgency
    score: float
    reason: str


def assess_urgency(findings: Iterable[Finding], thresholds: Thresholds) -> PhotoUrgency:
    """Judge a photo by its most urgent finding.

    Args:
        findings: all findings of one photo, as stored.
        thresholds: by model and label.
    """
    most = PhotoUrgency(Urgency.IN_ORDER, 0.0, "")
    for finding in shown_findings(findings, thresholds):
        step = urgency_of(finding)
        score = step + min(max(_weight(finding), 0.0), 0.999) if step else 0.0
        if score > most.score:
            most = PhotoUrgency(step, score, finding_words(finding))
    return most


def urgency_of(finding: Finding) -> Urgency:
    """Severity of one finding that is shown (boxes above their threshold)."""
    if not finding.recognised:
        return Urgency.UNSURE
    if finding.kind == "value" and finding.value is not None:
        value = finding.value
        return next((step for least, step in WORN_STEPS if value >= least), Urgency.IN_ORDER)
    if finding.kind == "box" and finding.label == MISSING_TOP_CAP:
        return Urgency.LOOK_NOW if (finding.confidence or 0) >= LOOK_NOW_CONFIDENCE else Urgency.LOOK_SOON
    if finding.kind == "class" and len(finding.prediction_set) > 1:
        return Urgency.UNSURE
    return Urgency.IN_ORDER


def _weight(finding: Finding) -> float:
    """Order within a step, 0 to 1: the more worn, the surer of a fault, the less sure of a class."""
    if not finding.recognised:
        return 0.1
    if finding.kind == "value":
        return finding.value or 0.0
    confidence = finding.confidence or 0.0
    return confidence if finding.kind == "box" else 1 - confidence
