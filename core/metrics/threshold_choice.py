"""From which score an answer should count: best F1, enough recall, or least cost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.errors import ConfigError
from core.metrics.curves import Curve, Point

Float = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Costs:
    """What errors cost, in any one unit of money or time.

    Attributes:
        missed_fault: of a truth that is not found.
        needless_visit: of an answer that finds no truth.
        visit: of every answer, right or wrong: the work that finds cost anyway.
    """

    missed_fault: float
    needless_visit: float
    visit: float = 0.0

    def __post_init__(self) -> None:
        """Refuse negative costs, with ``ConfigError``."""
        if min(self.missed_fault, self.needless_visit, self.visit) < 0:
            raise ConfigError(f"costs: expected numbers of at least 0, got {self}")


@dataclass(frozen=True, slots=True)
class Choice:
    """A threshold and why.

    Attributes:
        rule: what was asked for, in words.
        point: where it stands on the curve.
        cost: total over all photos; None where no costs were given.
    """

    rule: str
    point: Point
    cost: float | None = None


def best_f1(curve: Curve) -> Choice:
    """The threshold of highest F1; of several the highest threshold, which asks for the least work.

    Raises:
        ConfigError: there is neither truth nor an answer to choose from.
    """
    _require_answers(curve)
    last = len(curve.threshold) - 1 - int(np.nanargmax(curve.f1[::-1]))
    return Choice("best F1", curve.at(float(curve.threshold[last])))


def recall_at_least(curve: Curve, recall: float) -> Choice:
    """The highest threshold whose recall is at least that asked for.

    Raises:
        ConfigError: no threshold reaches it (the message says the highest recall), or there is no truth.
    """
    _require_answers(curve)
    enough = np.flatnonzero(curve.recall >= recall)
    if len(enough) == 0:
        highest = (
            f"{curve.recall[0]:.3f} at {curve.threshold[0]:.3f}" if curve.truth_count else "undefined without truth"
        )
        raise ConfigError(f"{curve.label}: expected a threshold with recall {recall:g}; the highest is {highest}")
    return Choice(f"recall at least {recall:g}", curve.at(float(curve.threshold[enough[-1]])))


def cheapest(curve: Curve, costs: Costs) -> Choice:
    """The threshold of least cost; never answering at all is among the choices.

    Where that is cheapest, the threshold lies just above the highest score. Of several the highest is chosen.

    Raises:
        ConfigError: there is nothing to choose from.
    """
    _require_answers(curve)
    every = cost_curve(curve, costs)
    silent = costs.missed_fault * curve.truth_count
    last = len(every) - 1 - int(np.argmin(every[::-1]))
    if silent <= every[last]:
        above = float(np.nextafter(curve.threshold[-1], np.inf))
        return Choice("cheapest", curve.at(above), float(silent))
    return Choice("cheapest", curve.at(float(curve.threshold[last])), float(every[last]))


def cost_curve(curve: Curve, costs: Costs) -> Float:
    """Total cost at every threshold of the curve: float64 (n,)."""
    missed, needless = curve.truth_count - curve.found, curve.answered - curve.found
    return np.asarray(
        costs.missed_fault * missed + costs.needless_visit * needless + costs.visit * curve.answered, dtype=np.float64
    )


def _require_answers(curve: Curve) -> None:
    if len(curve.threshold) == 0:
        raise ConfigError(f"{curve.label}: expected at least one answer to choose a threshold from, got none")
