"""Random draws that remember what was drawn, so that every scene variable lands in the truth file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np


class Draws:
    """A seeded generator whose named draws are kept under their name.

    Attributes:
        rng: the generator, for draws that are too small to name.
        record: name (with its unit) → drawn value.
    """

    def __init__(self, seed: int, attempt: int = 0) -> None:
        self.rng = np.random.default_rng((seed, attempt))
        self.record: dict[str, float | str] = {}

    def uniform(self, name: str, low: float, high: float) -> float:
        """Draw evenly between ``low`` and ``high``."""
        return self.keep(name, float(self.rng.uniform(low, high)))

    def log_uniform(self, name: str, low: float, high: float) -> float:
        """Draw evenly in the logarithm between ``low`` and ``high``, both above 0."""
        return self.keep(name, float(np.exp(self.rng.uniform(np.log(low), np.log(high)))))

    def choice(self, name: str, options: Sequence[str], weights: Sequence[float] | None = None) -> str:
        """Draw one of ``options``; ``weights`` need not sum to 1."""
        drawn = weighted(self.rng, options, weights)
        self.record[name] = drawn
        return str(drawn)

    def chance(self, name: str, probability: float) -> bool:
        """Draw yes (recorded as 1) with ``probability``, else no (0)."""
        drawn = bool(self.rng.random() < probability)
        self.record[name] = float(drawn)
        return drawn

    def keep(self, name: str, value: float) -> float:
        """Record a value that was worked out rather than drawn."""
        self.record[name] = round(value, 5)
        return value


def weighted(rng: np.random.Generator, options: Sequence[Any], weights: Sequence[float] | None = None) -> Any:
    """One of ``options``, by ``weights`` that need not sum to 1."""
    if weights is None:
        return options[int(rng.integers(len(options)))]
    edges = np.cumsum(weights)
    return options[int(np.searchsorted(edges, rng.random() * edges[-1], side="right").clip(0, len(options) - 1))]
