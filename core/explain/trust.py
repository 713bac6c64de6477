"""How far one map can be trusted, in words: a plain rule on measured numbers.

Three questions, each answered only where it was measured:

- ``object``: does more of the map's energy lie in the mask than of a blob in the photo's middle, and than the mask's
  share of the area? (needs a mask)
- ``answer``: does the answer follow the map more than it follows that blob: is insertion less deletion higher by at
  least 0.01?
- ``learning``: is the map another one when the network has forgotten what it learned: is the size of the rank
  correlation with everything forgotten below 0.5? (needs the randomisation test)

A map that depends on nothing learned shows the photo's edges, and a photo that the model does not recognise has no
answer to explain: such a map is not to be trusted whatever else is true. Otherwise the map is trusted where every
question asked is answered with yes and at least two were asked; where one or more were answered with no, or fewer than
two were asked, it is to be read with care; where all were answered with no and at least two were asked, it is not to be
trusted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Verdict = Literal["trust", "care", "doubt"]
LEAST_GAIN = 0.01  # of the answer; less is nothing that anyone could see
MOST_KEPT = 0.5  # rank correlation with the forgetful network's map up to which a map depends on learning


@dataclass(frozen=True, slots=True)
class TrustCheck:
    """One question: its ``name``, whether the map ``passed``, and the ``words`` with the numbers behind it."""

    name: Literal["photo", "object", "answer", "learning"]
    passed: bool
    words: str


@dataclass(frozen=True, slots=True)
class Trust:
    """The verdict and the questions that led to it."""

    verdict: Verdict
    checks: tuple[TrustCheck, ...]


def judge(scores: Mapping[str, float], forgotten: float | None = None, *, recognised: bool = True) -> Trust:
    """Apply the rule.

    Args:
        scores: of ``core.explain.scoring.score_explanation``.
        forgotten: rank correlation, −1 to 1, of the map with the one of a network that has forgotten everything; None
            where that was not measured.
        recognised: False where the model says that the photo resembles nothing it has learned from.
    """
    checks: list[TrustCheck] = []
    if not recognised:
        checks.append(TrustCheck("photo", False, "it resembles nothing that the model has learned from"))
    if "energy" in scores:
        centre, area = scores["energy_centre"], scores["energy_area"]
        passed = scores["energy"] > max(centre, area)
        words = (
            f"{_share(scores['energy'])} of it on the object; a blob in the middle has {_share(centre)} there, "
            f"and the object covers {_share(area)} of the photo"
        )
        checks.append(TrustCheck("object", passed, words))
    if "insertion_centre" in scores:
        gain = scores["insertion"] - scores["deletion"]
        centre = scores["insertion_centre"] - scores["deletion_centre"]
        words = (
            f"{_number(gain)} when its brightest parts are shown and hidden first; "
            f"{_number(centre)} for a blob in the middle"
        )
        checks.append(TrustCheck("answer", gain - centre >= LEAST_GAIN, words))
    if forgotten is not None:
        words = f"correlation {_number(forgotten)} with the map of a network that has forgotten everything"
        checks.append(TrustCheck("learning", abs(forgotten) < MOST_KEPT, words))
    return Trust(_verdict(checks), tuple(checks))


def _verdict(checks: list[TrustCheck]) -> Verdict:
    passed = [check.passed for check in checks]
    if any(check.name in ("photo", "learning") and not check.passed for check in checks):
        return "doubt"
    if len(checks) >= 2 and all(passed):
        return "trust"
    return "doubt" if len(checks) >= 2 and not any(passed) else "care"


def _share(value: float) -> str:
    return f"{100 * value:.0f} %"


def _number(value: float) -> str:
    """Two digits; 0.00 without a sign."""
    return f"{round(value, 2) + 0.0:.2f}".replace("-", "−")
