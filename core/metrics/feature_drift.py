"""Drift in a network's feature space: how far each batch lies from the reference, beside how far its own batches do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.metrics.control import ControlChart, distance_chart, read_batches
from core.metrics.distances import kernel_bandwidth, kernel_matrix

Float = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

FEATURE_SPACE = "distance in feature space"
SHOWN_PHOTOS = 12
_SAMPLE = 300  # photos of a batch, and of every five batches of the reference, that kernels are computed for
_MAX_CHANCE = 0.01  # of photos dealt out at random lying as far apart


@dataclass(frozen=True, slots=True, eq=False)
class _Space:
    """Sampled photos of every batch, and those of the reference that all are compared with."""

    features: Float
    batch: Ints
    members: list[Ints]
    anchor: Ints
    bandwidth: float

    def kernel(self, b: int) -> Float:
        """Kernel matrix of a batch's photos, then of the reference's; a reference batch is not among the latter."""
        both = self.features[np.concatenate([self.members[b], self.anchor[self.batch[self.anchor] != b]])]
        return kernel_matrix(both, both, self.bandwidth)


def feature_chart(
    features: Float,
    batch: Ints,
    batches: Sequence[str],
    is_reference: Bools,
    *,
    tail: float,
    min_photos: int = 3,
    seed: int = 0,
) -> tuple[ControlChart, dict[int, Ints]]:
    """Maximum mean discrepancy between each batch and the reference, with a limit from the reference's own batches.

    A reference batch is compared with the others of the reference, so that the limit knows how far days lie
    apart by themselves. A batch has to exceed it, and also what photos dealt out at random would give, since
    a small batch scatters more.

    Args:
        features: float (N, D); rows of NaN are photos whose features were not read, and are left out.
        batch, batches, is_reference, min_photos: as ``core.metrics.control.mean_chart``.
        tail: probability of exceeding the limit without change.
        seed: of samples and deals.

    Returns:
        The chart (value: square root of the discrepancy, 0 to about 1.4), and for each batch the photos that
        lie furthest on its own side, strongest first.

    Raises:
        ConfigError: fewer than five reference batches.

    Source: Gretton et al. 2012, "A Kernel Two-Sample Test"; the photos: its witness function.
    """
    rng = np.random.default_rng(seed)
    read = read_batches(FEATURE_SPACE, features, batch, is_reference, min_photos)
    members = [_sample(np.flatnonzero((batch == b) & read.known), _SAMPLE, rng) for b in range(len(batches))]
    anchor = np.concatenate([_sample(members[b], max(_SAMPLE // 5, 2), rng) for b in read.used])
    space = _Space(features, batch, members, anchor, kernel_bandwidth(features[_sample(anchor, _SAMPLE, rng)]))
    value, pull = _values(space, read.measured, 1.0 / float(np.median(read.count[read.used])))
    chart = distance_chart(FEATURE_SPACE, value, read, batches, is_reference, tail)
    for b in chart.alarms().tolist():
        if _chance(space.kernel(b), len(members[b]), rng) > _MAX_CHANCE:
            chart.high[b] = value[b]
    return chart, pull


def _values(space: _Space, measured: Ints, floor: float) -> tuple[Float, dict[int, Ints]]:
    """Discrepancy of every measured batch, and the photos that lie furthest on its own side of the witness function."""
    value = np.full(len(space.members), np.nan)
    pull: dict[int, Ints] = {}
    for b in measured.tolist():
        kernel, n = space.kernel(b), len(space.members[b])
        # The floor of a typical batch is added, so that the square root scatters evenly around the centre.
        value[b] = np.sqrt(max(_unbiased(kernel, n) + (1 - float(kernel.mean())) * floor, 0.0))
        witness = kernel[:n, :n].mean(axis=1) - kernel[:n, n:].mean(axis=1)
        pull[b] = space.members[b][np.argsort(-witness)][:SHOWN_PHOTOS]
    return value, pull


def _sample(indices: Ints, at_most: int, rng: np.random.Generator) -> Ints:
    return indices if len(indices) <= at_most else np.sort(rng.choice(indices, at_most, replace=False))


def _unbiased(kernel: Float, count: int) -> float:
    """Unbiased squared discrepancy between the first ``count`` rows and the rest."""
    n, m = count, len(kernel) - count
    own, other = kernel[:n, :n].sum() - n, kernel[n:, n:].sum() - m
    return float(own / (n * (n - 1)) + other / (m * (m - 1)) - 2 * kernel[:n, n:].mean())


def _chance(kernel: Float, count: int, rng: np.random.Generator, deals: int = 200) -> float:
    """Share of random deals of the rows into two sets of these sizes that lie at least as far apart."""
    n, m = count, len(kernel) - count
    keys = rng.random((deals, n + m))
    is_first = np.zeros((deals, n + m))
    np.put_along_axis(is_first, np.argpartition(keys, n - 1, axis=1)[:, :n], 1.0, axis=1)
    to_first = is_first @ kernel
    own, to_all = (to_first * is_first).sum(axis=1), to_first.sum(axis=1)
    other = kernel.sum() - 2 * to_all + own
    dealt = (own - n) / (n * (n - 1)) + (other - m) / (m * (m - 1)) - 2 * (to_all - own) / (n * m)
    return float((1 + (dealt >= _unbiased(kernel, n)).sum()) / (1 + deals))
