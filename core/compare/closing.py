"""How much of a gap each of several changes closes: the same scenes rendered with and without it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.compare.set_distances import LEAST_PHOTOS, LEVEL, draw, mmd_kernels, mmd_of
from core.errors import ConfigError
from core.metrics.distances import kernel_bandwidth

Floats = NDArray[np.float64]
LayerMeans = Mapping[str, Floats]
"""Layer → float64 (N, C), one row a photo."""


@dataclass(frozen=True, slots=True)
class Closing:
    """What one change does to the gap.

    Attributes:
        share: of the gap that it closes: 1 all of it (by chance a little more), 0 nothing; below 0 it widens the gap.
            NaN where there is no gap to close.
        low, high: 95 % interval; NaN where fewer than 10 field photos or scenes were there.
    """

    share: float
    low: float
    high: float

    @property
    def is_sure(self) -> bool:
        """Whether the whole interval says that it closes something."""
        return self.low > 0  # False for NaN


def closings(
    field: LayerMeans, base: LayerMeans, trials: Mapping[str, LayerMeans], *, seed: int = 0
) -> tuple[float, dict[str, Closing]]:
    """The gap of the base, and how much of it every trial closes.

    The gap is the unbiased squared kernel MMD, summed over layers; its kernels are as wide as the median distance
    between photos of field and base, for all trials. Scenes are drawn together with their trials, so that what they
    have in common does not blur what differs.

    Args:
        field: field photos.
        base: renders, row k of scene k.
        trials: renders of the same scenes, each with one change.
        seed: of the draws.

    Returns:
        The base's gap, and trial → what it closes.

    Raises:
        ConfigError: fewer than 2 photos or scenes, or a trial of other scenes.
    """
    counts = {len(values) for values in base.values()} | {len(v) for trial in trials.values() for v in trial.values()}
    field_count = len(next(iter(field.values())))
    if len(counts) != 1 or min(*counts, field_count) < 2:
        raise ConfigError(
            f"closings: expected at least 2 field photos and the same scenes, 2 or more, in base and trials, received "
            f"{field_count} and {sorted(counts)}"
        )
    count = counts.pop()
    draws = draw(count, field_count, seed)
    scenes, photos = np.vstack([np.ones(count), draws.first]), np.vstack([np.ones(field_count), draws.second])
    widths = {name: kernel_bandwidth(np.concatenate([base[name], field[name]])) for name in field}

    def gap(of: LayerMeans) -> Floats:
        kernels = (mmd_kernels(of[name], field[name], widths[name]) for name in field)
        return np.asarray(sum(mmd_of(one, scenes, photos) for one in kernels))

    whole = gap(base)
    can_tell = min(count, field_count) >= LEAST_PHOTOS
    return float(whole[0]), {name: _closing(whole, gap(trial), can_tell) for name, trial in trials.items()}


def _closing(whole: Floats, rest: Floats, can_tell: bool) -> Closing:
    # In units of the gap on all photos: a drawn gap may come out near nothing, and as a divisor blow up.
    shares = (whole - rest) / whole[0] if whole[0] > 0 else np.full(len(whole), np.nan)
    known = shares[1:][np.isfinite(shares[1:])]
    if not can_tell or not len(known):
        return Closing(float(shares[0]), math.nan, math.nan)
    low, high = np.quantile(known, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Closing(float(shares[0]), float(low), float(high))
