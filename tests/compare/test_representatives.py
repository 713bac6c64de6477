"""Medoids, prototypes and criticisms beside every other choice; near-duplicates beside every pair."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.compare.duplicates import near_duplicates
from core.compare.representatives import (
    MAX_PHOTOS,
    choose_representatives,
    criticisms,
    medoids,
    prototypes,
)
from core.errors import ConfigError
from core.metrics.distances import kernel_matrix


@pytest.mark.parametrize("seed", range(6))
def test_medoids_are_the_best_there_are(seed: int) -> None:
    points = np.random.default_rng(seed).normal(size=(14, 2)) + np.repeat([[0, 0], [9, 0]], 7, axis=0)
    distances = np.linalg.norm(points[:, None] - points[None], axis=2)
    found, cluster = medoids(distances, 2, np.random.default_rng(seed))
    best = min(combinations(range(14), 2), key=lambda pair: distances[:, pair].min(axis=1).sum())
    assert set(found.tolist()) == set(best)
    assert (found[cluster] == found[distances[:, found].argmin(axis=1)]).all()


def test_medoids_of_clusters_with_the_largest_first() -> None:
    rng = np.random.default_rng(0)
    sizes = (5, 20, 10)
    features = np.concatenate([rng.normal(10 * k, 0.3, (n, 4)) for k, n in enumerate(sizes)])
    found = choose_representatives(features, 3, "medoids")
    assert found.members == (20, 10, 5)
    assert [features[k].mean().round(-1) for k in found.chosen] == [10, 20, 0]
    assert choose_representatives(features, 1, "medoids").members == (35,)
    assert len(choose_representatives(np.ones((4, 2)), 3, "medoids").chosen) == 3  # copies of one photo


def discrepancy(kernel: np.ndarray, chosen: tuple[int, ...] | list[int]) -> float:
    return float(2 * kernel[:, chosen].mean() - kernel[np.ix_(chosen, chosen)].mean())


def test_prototypes_are_chosen_one_by_one_for_the_smallest_discrepancy() -> None:
    points = np.random.default_rng(3).normal(size=(25, 3))
    kernel = kernel_matrix(points, points, 1.0)
    chosen: list[int] = []
    for _ in range(5):
        chosen.append(max(set(range(25)) - set(chosen), key=lambda k: discrepancy(kernel, [*chosen, k])))
    assert prototypes(kernel, 5).tolist() == chosen


def test_criticisms_are_what_prototypes_leave_out_and_unlike_each_other() -> None:
    rng = np.random.default_rng(1)
    features = np.concatenate([rng.normal(0, 0.3, (40, 2)), rng.normal(5, 0.1, (4, 2)), rng.normal(-5, 0.1, (4, 2))])
    kernel = kernel_matrix(features, features, 1.0)
    chosen = np.array([3, 17])
    witness = np.abs(kernel.mean(axis=1) - kernel[:, chosen].mean(axis=1))
    wanted: list[int] = []
    for _ in range(4):

        def score(k: int) -> float:
            members = [*wanted, k]
            return float(witness[members].sum() + np.linalg.slogdet(kernel[np.ix_(members, members)])[1])

        wanted.append(max(set(range(48)) - set(wanted) - {3, 17}, key=score))
    assert criticisms(kernel, chosen, 4).tolist() == wanted
    found = choose_representatives(features, 2, "prototypes")
    assert all(k < 40 for k in found.chosen[:1])
    assert not set(found.criticisms) & set(found.chosen)
    assert criticisms(kernel, chosen, 0).tolist() == []


def test_large_and_small_sets() -> None:
    features = np.random.default_rng(0).normal(size=(MAX_PHOTOS + 300, 4))
    for method in ("random", "prototypes"):
        first = choose_representatives(features, 4, method)  # type: ignore[arg-type]
        assert first == choose_representatives(features, 4, method)  # type: ignore[arg-type]
        assert len(set(first.chosen)) == 4
    assert sorted(choose_representatives(features[:2], 9, "prototypes").chosen) == [0, 1]
    with pytest.raises(ConfigError, match="expected random, medoids, prototypes, received 'best'"):
        choose_representatives(features, 1, "best")  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="received 0, 1"):
        choose_representatives(features[:0], 1, "random")


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 9), st.integers(2, 40))
def test_groups_are_those_of_every_pair(seed: int, bits: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    hashes = rng.integers(0, 2**63, (count, 2), dtype=np.uint64)
    for k in range(count // 2, count):  # copies with some bits turned, so that there is something to find
        copied = hashes[rng.integers(0, k)].copy()
        for which in rng.integers(0, 2, int(rng.integers(0, 12))):
            copied[which] ^= np.uint64(1 << int(rng.integers(0, 64)))
        hashes[k] = copied
    group = {k: {k} for k in range(count)}
    for a, b in combinations(range(count), 2):
        if (np.bitwise_count(hashes[a] ^ hashes[b]) <= bits).all() and group[a] is not group[b]:
            joined = group[a] | group[b]
            group |= dict.fromkeys(joined, joined)
    wanted = {frozenset(one) for one in group.values() if len(one) > 1}
    assert {frozenset(one.tolist()) for one in near_duplicates(hashes, bits)} == wanted


def test_many_copies_of_one_photo_are_one_group_at_once() -> None:
    hashes = np.zeros((50_000, 2), np.uint64)
    (group,) = near_duplicates(hashes, 4)
    assert len(group) == 50_000
    assert near_duplicates(hashes[:0], 4) == ()
    with pytest.raises(ConfigError, match="expected 0 to 15 bits, received 16"):
        near_duplicates(hashes, 16)
