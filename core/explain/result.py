"""What an explanation is: a map, what it explains, and how far it can be trusted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from core.types import FloatImage


def no_scores() -> Mapping[str, float]:
    """For maps that nothing is known of."""
    return {}


@dataclass(frozen=True, eq=False)
class Explanation:
    """Where one answer of one network comes from.

    Attributes:
        method: name in ``core.explain.METHODS``.
        layer: the layer that the map was read at; ``photo`` for maps over pixels.
        target: what is explained: ``TREE``, ``-worn fraction``, ``whole top cap:10,20,60,70``.
        model, version: the model; the Keras name and "" where it is no shipped version.
        map_hw: float32, small H × W that covers the whole photo edge to edge; 0 to 1, or −1 to 1 where ``signed``
            (positive raises the answer, negative lowers it). All 0 where there is no evidence.
        signed: whether the map says what lowers the answer, too.
        peak: what 1 in ``map_hw`` stands for, in the method's own unit; ``map_hw * peak`` is the raw map.
        answer: the number that is explained: a logit, or the value itself.
        reason: why there is no evidence; None where there is.
        measure: works out ``scores``; called at most once.
    """

    method: str
    layer: str
    target: str
    model: str
    version: str
    map_hw: FloatImage
    signed: bool
    peak: float
    answer: float
    reason: str | None = None
    measure: Callable[[], Mapping[str, float]] = field(default=no_scores, repr=False)

    @property
    def has_evidence(self) -> bool:
        """False where the map is empty for a reason; such a map is not to be shown as a picture."""
        return self.reason is None

    @cached_property
    def scores(self) -> Mapping[str, float]:
        """How far the map can be trusted, measured at the first look; see ``core.explain.scoring``.

        Empty where there is no evidence.
        """
        return self.measure() if self.has_evidence else {}
