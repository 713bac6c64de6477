"""The synthetic gap: how far renders lie from field photos at every layer of a network, and by which channels."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.compare.activations import Activations
from core.compare.set_distances import LEAST_PHOTOS, GapNumber, cka_gap, draw, frechet_gap, mmd_gap
from core.errors import ConfigError

Floats = NDArray[np.float64]

MAX_PHOTOS = 2000  # of a set; kernels between all pairs take 100 MB. Of more a random sample is taken


@dataclass(frozen=True, slots=True)
class LayerGap:
    """The gap at one layer.

    Attributes:
        name: the layer.
        channels: how many it has.
        frechet, mmd: see ``core.compare.set_distances``; lower is nearer.
        cka: of pairs, higher is nearer; None where the sets are no pairs.
        object_share: how much of the shift between the means comes from the object, the rest from what is behind it;
            below 0 or over 1 where the two work against each other; told from the photos of which it is known where
            the object is, and None where a set has none of them.
    """

    name: str
    channels: int
    frechet: GapNumber
    mmd: GapNumber
    cka: GapNumber | None
    object_share: float | None


@dataclass(frozen=True, slots=True)
class ShiftedChannel:
    """A channel whose mean differs between two sets.

    Attributes:
        channel: its number.
        shift: difference of the means, the first set's less the second's, in standard deviations within the sets.
        first, second: photos that show it most, by their index: of either set those that lie furthest to its side.
    """

    channel: int
    shift: float
    first: tuple[int, ...]
    second: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class SetMap:
    """Two sets in the plane in which they vary most together.

    Attributes:
        first, second: float64 (N, 2) and (M, 2).
        explained: share of the variance along either axis.
    """

    first: Floats
    second: Floats
    explained: tuple[float, float]


def layer_gaps(
    synthetic: Activations, real: Activations, *, are_pairs: bool = False, seed: int = 0
) -> tuple[LayerGap, ...]:
    """The gap at every layer.

    Args:
        synthetic, real: of the same layers, at least one photo each.
        are_pairs: row k of both is pair k.
        seed: of what chance draws.

    Raises:
        ConfigError: an empty set, other layers, or pairs of unequal number.
    """
    counts = len(synthetic.files), len(real.files)
    if 0 in counts:
        raise ConfigError(f"gap: expected at least one photo in both sets, received {counts[0]} and {counts[1]}")
    if list(synthetic.means) != list(real.means):
        raise ConfigError(f"gap: expected the same layers, received {list(synthetic.means)} and {list(real.means)}")
    if are_pairs and counts[0] != counts[1]:
        raise ConfigError(f"pairs: expected as many photos in both sets, received {counts[0]} and {counts[1]}")
    draws = draw(*counts, seed=seed)
    found = []
    for name in synthetic.means:
        first, second = wide(synthetic, name), wide(real, name)
        cka = cka_gap(first, second, draws) if are_pairs else None
        share = object_share(synthetic, real, name)
        frechet, mmd = frechet_gap(first, second, draws), mmd_gap(first, second, draws)
        found.append(LayerGap(name, first.shape[1], frechet, mmd, cka, share))
    return tuple(found)


def gap_notes(synthetic_count: int, real_count: int) -> tuple[str, ...]:
    """What keeps numbers from being sure, in words."""
    notes = []
    for name, count in (("synthetic", synthetic_count), ("real", real_count)):
        if count < LEAST_PHOTOS:
            photos = f"{count} photo{'' if count == 1 else 's'}"
            notes.append(f"the {name} set has {photos}: too few for an interval, which takes {LEAST_PHOTOS}")
    if real_count < 4:
        notes.append("the real set has too few photos to be halved, so there is no floor")
    return tuple(notes)


def object_notes(synthetic: Activations, real: Activations) -> tuple[str, ...]:
    """From which photos the object's share is told, where that is not all of them."""
    known = [
        (name, int(one.has_mask.sum()), len(one.files)) for name, one in (("synthetic", synthetic), ("real", real))
    ]
    if any(count == 0 for _, count, _ in known) or all(count == total for _, count, total in known):
        return ()
    words = " and ".join(f"{count} of {total} {name} photos" for name, count, total in known)
    return (f"where the object is is known in {words}: its share of the shift is told from these alone",)


def object_share(synthetic: Activations, real: Activations, layer: str) -> float | None:
    """How much of the shift between the means at a layer the object brings; see ``LayerGap``."""
    one, other = synthetic.has_mask, real.has_mask
    if not (one.any() and other.any()):
        return None
    whole = wide(synthetic, layer)[one].mean(axis=0) - wide(real, layer)[other].mean(axis=0)
    inside = [found.inside[layer][found.has_mask].mean(axis=0, dtype=np.float64) for found in (synthetic, real)]
    part = inside[0] - inside[1]
    length = float(whole @ whole)
    # The mean is the sum of what object and background give, so both shares sum up to 1 along the shift.
    return float(part @ whole) / length if length > 0 else None


def shifted_channels(first: Floats, second: Floats, count: int = 8, photos: int = 4) -> tuple[ShiftedChannel, ...]:
    """The channels whose means differ most between two sets.

    Args:
        first, second: float64 (N, D) and (M, D), at least one row each.
        count: how many channels.
        photos: how many photos of either set for each.
    """
    between = first.mean(axis=0) - second.mean(axis=0)
    within = np.sqrt((first.var(axis=0) + second.var(axis=0)) / 2)
    # A channel that never moves within the sets would divide by nothing: a hair of the largest spread is added.
    shift = between / (within + 1e-6 * max(float(within.max()), float(np.abs(between).max()), 1e-12))
    found = []
    for channel in np.argsort(-np.abs(shift), kind="stable")[:count].tolist():
        if between[channel] == 0:
            break
        side = math.copysign(1.0, between[channel])
        most = np.argsort(-side * first[:, channel], kind="stable")[:photos]
        least = np.argsort(side * second[:, channel], kind="stable")[:photos]
        found.append(ShiftedChannel(channel, float(shift[channel]), tuple(most.tolist()), tuple(least.tolist())))
    return tuple(found)


def map_sets(first: Floats, second: Floats) -> SetMap:
    """Both sets in the plane of their two first principal components together.

    Raises:
        ConfigError: fewer than 3 photos in all, or fewer than 2 channels.
    """
    from sklearn.decomposition import PCA

    both = np.concatenate([first, second])
    if len(both) < 3 or both.shape[1] < 2:
        raise ConfigError(
            f"map: expected at least 3 photos and 2 channels, received {both.shape[0]} and {both.shape[1]}"
        )
    if not np.ptp(both, axis=0).any():
        return SetMap(np.zeros((len(first), 2)), np.zeros((len(second), 2)), (0.0, 0.0))
    model = PCA(2, svd_solver="full" if min(both.shape) < 100 else "randomized", random_state=0)
    placed = model.fit_transform(both)
    one, other = (float(share) for share in model.explained_variance_ratio_)
    return SetMap(placed[: len(first)], placed[len(first) :], (one, other))


def sample_files(count: int, seed: int = 0, most: int = MAX_PHOTOS) -> tuple[int, ...]:
    """Which of so many photos are looked at: all, or a random sample of 2,000 in their order."""
    if count <= most:
        return tuple(range(count))
    return tuple(np.sort(np.random.default_rng(seed).choice(count, most, replace=False)).tolist())


def paired_places(first: Sequence[str], second: Sequence[str]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Places of the names that both have, in the first's order; a name that is there twice counts once."""
    place = {name: k for k, name in reversed(list(enumerate(second)))}
    pairs = {name: (k, place[name]) for k, name in reversed(list(enumerate(first))) if name in place}
    found = sorted(pairs.values())
    return tuple(k for k, _ in found), tuple(k for _, k in found)


def wide(found: Activations, layer: str) -> Floats:
    """A layer's means as float64 (N, C)."""
    return found.means[layer].astype(np.float64)
