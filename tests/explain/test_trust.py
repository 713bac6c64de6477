"""The rule of trust, case by case."""

import pytest

from core.explain.trust import judge

FOLLOWED = {"insertion": 0.8, "deletion": 0.2, "insertion_centre": 0.6, "deletion_centre": 0.4}
IGNORED = {"insertion": 0.5, "deletion": 0.5, "insertion_centre": 0.6, "deletion_centre": 0.4}
ON = {"energy": 0.6, "energy_centre": 0.3, "energy_area": 0.2}
BESIDE = {"energy": 0.25, "energy_centre": 0.3, "energy_area": 0.2}


@pytest.mark.parametrize(
    ("scores", "forgotten", "verdict"),
    [
        ({}, None, "care"),
        (FOLLOWED, None, "care"),  # one question is too few
        (ON | FOLLOWED, None, "trust"),
        (ON | FOLLOWED, 0.1, "trust"),
        (ON | FOLLOWED, 0.5, "doubt"),  # stays the same when all is forgotten
        (ON | FOLLOWED, -0.9, "doubt"),
        (BESIDE | FOLLOWED, 0.1, "care"),
        (BESIDE | IGNORED, None, "doubt"),
        (BESIDE | IGNORED, 0.1, "care"),
        (FOLLOWED, 0.1, "trust"),
        ({}, 0.9, "doubt"),
        (ON | {**FOLLOWED, "insertion_centre": 0.795, "deletion_centre": 0.2}, None, "care"),  # 0.600 against 0.595
    ],
)
def test_the_verdict_follows_the_rule(scores, forgotten, verdict):
    assert judge(scores, forgotten).verdict == verdict


def test_every_question_says_its_numbers():
    checks = judge(BESIDE | FOLLOWED, 0.12).checks
    assert [(check.name, check.passed) for check in checks] == [("object", False), ("answer", True), ("learning", True)]
    assert checks[0].words == (
        "25 % of it on the object; a blob in the middle has 30 % there, and the object covers 20 % of the photo"
    )
    assert checks[1].words == (
        "0.60 when its brightest parts are shown and hidden first; 0.20 for a blob in the middle"
    )
    assert checks[2].words.startswith("correlation 0.12 with the map")
    assert judge({}, -0.001).checks[0].words.startswith("correlation 0.00 with")
    assert judge({}, -0.25).checks[0].words.startswith("correlation −0.25 with")


def test_a_photo_that_is_not_recognised_has_no_answer_to_explain():
    trust = judge(ON | FOLLOWED, 0.1, recognised=False)
    assert trust.verdict == "doubt"
    assert [check.name for check in trust.checks if not check.passed] == ["photo"]
