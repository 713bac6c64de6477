"""Random draws that remember what was drawn, so that every scene variable lands in the truth file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np

from core.errors import ConfigError
from core.render.wanted import Wanted, draw_wanted

# Not an argument: a scene's draws are made in many places, and all of them must hold.
_held: ContextVar[tuple[Mapping[str, Wanted], set[str]]] = ContextVar("held")


@contextmanager
def holding(held: Mapping[str, Wanted]) -> Iterator[set[str]]:
    """Hold named draws to what is wanted of them, in every scene drawn inside.

    The draw itself is still made and thrown away, so that the draws after it stay what they were, as far as they
    do not depend on it.

    Yields:
        The names that were met so far.
    """
    met: set[str] = set()
    token = _held.set((held, met))
    try:
        yield met
    finally:
        _held.reset(token)


class Draws:
    """A seeded generator whose named draws are kept under their name.

    Attributes:
        rng: the generator, for draws that are too small to name.
        record: name (with its unit) → drawn value.
    """

    def __init__(self, seed: int, attempt: int = 0) -> None:
        self.rng = np.random.default_rng((seed, attempt))
        self.record: dict[str, float | str] = {}
        held, self._met = _held.get(({}, set()))
        self._held = {name: draw_wanted(name, wanted, seed, attempt) for name, wanted in held.items()}

    def uniform(self, name: str, low: float, high: float) -> float:
        """Draw evenly between ``low`` and ``high``."""
        return self.keep(name, self._number(name, float(self.rng.uniform(low, high))))

    def log_uniform(self, name: str, low: float, high: float) -> float:
        """Draw evenly in the logarithm between ``low`` and ``high``, both above 0."""
        drawn = self._number(name, float(np.exp(self.rng.uniform(np.log(low), np.log(high)))))
        if drawn <= 0.0:
            raise ConfigError(f"{name}: expected a number above 0, received {drawn:g}; {low:g} is usual")
        return self.keep(name, drawn)

    def choice(self, name: str, options: Sequence[str], weights: Sequence[float] | None = None) -> str:
        """Draw one of ``options``; ``weights`` need not sum to 1."""
        drawn = weighted(self.rng, options, weights)
        if name in self._held:
            self._met.add(name)
            drawn = self._held[name]
            if drawn not in options:
                raise ConfigError(f"{name}: expected one of {', '.join(options)}, received {drawn!r}")
        self.record[name] = drawn
        return str(drawn)

    def chance(self, name: str, probability: float) -> bool:
        """Draw yes (recorded as 1) with ``probability``, else no (0)."""
        drawn = self._number(name, float(self.rng.random() < probability))
        if name in self._held and not 0.0 <= drawn <= 1.0:
            raise ConfigError(f"{name}: expected 0 (no) to 1 (yes), received {drawn:g}")
        is_so = drawn >= 0.5
        self.record[name] = float(is_so)
        return is_so

    def keep(self, name: str, value: float) -> float:
        """Record a value that was worked out rather than drawn."""
        self.record[name] = round(value, 5)
        return value

    def _number(self, name: str, drawn: float) -> float:
        if name not in self._held:
            return drawn
        self._met.add(name)
        held = self._held[name]
        if isinstance(held, str):
            raise ConfigError(f"{name}: expected a number such as {drawn:g}, received {held!r}")
        return held


def weighted(rng: np.random.Generator, options: Sequence[Any], weights: Sequence[float] | None = None) -> Any:
    """One of ``options``, by ``weights`` that need not sum to 1."""
    if weights is None:
        return options[int(rng.integers(len(options)))]
    edges = np.cumsum(weights)
    return options[int(np.searchsorted(edges, rng.random() * edges[-1], side="right").clip(0, len(options) - 1))]
