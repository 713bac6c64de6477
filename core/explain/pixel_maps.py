"""Maps over pixels from gradients at the network's input: saliency, SmoothGrad, integrated gradients."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.explain.subject import CHUNK, Subject
from core.explain.target import Target
from core.types import FloatImage

GREY = 0.0  # the middle of −1…1: where nothing is
SMOOTH_SAMPLES = 20
SMOOTH_NOISE = 0.15
PATH_STEPS = 32


def saliency(subject: Subject, x_nhwc: FloatImage, target: Target, *, signed: bool) -> FloatImage:
    """How strongly each pixel moves the answer: the gradient's largest size over the colours; signed: their sum.

    Returns:
        float32 (H, W).

    Source: Simonyan et al. 2013, arXiv:1312.6034, section 3.1.
    """
    return _over_colours(_gradients(subject, x_nhwc, target)[0], signed)


def smoothgrad(
    subject: Subject,
    x_nhwc: FloatImage,
    target: Target,
    *,
    signed: bool,
    samples: int = SMOOTH_SAMPLES,
    noise: float = SMOOTH_NOISE,
    seed: int = 0,
) -> FloatImage:
    """Saliency of the mean gradient over noisy copies of the photo.

    Args:
        subject, x_nhwc, target, signed: as ``saliency``.
        samples: noisy copies.
        noise: standard deviation as a share of the photo's range of values.
        seed: of the noise.

    Source: Smilkov et al. 2017, arXiv:1706.03825.
    """
    deviation = noise * float(x_nhwc.max() - x_nhwc.min())
    drawn = np.random.default_rng(seed).standard_normal((samples, *x_nhwc.shape[1:]), np.float32)
    return _over_colours(_gradients(subject, x_nhwc + deviation * drawn, target).mean(axis=0), signed)


def integrated_gradients(
    subject: Subject, x_nhwc: FloatImage, target: Target, *, signed: bool, steps: int = PATH_STEPS
) -> FloatImage:
    """Contribution of each pixel to the answer's rise from grey to the photo; signed maps sum to that rise.

    Args:
        subject, x_nhwc, target: as ``saliency``.
        signed: False keeps what raises the answer alone.
        steps: nodes of Gauss and Legendre on the straight path; more of them come nearer to completeness.

    Returns:
        float32 (H, W), in units of the answer.

    Source: Sundararajan et al. 2017, arXiv:1703.01365, equation 1.
    """
    nodes, weights = np.polynomial.legendre.leggauss(steps)
    alphas, weights = ((nodes + 1) / 2).astype(np.float32), (weights / 2).astype(np.float32)
    difference = x_nhwc - np.float32(GREY)
    path = np.asarray(GREY + alphas[:, None, None, None] * difference, np.float32)
    mean = np.einsum("n,nhwc->hwc", weights, _gradients(subject, path, target))
    contribution = np.asarray((difference[0] * mean).sum(axis=-1), np.float32)
    return contribution if signed else np.maximum(contribution, 0)


def _gradients(subject: Subject, x_nhwc: FloatImage, target: Target) -> FloatImage:
    """Gradients for every input of a batch, a few at a time: float32 (N, H, W, C)."""
    from core.explain.passes import photo_gradients

    parts = []
    for begin in range(0, len(x_nhwc), CHUNK):
        chunk = np.ascontiguousarray(x_nhwc[begin : begin + CHUNK], np.float32)
        parts.append(photo_gradients(subject.network, subject.output, chunk, *repeated(target, len(chunk)))[0])
    return np.concatenate(parts)


def repeated(target: Target, count: int) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """One target for each of a batch: int32 (N, R), float32 (N,)."""
    index = np.tile(np.asarray(target.index, np.int32), (count, 1))
    return index, np.full(count, target.sign, np.float32)


def _over_colours(gradient_hwc: NDArray[Any], signed: bool) -> FloatImage:
    return np.asarray(gradient_hwc.sum(axis=-1) if signed else np.abs(gradient_hwc).max(axis=-1), np.float32)
