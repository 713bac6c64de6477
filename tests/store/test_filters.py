"""The filter language."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import ConfigError
from core.store import keys_of, matches, parse_filter
from core.store.filters import Always, Both, Compare, Either, Expression, Not, OneOf, write_filter

TAGS = {"helicopter inspection", "line 4"}
METADATA: dict[str, Any] = {"polecat.label": "TREE", "shackle.worn_fraction": 0.71, "checked": True, "count": 1}
METADATA["toy.labels"] = ["nest", "rust"]

KEYS = st.sampled_from(["tag", "polecat.label", "a-b.c_d", "Ørsta.høyde", "inner", "android"])
VALUES = st.text() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
LEAVES: st.SearchStrategy[Expression] = st.builds(
    Compare, KEYS, st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), VALUES
) | st.builds(OneOf, KEYS, st.lists(VALUES, min_size=1, max_size=3).map(tuple), st.booleans())
EXPRESSIONS = st.just(Always()) | st.recursive(
    LEAVES,
    lambda inner: st.builds(Not, inner) | st.builds(Both, inner, inner) | st.builds(Either, inner, inner),
    max_leaves=8,
)


@given(EXPRESSIONS)
def test_written_filter_reads_back(expression: Expression) -> None:
    again = parse_filter(write_filter(expression))
    assert again == expression
    assert repr(again) == repr(expression)  # 1, 1.0 and True are equal in Python, and not the same


@pytest.mark.parametrize(
    ("text", "accepted"),
    [
        ("", True),
        ("   ", True),
        ('tag = "line 4"', True),
        ('tag = "line"', False),
        ('tag != "line"', True),
        ('tag != "line 4"', False),
        ('tag in ("x", "line 4")', True),
        ('tag not in ("x", "line 4")', False),
        ('polecat.label = "TREE"', True),
        ('polecat.label != "TREE"', False),
        ('polecat.label in ("STEEL", "TREE")', True),
        ('polecat.label not in ("STEEL", "CONCRETE")', True),
        ('polecat.label > "STEEL"', True),
        ("polecat.label > 3", False),
        ("shackle.worn_fraction > 0.7", True),
        ("shackle.worn_fraction >= 0.71 and shackle.worn_fraction <= 0.71", True),
        ("shackle.worn_fraction < 7e-1", False),
        ("shackle.worn_fraction > -1", True),
        ('toy.labels = "rust"', True),
        ('toy.labels = "plant"', False),
        ('toy.labels != "plant"', True),
        ('toy.labels != "rust"', False),
        ('toy.labels in ("plant", "nest")', True),
        ('toy.labels not in ("plant", "nest")', False),
        ('toy.labels > "a"', False),
        ("checked = true", True),
        ("checked = 1", False),
        ("count = true", False),
        ("count = 1", True),
        ('missing != "x"', False),
        ('not missing = "x"', True),
        ('missing not in ("x")', False),
        ('tag = "no" or tag = "line 4" and count = 1', True),
        ('(tag = "line 4" or count = 1) and count = 2', False),
        ('tag = "line 4" or count = 1 and count = 2', True),
        ('NOT tag = "no" AND Count = 1', False),
        ('not not tag = "line 4"', True),
    ],
)
def test_truth(text: str, accepted: bool) -> None:
    assert matches(parse_filter(text), TAGS, METADATA) is accepted


@pytest.mark.parametrize(
    ("text", "expected", "place", "received"),
    [
        ("tag", 'one of = != < <= > >= or "in"', 4, "the end"),
        ("tag =", "a value", 6, "the end"),
        ("tag = x", "a value", 7, "'x'"),
        ("= 3", "a key", 1, "'='"),
        ("and = 3", "a key", 1, "'and'"),
        ("(a = 1", '")"', 7, "the end"),
        ("a = 1 b = 2", '"and", "or" or the end', 7, "'b'"),
        ("a in 3", '"("', 6, "'3'"),
        ("a in ()", "a value", 7, "')'"),
        ("a not = 3", '"in"', 7, "'='"),
        ("a = 1 and", "a key", 10, "the end"),
        ("a = $", "a key, a value or an operator", 5, "'$'"),
        ('a = "open', "a key, a value or an operator", 5, "text needs double quotes"),
        ("a = 'x'", "a key, a value or an operator", 5, "text needs double quotes"),
        ("(" * 60 + "a = 1" + ")" * 60, "at most 50 nested parentheses", 51, "'('"),
    ],
)
def test_mistakes_are_named_with_their_place(text: str, expected: str, place: int, received: str) -> None:
    with pytest.raises(ConfigError) as refusal:
        parse_filter(text)
    message = str(refusal.value)
    assert f"expected {expected}" in message
    assert f"at character {place}, " in message
    assert received in message


@given(st.text(max_size=40))
def test_any_text_gives_a_filter_or_a_clear_error(text: str) -> None:
    message = ""
    try:
        assert isinstance(matches(parse_filter(text), TAGS, METADATA), bool)
    except ConfigError as error:
        message = str(error)
    assert not message or "at character" in message


def test_keys_that_a_filter_looks_at() -> None:
    assert keys_of(parse_filter('not (tag = "x" and a.b > 1) or c in (1)')) == {"tag", "a.b", "c"}
    assert keys_of(parse_filter("")) == frozenset()
