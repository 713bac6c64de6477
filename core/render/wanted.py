"""What a person wants of one scene variable: a value, a span of numbers, or one of several names."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar

import numpy as np

from core.render.close_up_variables import CloseUpVariables

Variables = TypeVar("Variables", bound=CloseUpVariables)


@dataclass(frozen=True, slots=True)
class Span:
    """Anything from low to high, drawn evenly."""

    low: float
    high: float


Wanted = float | str | Span | tuple[str, ...]
"""A fixed number or name, a span, or names of which one is drawn."""


def draw_wanted(name: str, wanted: Wanted, seed: int, attempt: int = 0) -> float | str:
    """Draw what is wanted of one variable.

    Every variable draws from a stream of its own: narrowing one leaves the others of a seed as they are.

    Args:
        name: of the variable.
        wanted: what it may be.
        seed: of the scene, 0 or more.
        attempt: which draw of the scene this is, where scenes are drawn again.
    """
    if isinstance(wanted, Span | tuple):
        rng = np.random.default_rng([seed, attempt, zlib.crc32(name.encode())])
        if isinstance(wanted, Span):
            return float(rng.uniform(wanted.low, wanted.high))
        return wanted[int(rng.integers(len(wanted)))]
    return wanted


def ends_of(wanted: Wanted) -> tuple[float | str, ...]:
    """The values that decide whether all of it is allowed: both ends of a span, every name."""
    if isinstance(wanted, Span):
        return (wanted.low, wanted.high)
    return wanted if isinstance(wanted, tuple) else (wanted,)


def with_wanted(variables: Variables, seed: int, wanted: Mapping[str, Wanted] | None) -> Variables:
    """Put what is wanted in place of what a seed drew; everything else stays.

    Raises:
        ConfigError: a value is out of range, or the values do not go together.
    """
    if not wanted:
        return variables
    whole = {one.name for one in fields(variables) if one.type == "int"}
    drawn: dict[str, Any] = {name: draw_wanted(name, one, seed) for name, one in wanted.items()}
    return replace(variables, **{name: round(value) if name in whole else value for name, value in drawn.items()})
