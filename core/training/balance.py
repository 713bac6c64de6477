"""Rare classes: weights in the loss, or each class drawn equally often."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.training.examples import Example


def class_weights(examples: Sequence[Example]) -> NDArray[np.float32]:
    """Weight of each photo, N / (K · count of its class): float32 (N,), mean 1, every class the same in sum.

    Args:
        examples: of a classification with one of many labels; K counts the classes that occur.
    """
    labels = np.array([e.label for e in examples], dtype=np.int64)
    counts = np.bincount(labels)
    return (len(labels) / (np.count_nonzero(counts) * counts[labels])).astype(np.float32)


def balanced_order(examples: Sequence[Example], rng: np.random.Generator) -> NDArray[np.int64]:
    """As many places as there are photos, each class equally often (give or take one), shuffled.

    A rare class is gone through again and again, each time in another order; a common one is shown in part.
    """
    labels = np.array([e.label for e in examples], dtype=np.int64)
    present = np.unique(labels)
    shares = np.full(len(present), len(labels) // len(present))
    shares[rng.permutation(len(present))[: len(labels) % len(present)]] += 1
    drawn = [_drawn(np.flatnonzero(labels == k), int(n), rng) for k, n in zip(present, shares, strict=True)]
    return rng.permutation(np.concatenate(drawn))


def _drawn(places: NDArray[np.int64], count: int, rng: np.random.Generator) -> NDArray[np.int64]:
    rounds = [rng.permutation(places) for _ in range(-(-count // len(places)))]
    return np.concatenate(rounds)[:count] if rounds else places[:0]
