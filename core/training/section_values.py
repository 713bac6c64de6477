"""Whether the values in a config are of the kind that their keys take."""

from __future__ import annotations

import math
import types
from collections.abc import Mapping
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from core.errors import ConfigError

_WORDS = {
    str: "a text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    object: "anything",
}


def check_values(section: type, values: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Check values against a dataclass's types; lists become tuples, whole numbers floats where wanted.

    Args:
        section: a dataclass.
        values: key → value as TOML gives it; every key is a field.
        where: begins every message.

    Raises:
        ConfigError: a value is of another kind; names key, expected and received.
    """
    hints = get_type_hints(section)
    checked: dict[str, Any] = {}
    for key, value in values.items():
        try:
            checked[key] = _as(hints[key], value)
        except ValueError:
            raise ConfigError(f"{where} {key}: expected {_words(hints[key])}, got {value!r}") from None
    return checked


def _as(kind: Any, value: Any) -> Any:
    """The value as a type wants it.

    Raises:
        ValueError: it is of another kind.
    """
    origin, parts = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return None if value is None else _as(next(p for p in parts if p is not type(None)), value)
    if origin is Literal:
        return _kept(value, value in parts and isinstance(value, str))
    if origin is tuple:
        _kept(value, isinstance(value, list | tuple))
        if parts[-1] is Ellipsis:
            return tuple(_as(parts[0], v) for v in value)
        _kept(value, len(value) == len(parts))
        return tuple(_as(p, v) for p, v in zip(parts, value, strict=True))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        _kept(value, isinstance(value, Mapping))
        return {str(k): _as(parts[1], v) for k, v in value.items()}
    if kind is float:
        _kept(value, isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value))
        return float(value)
    if kind is int:
        return _kept(value, isinstance(value, int) and not isinstance(value, bool))
    return _kept(value, isinstance(value, kind))


def _kept(value: Any, fits: bool) -> Any:
    if not fits:
        raise ValueError
    return value


def _words(kind: Any) -> str:
    origin, parts = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return _words(next(p for p in parts if p is not type(None)))
    if origin is Literal:
        return "one of " + ", ".join(repr(p) for p in parts)
    if origin is tuple:
        return f"a list, each {_words(parts[0])}" if parts[-1] is Ellipsis else f"a list of {len(parts)} numbers"
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return f"a table, each {_words(parts[1])}"
    return _WORDS[kind]
