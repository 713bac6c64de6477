"""Dividing photos: stratified, seeded, and with the photos of one group on one side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from core.errors import ConfigError
from core.training.examples import Example
from core.training.sections import DataSection

_VALUE_STRATA = 10


@dataclass(frozen=True, slots=True)
class Parts:
    """Photos to fit, to stop and calibrate with, and to measure on."""

    train: list[Example]
    validation: list[Example]
    test: list[Example]

    @property
    def counts(self) -> dict[str, int]:
        """Photos by part."""
        return {"train": len(self.train), "validation": len(self.validation), "test": len(self.test)}


def split_data(data: DataSection, learn: list[Example], test: list[Example], seed: int) -> Parts:
    """Divide the photos of a config.

    A CSV's own ``split`` wins: of CSVs in ``train``, rows marked test are used only where ``test`` is
    empty; of those in ``test``, rows marked otherwise are left out. Photos that are not marked are
    divided by ``validation_share``, or by ``splits`` where no photo is there for testing.

    Args:
        data: shares.
        learn: photos of the CSVs in ``data.train``.
        test: photos of the CSVs in ``data.test``.
        seed: of the division.

    Raises:
        ConfigError: a part is left empty.
    """
    marked = {part: [e for e in learn if e.split == part] for part in ("train", "validation", "test")}
    free = [e for e in learn if not e.split]
    tested = [e for e in test if e.split in ("", "test")] if data.test else marked["test"]
    if free and not tested:
        train, validation, tested = divide(free, data.splits, seed)
        train, validation = train + marked["train"], validation + marked["validation"]
    else:
        train, validation = marked["train"] + free, marked["validation"]
        if not validation:
            train, validation = divide(train, (1 - data.validation_share, data.validation_share), seed)
    parts = Parts(train, validation, tested)
    empty = [name for name, count in parts.counts.items() if not count]
    if empty:
        raise ConfigError(f"[data] expected photos in train, validation and test, received none in {empty[0]}")
    return parts


def divide(examples: Sequence[Example], shares: Sequence[float], seed: int) -> list[list[Example]]:
    """Divide into parts of given shares.

    Groups go whole to the part that lacks most of what they hold, large groups first; the strata are
    classes, sets of labels, or deciles of the value. Each part keeps the examples' order.

    Args:
        examples: any.
        shares: of each part, sum 1.
        seed: the same seed divides the same way.
    """
    strata = strata_of(examples)
    groups: dict[Hashable, list[int]] = {}
    for i, example in enumerate(examples):
        groups.setdefault(example.group or ("alone", i), []).append(i)
    members = list(groups.values())
    shuffled = [members[i] for i in np.random.default_rng(seed).permutation(len(members))]
    totals = Counter(strata)
    lacking = [{s: share * n for s, n in totals.items()} for share in shares]
    lacking_in_all = [share * len(examples) for share in shares]
    part_of = np.zeros(len(examples), dtype=np.int64)
    for group in sorted(shuffled, key=len, reverse=True):
        held = Counter(strata[i] for i in group)
        # In shares of a stratum, so that a rare class counts as much as a common one.
        gains = [round(sum(n * lack[s] / totals[s] for s, n in held.items()), 9) for lack in lacking]
        best = max(range(len(shares)), key=lambda part: (gains[part], lacking_in_all[part]))
        part_of[group] = best
        lacking_in_all[best] -= len(group)
        for s, n in held.items():
            lacking[best][s] -= n
    return [[e for e, p in zip(examples, part_of, strict=True) if p == part] for part in range(len(shares))]


def strata_of(examples: Sequence[Example]) -> list[Hashable]:
    """What each example is to be balanced by: its class, its set of labels, or the decile of its value."""
    values = np.array([e.value for e in examples])
    if len(values) and np.isfinite(values).all():
        edges = np.quantile(values, np.linspace(0, 1, _VALUE_STRATA + 1)[1:-1])
        return [int(k) for k in np.searchsorted(edges, values, side="right")]
    return [(e.label, e.labels, tuple(sorted({int(k) for k in e.box_labels}))) for e in examples]


def take_share(examples: list[Example], share: float, seed: int) -> list[Example]:
    """A stratified share of examples, at least one; groups stay whole. A smaller share is not a subset."""
    if share >= 1:
        return examples
    taken = divide(examples, (share, 1 - share), seed)[0]
    return taken or examples[:1]


def fold_parts(examples: list[Example], count: int, validation_share: float, seed: int) -> list[Parts]:
    """K-fold: each fold is measured on once, by a network that was fitted, stopped and calibrated on the others.

    Raises:
        ConfigError: there are too few groups for that many folds.
    """
    folds = divide(examples, [1 / count] * count, seed)
    if not all(folds):
        raise ConfigError(f"[data] folds: expected at least {count} photos or groups, received fewer")
    parts = []
    for k, fold in enumerate(folds):
        rest = [e for other in folds[:k] + folds[k + 1 :] for e in other]
        train, validation = divide(rest, (1 - validation_share, validation_share), seed)
        if not train or not validation:
            raise ConfigError(f"[data] folds: expected photos to fit and to stop with beside fold {k + 1}, found none")
        parts.append(Parts(train, validation, fold))
    return parts
