"""The filter language of plugins: a small declared expression over a photo's tags and metadata.

Grammar::

    filter     := [ or ]                                  an empty filter accepts every photo
    or         := and ("or" and)*
    and        := not ("and" not)*
    not        := "not" not | "(" or ")" | comparison
    comparison := key ("=" | "!=" | "<" | "<=" | ">" | ">=") value
                | key ["not"] "in" "(" value ("," value)* ")"
    key        := word ("." word)*                        tag, polecat.label, shackle.worn_fraction …
    value      := "text" | number | true | false          \\" and \\\\ inside text

``tag`` stands for all tags of the photo: ``tag = "x"`` is true where it carries x, ``tag != "x"`` where not.
So it is with a key that holds a list, such as the labels of a model that finds several at once.
A comparison with a key that the photo does not have is false, ``!=`` included; ``<`` and its like are
false between text and number. Words of the language may be in upper case.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal

KEY_PATTERN = r"[^\W\d][\w\-]*(?:\.[\w\-]+)*"  # metadata keys are of this form, too

Value = str | float | int | bool
Comparator = Literal["=", "!=", "<", "<=", ">", ">="]


@dataclass(frozen=True, slots=True)
class Always:
    """Accepts every photo."""


@dataclass(frozen=True, slots=True)
class Compare:
    """``key comparator value``."""

    key: str
    comparator: Comparator
    value: Value


@dataclass(frozen=True, slots=True)
class OneOf:
    """``key [not] in (values)``."""

    key: str
    values: tuple[Value, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Not:
    """``not inner``."""

    inner: Expression


@dataclass(frozen=True, slots=True)
class Both:
    """``left and right``."""

    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Either:
    """``left or right``."""

    left: Expression
    right: Expression


Expression = Always | Compare | OneOf | Not | Both | Either


def matches(expression: Expression, tags: Collection[str], metadata: Mapping[str, Any]) -> bool:
    """Tell whether a photo with these tags and metadata is accepted."""
    match expression:
        case Always():
            return True
        case Not(inner):
            return not matches(inner, tags, metadata)
        case Both(left, right):
            return matches(left, tags, metadata) and matches(right, tags, metadata)
        case Either(left, right):
            return matches(left, tags, metadata) or matches(right, tags, metadata)
        case OneOf("tag", values, negated):
            return any(value in tags for value in values) != negated
        case OneOf(key, values, negated):
            return key in metadata and any(_equal(metadata[key], value) for value in values) != negated
        case Compare("tag", "=" | "!=" as comparator, value):
            return (value in tags) == (comparator == "=")
        case Compare("tag", comparator, value):
            return any(_compare(tag, comparator, value) for tag in tags)
        case Compare(key, comparator, value):
            return key in metadata and _compare(metadata[key], comparator, value)


def keys_of(expression: Expression) -> frozenset[str]:
    """The keys that a filter looks at; ``tag`` among them where it looks at tags."""
    match expression:
        case Always():
            return frozenset()
        case Not(inner):
            return keys_of(inner)
        case Both(left, right) | Either(left, right):
            return keys_of(left) | keys_of(right)
        case Compare(key) | OneOf(key):
            return frozenset({key})


def write_filter(expression: Expression) -> str:
    """The expression as text that ``parse_filter`` reads back to the same expression."""
    match expression:
        case Always():
            return ""
        case Compare(key, comparator, value):
            return f"{key} {comparator} {_write_value(value)}"
        case OneOf(key, values, negated):
            return f"{key} {'not ' if negated else ''}in ({', '.join(_write_value(value) for value in values)})"
        case Not(inner):
            return f"not ({write_filter(inner)})"
        case Both(left, right):
            return f"({write_filter(left)}) and ({write_filter(right)})"
        case Either(left, right):
            return f"({write_filter(left)}) or ({write_filter(right)})"


def _equal(found: Any, value: Value) -> bool:
    if isinstance(found, list):
        return any(_equal(one, value) for one in found)
    # True is 1 in Python; in a filter they are different things.
    return isinstance(found, bool) == isinstance(value, bool) and bool(found == value)


def _compare(found: Any, comparator: Comparator, value: Value) -> bool:
    if comparator == "=":
        return _equal(found, value)
    if comparator == "!=":
        return not _equal(found, value)
    if isinstance(found, bool) or isinstance(value, bool):
        return False
    both_numbers = isinstance(found, int | float) and isinstance(value, int | float)
    if not both_numbers and not (isinstance(found, str) and isinstance(value, str)):
        return False
    smaller, equal = bool(found < value), bool(found == value)
    return {"<": smaller, "<=": smaller or equal, ">": not smaller and not equal, ">=": not smaller}[comparator]


def _write_value(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return repr(value)
