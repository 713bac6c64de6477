"""Nested values as TOML text, for configs that studies make; the standard library only reads TOML."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from core.errors import ConfigError


def as_toml(values: Mapping[str, Any]) -> str:
    """Write tables, strings, numbers, booleans and lists of them; the same values give the same text.

    Raises:
        ConfigError: a value of another kind.
    """
    return "\n".join(_lines(values, ())) + "\n"


def _lines(values: Mapping[str, Any], above: tuple[str, ...]) -> list[str]:
    plain = {k: v for k, v in values.items() if not isinstance(v, Mapping)}
    lines = [f"[{'.'.join(above)}]"] if above and plain else []
    lines += [f"{_key(k)} = {_value(v)}" for k, v in plain.items()]
    for key, value in values.items():
        if isinstance(value, Mapping):
            lines += _lines(value, (*above, _key(key)))
    return lines


def _key(name: str) -> str:
    return name if name.replace("_", "").replace("-", "").isalnum() and name.isascii() else json.dumps(name)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(v) for v in value) + "]"
    raise ConfigError(f"TOML: expected text, a number, a boolean, a list or a table, got {value!r}")
