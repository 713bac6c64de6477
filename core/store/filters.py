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
A comparison with a key that the photo does not have is false, ``!=`` included; ``<`` and its like are
false between text and number. Words of the language may be in upper case.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from core.errors import ConfigError

Value = str | float | int | bool
Comparator = Literal["=", "!=", "<", "<=", ">", ">="]

_TOKEN = re.compile(
    r"""\s*(?:(?P<text>"(?:[^"\\]|\\.)*")|(?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)"""
    r"""|(?P<operator><=|>=|!=|=|<|>|\(|\)|,)|(?P<word>[A-Za-z_][\w\-]*(?:\.[\w\-]+)*))""",
    re.DOTALL,
)
_COMPARATORS = ("=", "!=", "<", "<=", ">", ">=")
_RESERVED = ("and", "or", "not", "in", "true", "false")
_DEEPEST = 50


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


def parse_filter(text: str) -> Expression:
    """Read a filter expression.

    Raises:
        ConfigError: the text is not of the grammar; the message tells what was expected where.
    """
    return _Parser(text).whole()


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


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    place: int  # counted from 1, for people

    @property
    def keyword(self) -> str:
        """The word in lower case where it is one of the language's; else the operator or nothing."""
        if self.kind == "word":
            return self.text.lower() if self.text.lower() in _RESERVED else ""
        return self.text if self.kind == "operator" else ""


class _Parser:
    """Recursive descent over the tokens."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = list(self._split())
        self._index = 0
        self._depth = 0

    def whole(self) -> Expression:
        if self._next.kind == "end":
            return Always()
        expression = self._either()
        if self._next.kind != "end":
            raise self._wrong('"and", "or" or the end')
        return expression

    def _split(self) -> list[_Token]:
        tokens, place = [], 0
        end = len(self._text.rstrip())
        while place < end:
            found = _TOKEN.match(self._text, place)
            if found is None or found.lastgroup is None:
                start = place + len(self._text[place:]) - len(self._text[place:].lstrip())
                hint = " (text needs double quotes at both ends)" if self._text[start] in "\"'" else ""
                raise self._error(start + 1, "a key, a value or an operator", f"{self._text[start]!r}{hint}")
            tokens.append(_Token(found.lastgroup, found[found.lastgroup], found.start(found.lastgroup) + 1))
            place = found.end()
        return [*tokens, _Token("end", "the end", len(self._text) + 1)]

    @property
    def _next(self) -> _Token:
        return self._tokens[self._index]

    def _take(self) -> _Token:
        token = self._next
        self._index += 1
        return token

    def _either(self) -> Expression:
        left = self._both()
        while self._accept("or"):
            left = Either(left, self._both())
        return left

    def _both(self) -> Expression:
        left = self._not()
        while self._accept("and"):
            left = Both(left, self._not())
        return left

    def _not(self) -> Expression:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise self._wrong(f"at most {_DEEPEST} nested parentheses")
        try:
            if self._accept("not"):
                return Not(self._not())
            if self._accept("("):
                inner = self._either()
                self._expect(")")
                return inner
            return self._comparison()
        finally:
            self._depth -= 1

    def _comparison(self) -> Expression:
        if self._next.kind != "word" or self._next.keyword:
            raise self._wrong("a key like tag or polecat.label")
        key = self._take().text
        if self._accept("not"):
            self._expect("in")
            return OneOf(key, self._values(), negated=True)
        if self._accept("in"):
            return OneOf(key, self._values())
        for comparator in _COMPARATORS:
            if self._accept(comparator):
                return Compare(key, comparator, self._value())  # type: ignore[arg-type]
        raise self._wrong('one of = != < <= > >= or "in"')

    def _values(self) -> tuple[Value, ...]:
        self._expect("(")
        values = [self._value()]
        while self._accept(","):
            values.append(self._value())
        self._expect(")")
        return tuple(values)

    def _value(self) -> Value:
        token = self._next
        if token.kind == "text":
            self._take()
            return re.sub(r"\\(.)", r"\1", token.text[1:-1], flags=re.DOTALL)
        if token.kind == "number":
            self._take()
            return int(token.text) if re.fullmatch(r"-?\d+", token.text) else float(token.text)
        if token.keyword in ("true", "false"):
            return self._take().keyword == "true"
        raise self._wrong('a value: "text" in double quotes, a number, true or false')

    def _accept(self, keyword: str) -> bool:
        found = self._next.keyword == keyword
        self._index += found
        return found

    def _expect(self, operator: str) -> None:
        if not self._accept(operator):
            raise self._wrong(f'"{operator}"')

    def _wrong(self, expected: str) -> ConfigError:
        token = self._next
        return self._error(token.place, expected, token.text if token.kind == "end" else repr(token.text))

    def _error(self, place: int, expected: str, received: str) -> ConfigError:
        return ConfigError(f"filter {self._text!r}: expected {expected} at character {place}, received {received}")
