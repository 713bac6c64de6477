"""How far apart two sets of photos lie at one layer, with an interval, and beside what halves of one set differ by."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.metrics.distances import kernel_bandwidth, kernel_matrix

Floats = NDArray[np.float64]

LEVEL = 0.95
REPEATS = 200
HALVINGS = 20
LEAST_PHOTOS = 10  # below, an interval would look surer than it is
_COMPONENTS = 32  # that the Fréchet distance's interval is drawn in


@dataclass(frozen=True, slots=True)
class GapNumber:
    """One distance.

    Attributes:
        value: on all photos; NaN where there are too few.
        low, high: 95 % bootstrap interval; NaN for fewer than 10 photos in either set.
        floor: what 95 % of random halvings of the real set stay below; NaN where it has fewer than 4 photos.
    """

    value: float
    low: float
    high: float
    floor: float

    @property
    def is_sure(self) -> bool:
        """Whether the whole interval lies beyond the floor."""
        return self.low > self.floor  # False where either is NaN


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """What chance drew, the same for every layer and distance: how often each photo counts, and who is in a half.

    Attributes:
        first, second: float64 (R, N) and (R, M), counts that sum up to N and M.
        halves: bool (H, M), halves of the second set.
    """

    first: Floats
    second: Floats
    halves: NDArray[np.bool_]


def draw(first_count: int, second_count: int, seed: int = 0, repeats: int = REPEATS) -> Draws:
    """Draw photos with replacement for intervals, and halves for floors. Equal seeds draw the same."""
    rng = np.random.default_rng(seed)
    halves = np.zeros((HALVINGS if second_count >= 4 else 0, second_count), np.bool_)
    for half in halves:
        half[rng.choice(second_count, second_count // 2, replace=False)] = True
    return Draws(_counts(rng, first_count, repeats), _counts(rng, second_count, repeats), halves)


def frechet_gap(first: Floats, second: Floats, draws: Draws) -> GapNumber:
    """Squared Fréchet distance between Gaussians fitted to two sets, in all channels.

    It is biased upwards where photos are few against channels; the floor's halves, of fewer photos still, are so more.
    The interval is the bootstrap's spread about the value, in the 32 directions in which both sets vary most: drawn
    sets repeat photos, and the bias that this adds is taken out by centring.

    Args:
        first, second: float64 (N, D) and (M, D).
        draws: of N and M photos.

    Source: as ``core.metrics.distances.frechet_distance``.
    """
    if min(len(first), len(second)) < 2:
        return GapNumber(math.nan, math.nan, math.nan, math.nan)
    value = frechet(first, second)
    floor = _upper([frechet(second[half], second[~half]) for half in draws.halves])
    if min(len(first), len(second)) < LEAST_PHOTOS:
        return GapNumber(value, math.nan, math.nan, floor)
    low, high = _ends(frechet_draws(first, second, draws))
    return GapNumber(value, max(0.0, value + low), value + high, floor)


def frechet_draws(first: Floats, second: Floats, draws: Draws) -> Floats:
    """How far each draw's Fréchet distance lies from the mean of all draws: (R,)."""
    a, b = _projected(first, second)
    mean_a, covariance_a = _moments(a, draws.first)
    mean_b, covariance_b = _moments(b, draws.second)
    values, vectors = np.linalg.eigh(covariance_a)
    root = (vectors * np.sqrt(np.maximum(values, 0))[:, None, :]) @ vectors.transpose(0, 2, 1)
    cross = np.sqrt(np.maximum(np.linalg.eigvalsh(root @ covariance_b @ root), 0)).sum(axis=1)
    spread = np.trace(covariance_a + covariance_b, axis1=1, axis2=2)
    found = ((mean_a - mean_b) ** 2).sum(axis=1) + spread - 2 * cross
    return np.asarray(found - found.mean())


def frechet(first: Floats, second: Floats) -> float:
    """As ``core.metrics.distances.frechet_distance``, in time that grows with the smaller of photos and channels.

    tr (A^½ B A^½)^½ of two covariances is the sum of the singular values of the product of their square roots, and
    centred photos are such a root.
    """
    root_a, root_b = _root(first), _root(second)
    cross = np.linalg.svd(root_a @ root_b.T, compute_uv=False).sum()
    between = first.mean(axis=0) - second.mean(axis=0)
    return float(max(between @ between + (root_a**2).sum() + (root_b**2).sum() - 2 * cross, 0.0))


def mmd_gap(first: Floats, second: Floats, draws: Draws) -> GapNumber:
    """Unbiased squared kernel MMD; Gaussian kernel, as wide as the median distance between photos of both sets.

    About 0 for equal sets (it may be a little below), at most 2. In drawn sets a photo is not compared with itself.

    Args:
        first, second: float64 (N, D) and (M, D).
        draws: of N and M photos.

    Source: Gretton et al. 2012, "A Kernel Two-Sample Test", equation 3.
    """
    if min(len(first), len(second)) < 2:
        return GapNumber(math.nan, math.nan, math.nan, math.nan)
    kernels = mmd_kernels(first, second)
    value = float(mmd_of(kernels, np.ones((1, len(first))), np.ones((1, len(second))))[0])
    inner, halves = kernels[2], draws.halves.astype(np.float64)
    floor = _upper(mmd_of((inner, inner, inner), halves, 1 - halves).tolist())
    if min(len(first), len(second)) < LEAST_PHOTOS:
        return GapNumber(value, math.nan, math.nan, floor)
    low, high = _quantiles(mmd_of(kernels, draws.first, draws.second))
    return GapNumber(value, min(low, value), max(high, value), floor)


def mmd_kernels(first: Floats, second: Floats, width: float | None = None) -> tuple[Floats, Floats, Floats]:
    """Kernels within the first set, between both, and within the second; None is the median distance in both."""
    width = width or kernel_bandwidth(np.concatenate([first, second]))
    return (
        kernel_matrix(first, first, width), kernel_matrix(first, second, width), kernel_matrix(second, second, width)
    )  # fmt: skip


def mmd_of(kernels: tuple[Floats, Floats, Floats], first: Floats, second: Floats) -> Floats:
    """MMD of sets in which each photo counts as often as said: (R, N) and (R, M) → (R,)."""
    within_a, between, within_b = kernels
    crossing = ((first @ between) * second).sum(axis=1) / (first.sum(axis=1) * second.sum(axis=1))
    return np.asarray(_within(within_a, first) + _within(within_b, second) - 2 * crossing)


def cka_gap(first: Floats, second: Floats, draws: Draws) -> GapNumber:
    """How alike the two photos of pairs are arranged among the others: unbiased linear CKA.

    1 for the same arrangement up to rotation and scale, about 0 for none; higher is nearer. The floor is what
    photos give that have nothing to do with each other: the real set's halves, paired by chance.

    Args:
        first, second: float64 (N, D), row k of both is pair k.
        draws: of N photos each; only the first's counts are used, since pairs are drawn whole.

    Source: Kornblith et al. 2019, arXiv:1905.00414; unbiased: Nguyen et al. 2021, arXiv:2010.15327.
    """
    if len(first) < 4:
        return GapNumber(math.nan, math.nan, math.nan, math.nan)
    value = float(_cka(first, second, np.ones((1, len(first))))[0])
    chance = []
    for half in draws.halves:
        count = int(min(half.sum(), (~half).sum()))
        if count >= 4:
            chance.append(float(_cka(second[half][:count], second[~half][:count], np.ones((1, count)))[0]))
    floor = _upper(chance)
    if len(first) < LEAST_PHOTOS:
        return GapNumber(value, math.nan, math.nan, floor)
    low, high = _quantiles(_cka(first, second, draws.first))
    return GapNumber(value, min(low, value), max(high, value), floor)


def _cka(first: Floats, second: Floats, counts: Floats) -> Floats:
    k, l = (_linear_kernel(values) for values in (first, second))  # noqa: E741
    own = np.sqrt(np.maximum(_hsic(k, k, counts) * _hsic(l, l, counts), 0))
    found: Floats = np.divide(_hsic(k, l, counts), own, out=np.zeros(len(counts)), where=own > 0)
    return found


def _linear_kernel(values: Floats) -> Floats:
    centred = values - values.mean(axis=0)
    kernel: Floats = centred @ centred.T
    np.fill_diagonal(kernel, 0)
    return kernel


def _hsic(k: Floats, l: Floats, counts: Floats) -> Floats:  # noqa: E741
    """Song et al. 2012, equation 5, with photos that count as often as said; the kernels' diagonals are 0."""
    n = counts.sum(axis=1)
    kw, lw = counts @ k, counts @ l
    both = ((counts @ (k * l)) * counts).sum(axis=1)
    sums = (kw * counts).sum(axis=1) * (lw * counts).sum(axis=1) / ((n - 1) * (n - 2))
    return np.asarray((both + sums - 2 / (n - 2) * (kw * lw * counts).sum(axis=1)) / (n * (n - 3)))


def _within(kernel: Floats, counts: Floats) -> Floats:
    """Mean of the kernel over pairs of different photos."""
    own = (counts**2).sum(axis=1)
    pairs = counts.sum(axis=1) ** 2 - own
    total = ((counts @ kernel) * counts).sum(axis=1) - (counts**2) @ np.diag(kernel)
    mean: Floats = np.divide(total, pairs, out=np.full(len(counts), np.nan), where=pairs > 0)
    return mean


def _root(values: Floats) -> Floats:
    """A root R of the covariance with R'R = covariance: (at most min(N, D), D)."""
    centred: Floats = (values - values.mean(axis=0)) / math.sqrt(len(values) - 1)
    if centred.shape[0] > centred.shape[1]:
        centred = np.asarray(np.linalg.qr(centred, mode="r"))
    return centred


def _moments(values: Floats, counts: Floats) -> tuple[Floats, Floats]:
    """Means (R, D) and covariances (R, D, D) of sets in which each photo counts as often as said, (R, N)."""
    total = counts.sum(axis=1, keepdims=True)
    means = counts @ values / total
    products = np.stack([(values * one[:, None]).T @ values for one in counts])
    inside = products - total[..., None] * means[:, :, None] * means[:, None, :]
    return np.asarray(means), np.asarray(inside / (total[..., None] - 1))


def _projected(first: Floats, second: Floats) -> tuple[Floats, Floats]:
    both = np.concatenate([first, second])
    if both.shape[1] <= _COMPONENTS:
        return first, second
    centred = both - both.mean(axis=0)
    _, axes = np.linalg.eigh(centred.T @ centred)
    turned = centred @ axes[:, -_COMPONENTS:]
    return turned[: len(first)], turned[len(first) :]


def _counts(rng: np.random.Generator, count: int, repeats: int) -> Floats:
    if not count:
        return np.zeros((repeats, 0))
    return rng.multinomial(count, np.full(count, 1 / count), size=repeats).astype(np.float64)


def _ends(draws: Floats) -> tuple[float, float]:
    low, high = np.quantile(draws, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


def _quantiles(draws: Floats) -> tuple[float, float]:
    known = draws[np.isfinite(draws)]
    return _ends(known) if len(known) else (math.nan, math.nan)


def _upper(values: list[float]) -> float:
    return float(np.quantile(values, LEVEL)) if values else math.nan
