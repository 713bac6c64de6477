"""Does a map depend on what the network has learned? Weights are forgotten from the top down.

A map that stays the same while the network forgets shows the photo's edges, not the network's reasons.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from core.explain.agreement import rank_correlation
from core.explain.layers import all_layers
from core.explain.subject import CHUNK, Subject, subject_of
from core.explain.view import view_photo
from core.networks import load
from core.runtime.model_config import ModelFolder
from core.types import FloatImage, UInt8Image

STAGES = 4


@dataclass(frozen=True, slots=True)
class ForgettingStep:
    """One stage.

    Attributes:
        layer: from here up to the answer everything is forgotten.
        correlation: rank correlation of the map with the true one, −1 to 1; near 0 is sane. 0 where the map
            has gone empty.
    """

    layer: str
    correlation: float


def randomisation_test(
    network: Any,
    image_hwc: UInt8Image | FloatImage,
    method: str,
    layer: str | None = None,
    target: str | int | None = None,
    *,
    stages: int = STAGES,
    seed: int = 0,
) -> tuple[ForgettingStep, ...]:
    """Correlation of a method's map with itself as the network forgets from the answer down.

    Args:
        network: a Keras network of the caller's own, or a Subject with one; its weights are put back, also after a
            failure. For a shipped version give ``forgetful_subject``'s, not the shared one.
        image_hwc, method, layer, target: as ``core.explain.explain``; the target must be named for classes, since
            the best one changes as the network forgets.
        stages: how often to look.
        seed: of the random weights.

    Returns:
        One step a stage, from the top.

    Source: Adebayo et al. 2018, arXiv:1810.03292, section 4.1 (cascading randomisation).
    """
    from core.explain.engine import explain

    subject = subject_of(network)
    network = subject.network
    if target is None:
        target = view_photo(subject, image_hwc, None).target.index[0]
    true = explain(subject, image_hwc, method, layer, target)
    learned = [
        (name, part) for name, part in all_layers(network).items() if part.weights and not hasattr(part, "layers")
    ]
    learned.reverse()
    steps = []
    with weights_kept(network):
        rng, done = np.random.default_rng(seed), 0
        for stage in range(1, stages + 1):
            upto = round(len(learned) * stage / stages)
            for _, part in learned[done:upto]:
                _forget(part, rng)
            done = upto
            found = explain(subject, image_hwc, method, layer, target)
            correlation = rank_correlation(true.map_hw, found.map_hw) if found.has_evidence else 0.0
            steps.append(ForgettingStep(learned[max(upto - 1, 0)][0], correlation))
    return tuple(steps)


def forgetful_subject(folder: ModelFolder) -> Subject:
    """A shipped version with a network of its own and answers from it, not from LiteRT, which would not forget."""
    from core.explain.passes import forward_answers

    network = load(folder)

    def ask(x_nhwc: FloatImage) -> FloatImage:
        chunks = (x_nhwc[k : k + CHUNK] for k in range(0, len(x_nhwc), CHUNK))
        return np.concatenate([forward_answers(network, "answer", chunk) for chunk in chunks])

    return replace(subject_of(folder), network=network, ask=ask)


@contextmanager
def weights_kept(network: Any) -> Iterator[None]:
    """Put a network's weights back when the body ends, and after a failure."""
    before = network.get_weights()
    try:
        yield
    finally:
        network.set_weights(before)


def _forget(layer: Any, rng: np.random.Generator) -> None:
    """Weights drawn anew with the spread that they had; running means and variances stay with the data."""
    for variable in layer.weights:
        if "moving" in variable.name:
            continue
        value = np.asarray(variable)
        variable.assign(rng.normal(value.mean(), value.std() + 1e-8, value.shape).astype(value.dtype))
