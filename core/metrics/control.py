"""Control limits: what a day's mean may be if nothing has changed since the reference period."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import ConfigError

Float = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

MIN_REFERENCE_BATCHES = 5  # fewer tell too little about how days differ by themselves
_DEALS, _MOST_DEALT = 4000, 300
_LEAST_CHANCE = 0.002  # three photos among eighteen cannot look rarer than this


@dataclass(frozen=True, slots=True, eq=False)
class ControlChart:
    """One measure over batches (days, flights), and the limits that it should stay within.

    Attributes:
        measure: its name.
        batches: names, ascending: dates in ISO form are in order of time.
        count: int64 (B,), photos with a value.
        value: float64 (B,), mean over the batch; NaN for too few photos.
        centre: mean over the reference batches.
        low, high: float64 (B,), limits; wider for smaller batches.
        is_reference: bool (B,).
    """

    measure: str
    batches: tuple[str, ...]
    count: Ints
    value: Float
    centre: float
    low: Float
    high: Float
    is_reference: Bools

    def alarms(self) -> Ints:
        """Batches after, or outside, the reference whose value is beyond a limit: int64, indices."""
        beyond = (self.value < self.low) | (self.value > self.high)
        return np.flatnonzero(beyond & ~self.is_reference)


def mean_chart(
    measure: str,
    values: Float,
    batch: Ints,
    batches: Sequence[str],
    is_reference: Bools,
    *,
    tail: float,
    min_photos: int = 3,
    seed: int = 0,
) -> ControlChart:
    """A chart of batch means.

    The reference tells two spreads apart: of photos within a batch, and of batches among each other (weather,
    route), which no number of photos averages out. A batch of n photos may differ from the centre by both. Where a
    few odd photos carry a batch beyond its limit, as they do in measures that are mostly 0, photos dealt out at
    random would do so too; the limit is then drawn at the batch's value.

    Args:
        measure: its name.
        values: float (N,), one a photo; NaN is left out.
        batch: int (N,), index of the photo's batch.
        batches: B names.
        is_reference: bool (B,).
        tail: probability that a batch without change lies above (or below) its limit.
        min_photos: smaller batches have no value.
        seed: of the deals.

    Raises:
        ConfigError: fewer than five reference batches have a value.

    Source: Laney 2002, "Improved Control Charts for Attributes", for the spread between batches; the limits
    are Student's prediction limits for one more batch; the deals are a permutation test of means.
    """
    known = ~np.isnan(values)
    count, mean, variance = _moments(values[known], batch[known], len(batches))
    value = np.where(count >= min_photos, mean, np.nan)
    used = is_reference & ~np.isnan(value)
    batch_count = int(used.sum())
    if batch_count < MIN_REFERENCE_BATCHES:
        raise ConfigError(
            f"{measure}: expected at least {MIN_REFERENCE_BATCHES} reference batches of {min_photos} photos, "
            f"got {batch_count}; choose a longer reference period"
        )
    centre = float(value[used].mean())
    freedom = np.maximum(count[used] - 1, 0)
    within = float((variance[used] * freedom).sum() / freedom.sum())
    between = max(float(value[used].var(ddof=1)) - within * float((1 / count[used]).mean()), 0.0)
    error = np.sqrt((between + within / np.maximum(count, 1)) * (1 + 1 / batch_count))
    half = student_quantile(1 - tail, batch_count - 1) * error
    low, high = centre - half, centre + half
    rng = np.random.default_rng(seed)
    reference = values[known & np.asarray(used)[batch]]
    for b in np.flatnonzero(((value < low) | (value > high)) & ~is_reference).tolist():
        sign = 1.0 if value[b] > centre else -1.0
        if _chance(sign * values[known & (batch == b)], sign * reference, rng) > max(2 * tail, _LEAST_CHANCE):
            low[b], high[b] = min(low[b], value[b]), max(high[b], value[b])
    return ControlChart(measure, tuple(batches), count, value, centre, low, high, np.asarray(is_reference))


def _chance(mine: Float, reference: Float, rng: np.random.Generator) -> float:
    """Share of random deals of all photos that give a batch of this size a mean at least as high."""
    mine, reference = _some(mine, rng), _some(reference, rng)
    everything, n = np.concatenate([mine, reference]), len(mine)
    keys = rng.random((_DEALS, len(everything)))
    dealt = everything[np.argpartition(keys, n - 1, axis=1)[:, :n]].mean(axis=1)
    return float((1 + (dealt >= mine.mean() - 1e-12).sum()) / (1 + _DEALS))


def _some(values: Float, rng: np.random.Generator) -> Float:
    return values if len(values) <= _MOST_DEALT else rng.choice(values, _MOST_DEALT, replace=False)


@dataclass(frozen=True, slots=True, eq=False)
class ReadBatches:
    """Which photos and batches features were read of.

    Attributes:
        known: bool (N,), photos that were read.
        count: int (B,), such photos of each batch.
        measured: batches that have enough of them.
        used: those among them that the limit is taken from.
    """

    known: Bools
    count: Ints
    measured: Ints
    used: Ints


def read_batches(measure: str, features: Float, batch: Ints, is_reference: Bools, min_photos: int) -> ReadBatches:
    """Count the photos whose features were read, for charts of distances in feature space.

    Args:
        measure: the chart's name.
        features: float (N, D); rows of NaN are photos that were not read.
        batch, is_reference, min_photos: as ``mean_chart``; a distance needs two photos at least.

    Raises:
        ConfigError: fewer than five reference batches.
    """
    known = ~np.isnan(features).any(axis=1)
    count = np.bincount(batch[known], minlength=len(is_reference)).astype(np.int64)
    enough = count >= max(min_photos, 2)
    used = np.flatnonzero(is_reference & enough)
    if len(used) < MIN_REFERENCE_BATCHES:
        raise ConfigError(f"{measure}: expected at least {MIN_REFERENCE_BATCHES} reference batches, got {len(used)}")
    return ReadBatches(np.asarray(known), count, np.flatnonzero(enough), used)


def distance_chart(
    measure: str, value: Float, read: ReadBatches, batches: Sequence[str], is_reference: Bools, tail: float
) -> ControlChart:
    """A chart of distances: Student's limit for one more batch above those of the reference, none below.

    Args:
        measure: its name.
        value: float (B,), NaN where a batch was not measured.
        read: what it was measured on.
        batches, is_reference: as ``mean_chart``.
        tail: probability of exceeding the limit without change.
    """
    used = read.used
    centre, deviation = float(value[used].mean()), float(value[used].std(ddof=1))
    limit = centre + student_quantile(1 - tail, len(used) - 1) * deviation * np.sqrt(1 + 1 / len(used))
    high, low = np.full(len(batches), limit), np.full(len(batches), -np.inf)
    return ControlChart(measure, tuple(batches), read.count, value, centre, low, high, np.asarray(is_reference))


def student_quantile(probability: float, freedom: int) -> float:
    """Quantile of Student's distribution, from its density; right to about 1e-5 for probabilities above 0.5.

    Args:
        probability: 0.5 to below 1.
        freedom: degrees of freedom, at least 1.
    """
    # With x = √ν tan θ the density is cos^(ν−1) θ on a finite range; summed from the tail, so that tiny
    # probabilities keep their digits.
    angle = (1 - np.linspace(0, 1, 40_001) ** 3) * (math.pi / 2)
    density = np.cos(angle) ** (freedom - 1)
    scale = math.exp(math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2)) / math.sqrt(math.pi)
    tails = np.concatenate([[0.0], np.cumsum((density[1:] + density[:-1]) / 2 * -np.diff(angle))]) * scale
    return float(math.sqrt(freedom) * math.tan(float(np.interp(1 - probability, tails, angle))))


def _moments(values: Float, batch: Ints, batch_count: int) -> tuple[Ints, Float, Float]:
    """Count, mean and variance (n − 1) by batch; NaN where there are too few."""
    count = np.bincount(batch, minlength=batch_count)
    mean = _divide(np.bincount(batch, weights=values, minlength=batch_count), count)
    squares = np.bincount(batch, weights=(values - mean[batch]) ** 2, minlength=batch_count)
    return count.astype(np.int64), mean, np.nan_to_num(_divide(squares, count - 1))


def _divide(part: NDArray[Any], whole: NDArray[Any]) -> Float:
    quotient: Float = np.divide(part, whole, out=np.full(len(part), np.nan), where=whole > 0)
    return quotient
