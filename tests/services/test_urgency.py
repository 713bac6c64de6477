"""Urgency, thresholds and wording by hand."""

import pytest

from core.services.thresholds import shown_findings
from core.services.urgency import Urgency, assess_urgency, urgency_of
from core.services.wording import finding_words, label_words, percent, quantity_key
from core.types import Finding
from tests.services.toys import box_finding, class_finding, worn_finding

MISSING, WHOLE = "whole missing top cap", "whole top cap"
THRESHOLDS = {"topcap": {MISSING: 0.3, WHOLE: 0.6}}


@pytest.mark.parametrize(
    ("finding", "step"),
    [
        (worn_finding(0.71), Urgency.LOOK_NOW),
        (worn_finding(0.5), Urgency.LOOK_NOW),
        (worn_finding(0.49), Urgency.LOOK_SOON),
        (worn_finding(0.3), Urgency.LOOK_SOON),
        (worn_finding(0.29), Urgency.UNSURE),
        (worn_finding(0.15), Urgency.UNSURE),
        (worn_finding(0.14), Urgency.IN_ORDER),
        (worn_finding(0.9, recognised=False), Urgency.UNSURE),
        (box_finding(MISSING, 0.91), Urgency.LOOK_NOW),
        (box_finding(MISSING, 0.5), Urgency.LOOK_SOON),
        (box_finding(WHOLE, 0.99), Urgency.IN_ORDER),
        (class_finding("TREE"), Urgency.IN_ORDER),
        (class_finding("TREE", prediction_set=("TREE", "STEEL")), Urgency.UNSURE),
        (class_finding("TREE", recognised=False), Urgency.UNSURE),
    ],
)
def test_urgency_of_one_finding(finding: Finding, step: Urgency) -> None:
    assert urgency_of(finding) is step


def test_photo_is_as_urgent_as_its_worst_finding_and_says_which() -> None:
    verdict = assess_urgency([class_finding("TREE"), box_finding(MISSING, 0.91)], THRESHOLDS)
    assert verdict.step is Urgency.LOOK_NOW
    assert verdict.reason == "Top cap missing, 91 % sure"


def test_a_box_under_its_threshold_does_not_count() -> None:
    assert assess_urgency([box_finding(MISSING, 0.29)], THRESHOLDS).step is Urgency.IN_ORDER


def test_more_worn_comes_first_within_a_step_and_never_passes_the_next_step() -> None:
    scores = [assess_urgency([worn_finding(value)], {}).score for value in (0.31, 0.45, 0.5, 0.95)]
    assert scores == sorted(scores)
    assert scores[1] < 3 <= scores[2]


def test_a_photo_without_findings_is_in_order() -> None:
    verdict = assess_urgency([], THRESHOLDS)
    assert (verdict.step, verdict.score, verdict.reason) == (Urgency.IN_ORDER, 0.0, "")


def test_of_two_labels_at_one_place_the_one_further_above_its_threshold_is_shown() -> None:
    here, there = (10.0, 10.0, 30.0, 30.0), (100.0, 100.0, 120.0, 120.0)
    missing, whole, other = (
        box_finding(MISSING, 0.5, here),
        box_finding(WHOLE, 0.65, here),
        box_finding(WHOLE, 0.7, there),
    )
    # Margins 0.20, 0.05 and 0.10.
    assert shown_findings([whole, missing, other], THRESHOLDS) == (missing, other)


def test_classes_and_values_are_always_shown() -> None:
    findings = (class_finding("TREE", 0.2), worn_finding(0.0))
    assert shown_findings(findings, THRESHOLDS) == findings


@pytest.mark.parametrize(
    ("fraction", "words"),
    [(0.874, "87 %"), (1.0, "100 %"), (0.999, "over 99 %"), (0.0, "0 %"), (0.001, "under 1 %"), (0.994, "99 %")],
)
def test_percent_is_never_falsely_certain(fraction: float, words: str) -> None:
    assert percent(fraction) == words


def test_findings_in_words() -> None:
    assert finding_words(worn_finding(0.42, interval=(0.35, 0.49))) == "Worn 42 % (35–49 %)"
    assert finding_words(class_finding("TREE", prediction_set=("TREE", "STEEL"))) == "Unsure: TREE or STEEL"
    assert finding_words(class_finding("TREE", recognised=False)).startswith("Not recognised")
    assert label_words("insulator") == "Insulator"
    assert quantity_key("worn fraction") == "worn_fraction"
