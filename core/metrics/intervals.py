"""How sure a number is: bootstrap over photos or groups, Wilson's interval of a share, spread of folds."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from core.errors import ArrayShapeError

Float = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Interval:
    """A measured number and the range that it may have.

    Attributes:
        value: measured on all photos.
        low, high: ends of the interval; NaN where it cannot be told.
        count: photos or groups that it rests on. Below about 10 the ends are themselves uncertain.
        level: nominal coverage, 0 to 1.
    """

    value: float
    low: float
    high: float
    count: int
    level: float


@dataclass(frozen=True, slots=True, eq=False)
class FoldSpread:
    """A number over K folds.

    Attributes:
        mean: over folds.
        deviation: standard deviation between folds (K − 1 in the denominator); NaN for one fold. Folds share
            training photos, so that it understates how far a new training run would land.
        low, high: the worst and best fold.
        values: float64 (K,).
    """

    mean: float
    deviation: float
    low: float
    high: float
    values: Float


def bootstrap(
    statistic: Callable[[Float], float],
    count: int,
    *,
    groups: Sequence[object] | NDArray[np.generic] | None = None,
    repeats: int = 500,
    level: float = 0.95,
    seed: int = 0,
) -> Interval:
    """Percentile bootstrap of any statistic that takes a weight for each photo.

    Args:
        statistic: from float64 (count,) weights (how often each photo is drawn) to a number, which may be NaN.
        count: number of photos.
        groups: (count,), photos of equal group (a flight, a pole) are drawn together; None draws single photos.
        repeats: draws.
        level: nominal coverage.
        seed: equal seeds give equal intervals.

    Returns:
        The ends are NaN where fewer than two groups exist, or fewer than half of the draws give a number.

    Source: Efron 1979, doi:10.1214/aos/1176344552; by group: Field and Welsh 2007,
    doi:10.1111/j.1467-9868.2007.00593.x.
    """
    value = statistic(np.ones(count))
    members = np.arange(count) if groups is None else np.unique(np.asarray(groups), return_inverse=True)[1]
    if len(members) != count:
        raise ArrayShapeError(f"groups: expected {count}, one a photo, got {len(members)}")
    group_count = int(members.max()) + 1 if count else 0
    if group_count < 2:
        return Interval(value, math.nan, math.nan, group_count, level)
    rng = np.random.default_rng(seed)
    drawn = np.empty(repeats)
    for k in range(repeats):
        times = np.bincount(rng.integers(0, group_count, group_count), minlength=group_count)
        drawn[k] = statistic(times[members].astype(np.float64))
    known = drawn[~np.isnan(drawn)]
    if len(known) < repeats / 2:
        return Interval(value, math.nan, math.nan, group_count, level)
    low, high = np.quantile(known, [(1 - level) / 2, (1 + level) / 2])
    return Interval(value, float(low), float(high), group_count, level)


def bootstrap_ratio(
    parts: Float,
    wholes: Float,
    *,
    groups: Sequence[object] | NDArray[np.generic] | None = None,
    repeats: int = 2000,
    level: float = 0.95,
    seed: int = 0,
) -> Interval:
    """``bootstrap`` of Σ parts / Σ wholes, such as recall (found and true boxes of each photo), much faster.

    Args:
        parts, wholes: float (N,), one a photo; a ratio of nothing is NaN.
        groups, repeats, level, seed: as ``bootstrap``.
    """
    members = np.arange(len(parts)) if groups is None else np.unique(np.asarray(groups), return_inverse=True)[1]
    if len(members) != len(parts) or len(wholes) != len(parts):
        raise ArrayShapeError(f"parts, wholes, groups: expected equal lengths, got {len(parts)}, {len(wholes)}")
    whole = float(wholes.sum())
    value = float(parts.sum()) / whole if whole else math.nan
    group_count = int(members.max()) + 1 if len(members) else 0
    if group_count < 2:
        return Interval(value, math.nan, math.nan, group_count, level)
    sums = np.stack([np.bincount(members, weights=column, minlength=group_count) for column in (parts, wholes)])
    rng = np.random.default_rng(seed)
    drawn = np.empty(repeats)
    step = max(1, 2_000_000 // group_count)
    for start in range(0, repeats, step):
        picks = rng.integers(0, group_count, (min(step, repeats - start), group_count))
        part, rest = sums[0][picks].sum(axis=1), sums[1][picks].sum(axis=1)
        drawn[start : start + len(picks)] = np.divide(part, rest, out=np.full(len(picks), np.nan), where=rest > 0)
    known = drawn[~np.isnan(drawn)]
    if len(known) < repeats / 2:
        return Interval(value, math.nan, math.nan, group_count, level)
    low, high = np.quantile(known, [(1 - level) / 2, (1 + level) / 2])
    return Interval(value, float(low), float(high), group_count, level)


def wilson(hits: int, count: int, level: float = 0.95) -> Interval:
    """Interval of a share of independent photos; right also where all or none hit, where a bootstrap says ± 0.

    Returns:
        NaN for no photos, with the ends 0 and 1.

    Source: Wilson 1927, doi:10.1080/01621459.1927.10502953.
    """
    if count == 0:
        return Interval(math.nan, 0.0, 1.0, 0, level)
    z = NormalDist().inv_cdf((1 + level) / 2)
    share = hits / count
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z / (1 + z * z / count) * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    return Interval(share, max(0.0, middle - half), min(1.0, middle + half), count, level)


def fold_spread(values: Sequence[float]) -> FoldSpread:
    """Mean and spread of one number over folds.

    Raises:
        ArrayShapeError: no fold, or a fold's number is NaN.
    """
    numbers = np.asarray(values, dtype=np.float64)
    if len(numbers) == 0 or np.isnan(numbers).any():
        raise ArrayShapeError(f"values: expected at least one fold and no NaN, got {list(values)}")
    deviation = float(numbers.std(ddof=1)) if len(numbers) > 1 else math.nan
    return FoldSpread(float(numbers.mean()), deviation, float(numbers.min()), float(numbers.max()), numbers)
