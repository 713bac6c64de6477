"""Text → filter expression, with messages that tell what was expected at which character."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from core.errors import ConfigError
from core.store.filters import KEY_PATTERN, Always, Both, Comparator, Compare, Either, Expression, Not, OneOf, Value

_TOKEN = re.compile(
    r"""\s*(?:(?P<text>"(?:[^"\\]|\\.)*")|(?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)"""
    rf"""|(?P<operator><=|>=|!=|=|<|>|\(|\)|,)|(?P<word>{KEY_PATTERN}))""",
    re.DOTALL,
)
_COMPARATORS: tuple[Comparator, ...] = ("=", "!=", "<", "<=", ">", ">=")
_RESERVED = ("and", "or", "not", "in", "true", "false")
_DEEPEST = 50


@lru_cache(256)  # every photo asks for the same few
def parse_filter(text: str) -> Expression:
    """Read a filter expression.

    Raises:
        ConfigError: the text is not of the grammar; the message tells what was expected where.
    """
    return _Parser(text).whole()


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
                return Compare(key, comparator, self._value())
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
