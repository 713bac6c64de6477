"""Dealing photos out to parts so that each part has its share of every class, and groups stay whole."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from core.datasets.rows import Dataset

DECILES = 10
ALIKE = "all"


@dataclass(frozen=True, slots=True)
class Unit:
    """Photos that stay together.

    Attributes:
        paths: sorted.
        strata: class, or decile of the value → how many of the photos have it.
    """

    paths: tuple[str, ...]
    strata: Mapping[str, int] = field(default_factory=dict)


def units_of(dataset: Dataset, *, grouped: bool = True, stratified: bool = True) -> list[Unit]:
    """Photos as units, in an order that does not depend on the order of the rows.

    Args:
        dataset: the photos.
        grouped: photos of one group are one unit; else every photo is its own.
        stratified: strata are labels (regression: deciles of the value); else all photos are alike.
    """
    strata = _strata(dataset) if stratified else dict.fromkeys(dataset.by_photo, (ALIKE,))
    together: dict[tuple[str, str], list[str]] = {}
    for path, rows in dataset.by_photo.items():
        key = ("group", rows[0].group) if grouped and rows[0].group else ("photo", path)
        together.setdefault(key, []).append(path)
    units = []
    for paths in together.values():
        counts: dict[str, int] = {}
        for path in paths:
            for stratum in strata[path]:
                counts[stratum] = counts.get(stratum, 0) + 1
        units.append(Unit(tuple(sorted(paths)), counts))
    return sorted(units, key=lambda unit: unit.paths)


def stratum_totals(units: Sequence[Unit]) -> dict[str, int]:
    """Stratum → photos in all units."""
    totals: dict[str, int] = {}
    for unit in units:
        for stratum, count in unit.strata.items():
            totals[stratum] = totals.get(stratum, 0) + count
    return totals


def whole_targets(totals: Mapping[str, int], shares: Sequence[float], seed: int) -> list[dict[str, float]]:
    """Whole photos of each stratum for each part: each share rounded up or down, so that the parts' sums fit, too.

    What one stratum's rounding takes from a part, the next ones give back. So a tenth of ten classes of one photo
    each is one photo, and not none.

    Args:
        totals: stratum → photos.
        shares: of each part; together 1.
        seed: decides which strata are rounded up.

    Returns:
        For each part, stratum → photos; over all parts they add up to the totals.
    """
    strata = sorted(totals)
    random.Random(seed).shuffle(strata)
    targets: list[dict[str, float]] = [{} for _ in shares]
    owed = [0.0] * len(shares)
    for stratum in strata:
        exact = [share * totals[stratum] for share in shares]
        given = [math.floor(amount + 1e-9) for amount in exact]
        able = [part for part, amount in enumerate(exact) if amount - given[part] > 1e-9]
        able.sort(key=lambda part: -(exact[part] - given[part] + owed[part]))
        for part in able[: totals[stratum] - sum(given)]:
            given[part] += 1
        for part, amount in enumerate(exact):
            targets[part][stratum] = float(given[part])
            owed[part] += amount - given[part]
    return targets


def allot(
    units: Sequence[Unit],
    wanted: Sequence[Mapping[str, float]],
    seed: int,
    fixed: Mapping[int, int] | None = None,
) -> list[int]:
    """Give every unit to the part that needs it most: the rarest stratum first, large units before small ones.

    With units of one photo and one stratum each, every part is within one photo of what it wants; with groups,
    as near as whole groups allow.

    Args:
        units: what to deal out.
        wanted: for each part, stratum → photos that it should have; together all there are.
        seed: of the order among equals.
        fixed: index of a unit → its part, for units that are decided already.

    Returns:
        For each unit, the index of its part.

    Source: Sechidis, Tsoumakas and Vlahavas 2011, "On the Stratification of Multi-Label Data".
    """
    totals = stratum_totals(units)
    # Plain numbers and not arrays: there are three parts at most, and up to a hundred thousand units.
    needs = [dict.fromkeys(totals, 0.0) | dict(part) for part in wanted]
    parts: list[int | None] = [None] * len(units)
    for i, part in (fixed or {}).items():
        parts[i] = part
        _take(needs[part], units[i])
    chance = random.Random(seed)
    order = list(range(len(units)))
    chance.shuffle(order)
    order.sort(key=lambda i: -len(units[i].paths))  # stable: equals stay shuffled
    by_stratum: dict[str, list[int]] = {stratum: [] for stratum in totals}
    for i in order:
        for stratum in units[i].strata:
            by_stratum[stratum].append(i)
    for stratum in sorted(totals, key=lambda stratum: (totals[stratum], stratum)):
        for i in by_stratum[stratum]:
            if parts[i] is None:
                part = _neediest(needs, stratum, chance)
                parts[i] = part
                _take(needs[part], units[i])
    return [part or 0 for part in parts]


def _take(need: dict[str, float], unit: Unit) -> None:
    for stratum, count in unit.strata.items():
        need[stratum] -= count


def _neediest(needs: Sequence[Mapping[str, float]], stratum: str, chance: random.Random) -> int:
    """The part that lacks most of a stratum; among equals the one that lacks most of all, then any."""
    ranks = [(round(need[stratum], 6), round(sum(need.values()), 6)) for need in needs]
    best = [part for part, rank in enumerate(ranks) if rank == max(ranks)]
    return best[0] if len(best) == 1 else chance.choice(best)


def _strata(dataset: Dataset) -> dict[str, tuple[str, ...]]:
    if dataset.task != "regression":
        return {path: tuple(sorted({row.label for row in rows})) for path, rows in dataset.by_photo.items()}
    paths = sorted(dataset.by_photo)
    values = np.array([dataset.by_photo[path][0].value for path in paths], dtype=np.float64)
    edges = np.quantile(values, np.linspace(0, 1, DECILES + 1)[1:-1])
    deciles = np.searchsorted(edges, values, side="right")
    return {path: (f"decile {decile}",) for path, decile in zip(paths, deciles, strict=True)}
