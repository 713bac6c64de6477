"""Any metric by any column, and the slices that are worse than chance explains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from core.errors import ArrayShapeError
from core.metrics.intervals import Interval, bootstrap_ratio

Float = NDArray[np.float64]
Ints = NDArray[np.int64]
Better = Literal["higher", "lower"]

UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, eq=False)
class PhotoRatio:
    """A metric that is a sum over photos divided by another: recall, precision, accuracy, mean error, refusals.

    Attributes:
        name: of the metric.
        parts: float64 (N,), each photo's share of the numerator (found boxes, 1 for right, absolute error …).
        wholes: float64 (N,), of the denominator (true boxes, 1 a photo …).
        better: which direction is good.
    """

    name: str
    parts: Float
    wholes: Float
    better: Better = "higher"

    def __post_init__(self) -> None:
        """Refuse columns that do not fit, with ``ArrayShapeError``."""
        if self.parts.ndim != 1 or self.parts.shape != self.wholes.shape:
            raise ArrayShapeError(
                f"{self.name}: expected parts and wholes (N,), got {self.parts.shape} and {self.wholes.shape}"
            )
        if not (np.isfinite(self.parts).all() and (self.wholes >= 0).all()):
            raise ArrayShapeError(f"{self.name}: expected finite parts and wholes of at least 0")


@dataclass(frozen=True, slots=True, eq=False)
class Slice:
    """Photos that share a property.

    Attributes:
        column: what they share, for example ``camera``; ``camera × line`` for two at once.
        value: for example ``FC6310``.
        photos: int64, their indices.
        metric: its value and interval over these photos; the count is of photos or groups.
        difference: the slice's value − that of all other photos; NaN where one of them has none.
        chance: probability of a slice that looks this bad among all slices looked at, if none were really
            worse; 1 in ``breakdown``, which looks for nothing.
    """

    column: str
    value: str
    photos: Ints
    metric: Interval
    difference: float
    chance: float = 1.0


def breakdown(
    ratio: PhotoRatio,
    column: str,
    values: Sequence[object],
    *,
    groups: Sequence[object] | None = None,
    level: float = 0.95,
    seed: int = 0,
) -> tuple[Slice, ...]:
    """A metric for every value of a column, in order of value.

    Args:
        ratio: the metric.
        column: its name, for the result.
        values: (N,), one a photo; None and "" are ``unknown``.
        groups: (N,), photos drawn together for the intervals.
        level, seed: of the intervals.

    Raises:
        ArrayShapeError: another number of values than photos.
    """
    codes, names = _codes(ratio, column, values)
    return tuple(
        _slice(ratio, column, name, np.flatnonzero(codes == k), groups, level, seed) for k, name in enumerate(names)
    )


def worst_slices(
    ratio: PhotoRatio,
    columns: Mapping[str, Sequence[object]],
    *,
    pairs: bool = False,
    min_photos: int = 5,
    max_chance: float = 0.05,
    repeats: int = 2000,
    groups: Sequence[object] | None = None,
    seed: int = 0,
) -> tuple[Slice, ...]:
    """Slices that are worse than the other photos, beyond what the search through many slices finds by chance.

    All photos are dealt out to the slices at random, again and again. A slice's chance is the share of deals in
    which *any* slice looks at least as bad as this one does; overlapping slices and many columns are thereby
    allowed for. A slice's badness is its excess over the overall metric in standard errors of such a deal.

    Args:
        ratio: the metric.
        columns: name → value of each photo.
        pairs: look at every two columns together too.
        min_photos: smaller slices are not looked at.
        max_chance: the share of searches that may report anything where nothing is worse.
        repeats: deals; the time is about repeats × photos × columns × 5 ns.
        groups: (N,), photos drawn together for the intervals. Deals are of single photos, so where photos of a
            group resemble each other (one flight, one fault), chances are too small: break down by group first.
        seed: equal seeds give equal answers.

    Returns:
        The worst first; empty where nothing is worse than chance explains.

    Source: Westfall and Young 1993, "Resampling-Based Multiple Testing", single-step maxT.
    """
    coded = {name: _codes(ratio, name, values) for name, values in columns.items()}
    if pairs:
        for first, second in combinations(list(columns), 2):
            both = [f"{a}, {b}" for a, b in zip(_names(columns[first]), _names(columns[second]), strict=True)]
            coded[f"{first} × {second}"] = _codes(ratio, f"{first} × {second}", both)
    whole = ratio.wholes.sum()
    if not coded or whole == 0:
        return ()
    sign = 1.0 if ratio.better == "lower" else -1.0
    excess = sign * (ratio.parts - ratio.parts.sum() / whole * ratio.wholes)
    found: list[Slice] = []
    chances = _chances(excess, [codes for codes, _ in coded.values()], min_photos, repeats, seed)
    for (name, (codes, names)), line in zip(coded.items(), chances, strict=True):
        for k in np.flatnonzero(line <= max_chance):
            photos = np.flatnonzero(codes == k)
            found.append(_slice(ratio, name, names[k], photos, groups, 0.95, seed, float(line[k])))
    return tuple(sorted(found, key=lambda s: (s.chance, -sign * s.difference)))


def _chances(excess: Float, columns: Sequence[Ints], min_photos: int, repeats: int, seed: int) -> list[Float]:
    """For every value of every column, the share of random deals in which any slice looks at least as bad.

    Args:
        excess: float64 (N,), how much worse than the whole each photo is.
        columns: codes 0 … of each photo, one array a column.
        min_photos, repeats, seed: as ``worst_slices``.

    Returns:
        For each column float64, one a code; infinite for slices that are not looked at.
    """
    count, spread = len(excess), float(excess.std(ddof=1)) if len(excess) > 1 else 0.0
    sizes = [np.bincount(codes) for codes in columns]
    looked_at = [(n >= min_photos) & (n < count) for n in sizes]
    if spread == 0:
        return [np.full(len(n), np.inf) for n in sizes]
    errors = [spread * np.sqrt(n * (count - n) / count) for n in sizes]

    def badness(values: Float) -> list[Float]:
        return [
            np.divide(np.bincount(codes, weights=values), error, out=np.full(len(error), -np.inf), where=look)
            for codes, error, look in zip(columns, errors, looked_at, strict=True)
        ]

    rng = np.random.default_rng(seed)
    highest = np.array([max(line.max() for line in badness(rng.permutation(excess))) for _ in range(repeats)])
    highest.sort()
    chances = []
    for line, look in zip(badness(excess), looked_at, strict=True):
        as_bad = repeats - np.searchsorted(highest, line - 1e-12, side="left")
        chances.append(np.where(look, (1 + as_bad) / (1 + repeats), np.inf))
    return chances


def _codes(ratio: PhotoRatio, column: str, values: Sequence[object]) -> tuple[Ints, list[str]]:
    if len(values) != len(ratio.parts):
        raise ArrayShapeError(f"{column}: expected {len(ratio.parts)} values, one a photo, got {len(values)}")
    names, codes = np.unique(np.array(_names(values), dtype=object), return_inverse=True)
    return codes.astype(np.int64), [str(name) for name in names]


def _names(values: Sequence[object]) -> list[str]:
    return [UNKNOWN if value is None or value == "" else str(value) for value in values]


def _slice(
    ratio: PhotoRatio,
    column: str,
    value: str,
    photos: Ints,
    groups: Sequence[object] | None,
    level: float,
    seed: int,
    chance: float = 1.0,
) -> Slice:
    parts, wholes = ratio.parts[photos], ratio.wholes[photos]
    mine = None if groups is None else np.asarray(groups)[photos]
    metric = bootstrap_ratio(parts, wholes, groups=mine, level=level, seed=seed)
    rest_parts, rest_wholes = ratio.parts.sum() - parts.sum(), ratio.wholes.sum() - wholes.sum()
    rest = float(rest_parts / rest_wholes) if rest_wholes > 0 else float("nan")
    return Slice(column, value, photos, metric, metric.value - rest, chance)
