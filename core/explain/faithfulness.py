"""Does the answer follow the map? Scores that need no mask.

Pixels are hidden (or shown) in the order of their relevance, and the target's worth is watched. A map that found
what matters makes the worth fall fast (rise fast).
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.explain.perturbed_maps import grey_worth, masked_worths
from core.explain.scores import resized
from core.explain.subject import Subject
from core.explain.target import Target
from core.explain.worth import worths
from core.types import FloatImage

STEPS = 16
_BLUR_SHARE = 1 / 8  # standard deviation of the blur that insertion begins with, share of the photo's side


@dataclass(frozen=True, slots=True)
class Faithfulness:
    """How the answer follows one map.

    Attributes:
        deletion: area under the worth as the most relevant pixels turn grey, 0 to 1; lower is better.
        insertion: area under the worth as the most relevant pixels come out of a blur, 0 to 1; higher is better.
        average_drop: share of the worth that is lost where only the relevant is shown, 0 to 1; lower is better.
        average_increase: 1 where the worth rises then, else 0; a mean over photos is the published score.
    """

    deletion: float
    insertion: float
    average_drop: float
    average_increase: float


def measure_faithfulness(
    subject: Subject, x_nhwc: FloatImage, target: Target, map_hw: FloatImage, steps: int = STEPS
) -> Faithfulness:
    """Score one map of the network's input.

    The worth is taken between that of a grey photo (0) and of the whole photo (1), cut to 0…1; so values and
    classes are measured alike, and the opposite of a value, too.

    Args:
        subject, x_nhwc, target: the network, its input (1, H, W, C), what is explained.
        map_hw: float32, any size that covers the input; of a signed map the size counts.
        steps: points of each curve after the first.

    Source: deletion and insertion: Petsiuk et al. 2018, arXiv:1806.07421; drop and increase: Chattopadhay et al. 2018.
    """
    relevance = np.abs(resized(map_hw, x_nhwc.shape[1:3]))
    whole = float(worths(subject, target, subject.ask(x_nhwc))[0])
    nothing = grey_worth(subject, x_nhwc, target)

    def share(found: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.clip((found - nothing) / (whole - nothing), 0, 1) if whole != nothing else np.ones_like(found)

    ranked = np.empty(relevance.size)
    ranked[np.argsort(-relevance, axis=None, kind="stable")] = np.arange(relevance.size) / relevance.size
    ranks = ranked.reshape(relevance.shape)
    shares = np.linspace(0, 1, steps + 1)
    hidden = (np.asarray(ranks >= part, np.float32) for part in shares)
    deletion = share(masked_worths(subject, x_nhwc, target, hidden))
    insertion = share(_inserted(subject, x_nhwc, target, ranks, shares))
    only = masked_worths(
        subject, x_nhwc, target, [np.asarray(relevance / max(float(relevance.max()), 1e-12), np.float32)]
    )
    kept = float((only[0] - nothing) / (whole - nothing)) if whole != nothing else 1.0
    return Faithfulness(
        float(np.trapezoid(deletion, shares)),
        float(np.trapezoid(insertion, shares)),
        float(np.clip(1 - kept, 0, 1)),
        float(kept > 1),
    )


def _inserted(
    subject: Subject, x_nhwc: FloatImage, target: Target, ranks: NDArray[np.float64], shares: NDArray[np.float64]
) -> NDArray[np.float64]:
    # From a blur, not from grey: sharp islands on grey are edges that no photo has.
    blurred = cv2.GaussianBlur(x_nhwc[0], (0, 0), max(x_nhwc.shape[1:3]) * _BLUR_SHARE)
    blurred = blurred.reshape(x_nhwc.shape[1:])
    found = []
    for part in shares:
        x = np.where((ranks < part)[..., None], x_nhwc[0], blurred).astype(np.float32)
        found.append(worths(subject, target, subject.ask(np.ascontiguousarray(x[None])))[0])
    return np.array(found)
