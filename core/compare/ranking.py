"""From measures to an order: the nearest photos by a measure or a vote, and the classes that come into question."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.compare.catalogue import Measure
from core.errors import ConfigError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NEIGHBOURS, LEAST_SHARE = 25, 0.08


@dataclass(frozen=True, slots=True)
class ClassInQuestion:
    """A class that a photo might belong to.

    Attributes:
        label: the class.
        share: of the nearest photos that are of it, those nearer than others weighing more: 0 to 1.
        example: index of its nearest photo.
    """

    label: str
    share: float
    example: int


def nearness(values: NDArray[np.floating], measure: Measure) -> Floats:
    """A measure's values (N,) turned so that higher is nearer for every measure; not a number becomes furthest."""
    turned = values.astype(np.float64) if measure.nearer == "higher" else -values.astype(np.float64)
    return np.where(np.isnan(turned), -np.inf, turned)


def vote(found: Mapping[str, NDArray[np.floating]], weights: Mapping[Measure, float]) -> Floats:
    """A weighted vote of several measures: each puts the photos in order, and their places are averaged.

    Places and not values are averaged, since bits, decibels and cosines have no common unit.

    Args:
        found: measure's name → values (N,).
        weights: each measure's weight, over 0.

    Returns:
        (N,), 0 to 1: the average share of the other photos that lie behind; equal ones share their places.

    Raises:
        ConfigError: no measure, or a weight that is not a number over 0.
    """
    for measure, weight in weights.items():
        if not (math.isfinite(weight) and weight > 0):
            raise ConfigError(f"weight of {measure.name}: expected a number over 0, received {weight:g}")
    if not weights:
        raise ConfigError("vote: expected at least one measure, received none")
    places = [weight * _place(nearness(found[m.name], m)) for m, weight in weights.items()]
    return np.asarray(np.sum(places, axis=0) / sum(weights.values()))


def nearest(values: Floats, count: int) -> Ints:
    """Indices of the ``count`` highest of (N,), the highest first; of equal ones the first."""
    if count >= len(values):
        return np.argsort(-values, kind="stable")
    # Only what can be among the first is put in order.
    limit = -np.partition(-values, count - 1)[count - 1] if count else np.inf
    candidates = np.flatnonzero(values >= limit)
    return np.asarray(candidates[np.argsort(-values[candidates], kind="stable")][:count])


def classes_in_question(
    values: Floats, labels: Sequence[str], *, neighbours: int = NEIGHBOURS, least_share: float = LEAST_SHARE
) -> tuple[ClassInQuestion, ...]:
    """The classes among a photo's nearest, each with the example that speaks most for it.

    A class comes into question when it holds at least ``least_share`` of the nearest ``neighbours`` photos, where the
    photo in place k weighs 1 / k: one that lies next counts for more than the 25th.

    Args:
        values: nearness of N labelled photos, higher is nearer.
        labels: of each; "" for none, which never comes into question.
        neighbours: how many of the nearest are asked, at least 1.
        least_share: the criterion, over 0 and at most 1.

    Returns:
        By share, the largest first.

    Raises:
        ConfigError: a number is out of its range.
    """
    if neighbours < 1 or not 0 < least_share <= 1:
        raise ConfigError(
            f"classes in question: expected at least 1 neighbour and a share over 0 to 1, received {neighbours} and "
            f"{least_share:g}"
        )
    order = [k for k in nearest(values, neighbours).tolist() if np.isfinite(values[k])]
    weight = {k: 1 / place for place, k in enumerate(order, start=1)}
    total = sum(weight.values())
    found = []
    for label in sorted({labels[k] for k in order} - {""}):
        members = [k for k in order if labels[k] == label]
        share = sum(weight[k] for k in members) / total
        if share >= least_share:
            found.append(ClassInQuestion(label, share, members[0]))
    return tuple(sorted(found, key=lambda one: (-one.share, one.label)))


def _place(values: Floats) -> Floats:
    """Share of the other photos that lie behind each, half of the equal ones counted."""
    if len(values) < 2:
        return np.ones(len(values))
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    behind = np.cumsum(counts) - counts
    return np.asarray((behind[inverse] + (counts[inverse] - 1) / 2) / (len(values) - 1))
