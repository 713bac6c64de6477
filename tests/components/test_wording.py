"""Words and numbers on screen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.wording import count_text, duration_text, next_best, plain, unbroken
from core.types import Finding


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-1, "0 s"), (6.2, "6 s"), (89, "89 s"), (90, "2 min"), (4800, "80 min"), (5500, "1 h 32 min")],
)
def test_durations(seconds: float, words: str) -> None:
    assert duration_text(seconds) == words


def test_counts() -> None:
    assert count_text(1, "photo") == "1 photo"
    assert count_text(12480, "photo") == "12\u202f480 photos"


def test_the_next_best_classes_leave_the_best_one_out() -> None:
    finding = Finding("polecat", "v1", "class", "TREE", 0.97, {"STEEL": 0.01, "TREE": 0.97, "CONCRETE": 0.02})
    assert next_best(finding).replace("\u00a0", " ") == "CONCRETE 2 %, STEEL 1 %"
    assert next_best(finding, 1).replace("\u00a0", " ") == "CONCRETE 2 %"


def test_boxes_name_their_alternatives_in_words() -> None:
    scores = {"whole missing top cap": 0.9, "whole top cap": 0.05}
    finding = Finding("topcap", "v1", "box", "whole missing top cap", 0.9, scores)
    assert next_best(finding).replace("\u00a0", " ") == "Top cap in place 5 %"


@given(st.text())
def test_plain_text_keeps_every_character_and_leaves_no_markup_unescaped(text: str) -> None:
    escaped = plain(text)
    assert "\n" not in escaped
    for character in "*_[]<>`$:":
        assert escaped.count(character) == escaped.count(f"\\{character}")


def test_per_cent_signs_stay_with_their_number() -> None:
    assert unbroken("Worn 42 %") == "Worn 42\u00a0%"
