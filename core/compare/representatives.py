"""Which few photos stand for many: a random sample, medoids of clusters, prototypes and criticisms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from core.errors import ConfigError
from core.metrics.distances import kernel_bandwidth, kernel_matrix

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

Method = Literal["random", "medoids", "prototypes"]
METHODS: tuple[Method, ...] = ("random", "medoids", "prototypes")
MAX_PHOTOS = 2000  # distances between all pairs: 32 MB; of more a random sample is taken


@dataclass(frozen=True, slots=True)
class Representatives:
    """Photos that stand for a set, by their index.

    Attributes:
        method: how they were chosen.
        chosen: the photos; prototypes with the most telling first, medoids with the largest cluster first.
        members: for medoids, how many photos each stands for; else empty.
        criticisms: for prototypes, photos that they represent worst, each unlike the others; else empty.
    """

    method: Method
    chosen: tuple[int, ...]
    members: tuple[int, ...] = ()
    criticisms: tuple[int, ...] = ()


def choose_representatives(features: Floats, count: int, method: Method, *, seed: int = 0) -> Representatives:
    """Choose photos that stand for a set.

    Args:
        features: (N, D), one row a photo. Over 2,000 rows, clusters and prototypes are looked for in a random sample
            of 2,000.
        count: how many, at least 1; a smaller set gives all its photos. As many criticisms.
        method: ``random``, ``medoids`` or ``prototypes``.
        seed: of chance.

    Raises:
        ConfigError: no photo, a count under 1, or an unknown method.
    """
    if method not in METHODS:
        raise ConfigError(f"method: expected {', '.join(METHODS)}, received {method!r}")
    if not len(features) or count < 1:
        raise ConfigError(f"representatives: expected at least 1 photo and 1 wanted, received {len(features)}, {count}")
    rng = np.random.default_rng(seed)
    count = min(count, len(features))
    if method == "random":
        return Representatives(method, tuple(rng.choice(len(features), count, replace=False).tolist()))
    pool = np.arange(len(features))
    if len(pool) > MAX_PHOTOS:
        pool = np.sort(rng.choice(pool, max(MAX_PHOTOS, count), replace=False))
    if method == "medoids":
        found, cluster = medoids(_distances(features[pool]), count, rng)
        sizes = np.bincount(cluster, minlength=len(found))
        order = np.argsort(-sizes, kind="stable")
        return Representatives(method, tuple(pool[found[order]].tolist()), tuple(sizes[order].tolist()))
    kernel = kernel_matrix(features[pool], features[pool], kernel_bandwidth(features[pool]))
    chosen = prototypes(kernel, count)
    worst = criticisms(kernel, chosen, min(count, len(pool) - count))
    return Representatives(method, tuple(pool[chosen].tolist()), (), tuple(pool[worst].tolist()))


def medoids(distances: Floats, count: int, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """The ``count`` photos with the smallest sum of distances from every photo to the nearest of them.

    Begins like k-means++ and then exchanges a medoid for another photo as long as that shortens the sum.

    Args:
        distances: (N, N), symmetric, 0 on the diagonal.
        count: 1 to N.
        rng: for the beginning.

    Returns:
        Medoids (count,), and to which of them each photo belongs (N,).

    Source: Kaufman and Rousseeuw 1990 (PAM); all exchanges at once: Schubert and Rousseeuw 2021, FasterPAM.
    """
    found = [int(distances.sum(axis=1).argmin())]
    while len(found) < count:
        gap = distances[:, found].min(axis=1) ** 2
        gap[found] = 0
        if gap.sum() == 0:  # the rest are copies of what is chosen
            found.append(next(k for k in range(len(distances)) if k not in found))
        else:
            found.append(int(rng.choice(len(gap), p=gap / gap.sum())))
    chosen = np.array(found)
    for _ in range(10 * count + 100):  # every step shortens the sum, so this ends by itself; the bound is for time
        to_chosen = distances[:, chosen]
        order = np.argsort(to_chosen, axis=1, kind="stable")
        first = to_chosen[np.arange(len(distances)), order[:, 0]]
        second = to_chosen[np.arange(len(distances)), order[:, 1]] if count > 1 else np.full(len(distances), np.inf)
        best, swap = -1e-9, None
        for place in range(count):
            without = np.where(order[:, 0] == place, second, first)
            change = np.minimum(without[:, None], distances).sum(axis=0) - first.sum()
            candidate = int(change.argmin())
            if change[candidate] < best:
                best, swap = float(change[candidate]), (place, candidate)
        if swap is None:
            break
        chosen[swap[0]] = swap[1]
    return chosen, np.asarray(distances[:, chosen].argmin(axis=1))


def prototypes(kernel: Floats, count: int) -> Ints:
    """The photos whose distribution lies nearest to all, chosen one after the other (MMD-critic).

    Args:
        kernel: (N, N), 1 on the diagonal.
        count: 1 to N.

    Source: Kim, Khanna and Koyejo 2016, "Examples are not Enough, Learn to Criticize!", algorithm 1.
    """
    to_all = 2 * kernel.mean(axis=1)
    chosen: list[int] = []
    to_chosen, own = np.zeros(len(kernel)), np.zeros(len(kernel))
    total, inside = 0.0, 0.0
    diagonal = np.diag(kernel)
    for size in range(1, count + 1):
        # J(S + i) = 2 / (n |S|) ΣΣ k(all, S) − 1 / |S|² ΣΣ k(S, S)
        own = (total + to_all) / size - (inside + 2 * to_chosen + diagonal) / size**2
        own[chosen] = -np.inf
        best = int(own.argmax())
        total, inside = total + to_all[best], inside + 2 * to_chosen[best] + diagonal[best]
        to_chosen = to_chosen + kernel[best]
        chosen.append(best)
    return np.array(chosen)


def criticisms(kernel: Floats, chosen: Ints, count: int) -> Ints:
    """The photos that prototypes represent worst, each unlike the ones before.

    Args:
        kernel: (N, N).
        chosen: the prototypes.
        count: 0 to N less the prototypes.

    Returns:
        (count,): those with the largest witness function, with log det of their own kernel as regulariser.

    Source: Kim, Khanna and Koyejo 2016, algorithm 2.
    """
    witness = np.abs(kernel.mean(axis=1) - kernel[:, chosen].mean(axis=1))
    found: list[int] = []
    # log det grows by the log of what is left of a photo's kernel once the earlier ones are projected out.
    left, projected = np.diag(kernel).astype(np.float64).copy(), np.zeros((0, len(kernel)))
    for _ in range(count):
        score = witness + np.log(np.maximum(left, 1e-12))
        score[chosen] = score[found] = -np.inf
        best = int(score.argmax())
        row = (kernel[best] - projected[:, best] @ projected) / np.sqrt(max(float(left[best]), 1e-12))
        projected = np.vstack([projected, row])
        left = left - row**2
        found.append(best)
    return np.array(found, dtype=np.int64)


def _distances(features: Floats) -> Floats:
    squares = (features**2).sum(axis=1)
    squared = squares[:, None] + squares[None] - 2 * features @ features.T
    np.fill_diagonal(squared, 0)
    return np.asarray(np.sqrt(np.maximum((squared + squared.T) / 2, 0)))
