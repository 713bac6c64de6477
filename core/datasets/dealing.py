"""Operations that deal photos out: a split into train, validation and test, and a stratified sample."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from core.datasets.allot import Unit, allot, stratum_totals, units_of, whole_targets
from core.datasets.rows import SPLITS, Dataset
from core.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Split:
    """Write every photo's split.

    Attributes:
        shares: of train, validation and test; together 1.
        seed: another one gives another split of the same sizes.
        stratified: every split has its share of every class (regression: of every decile).
        grouped: photos of one group (frames of one pole, of one video) are never on two sides.
        keep: photos that have a split keep it, so that a test set stays the same when photos are added.
    """

    shares: tuple[float, float, float] = (0.6, 0.2, 0.2)
    seed: int = 1
    stratified: bool = True
    grouped: bool = True
    keep: bool = False

    name: ClassVar[str] = "split"

    def apply(self, dataset: Dataset) -> Dataset:
        """See Operation.

        Raises:
            ConfigError: the shares are not three numbers of at least 0 with the sum 1, or ``keep`` meets a group
                that is on two sides already.
        """
        if len(self.shares) != 3 or min(self.shares) < 0 or abs(sum(self.shares) - 1) > 1e-6:
            raise ConfigError(
                f"split: expected three shares of at least 0 with the sum 1, received {_shares_text(self.shares)}"
            )
        units = units_of(dataset, grouped=self.grouped, stratified=self.stratified)
        wanted = whole_targets(stratum_totals(units), self.shares, self.seed)
        fixed = _decided(dataset, units) if self.keep else {}
        parts = allot(units, wanted, self.seed, fixed)
        split_of = {path: SPLITS[part] for unit, part in zip(units, parts, strict=True) for path in unit.paths}
        return dataset.with_rows(replace(row, split=split_of[row.path]) for row in dataset.rows)

    def words(self) -> str:
        """See Operation."""
        ways = [way for way, is_so in (("stratified", self.stratified), ("grouped", self.grouped)) if is_so]
        kept = ", earlier splits kept" if self.keep else ""
        how = f", {' and '.join(ways)}" if ways else ""
        return f"split {_shares_text(self.shares)}{how}, seed {self.seed}{kept}"


@dataclass(frozen=True, slots=True)
class Sample:
    """Keep a part of the photos, with every class in it.

    Attributes:
        share: 0 to 1, of every class; or
        count: photos of every class (all, where there are fewer).
        seed: another one gives other photos.
        grouped: groups are kept or left as a whole.
    """

    share: float | None = None
    count: int | None = None
    seed: int = 1
    grouped: bool = True

    name: ClassVar[str] = "sample"

    def apply(self, dataset: Dataset) -> Dataset:
        """See Operation.

        Raises:
            ConfigError: not exactly one of share and count, or it is out of range.
        """
        if (self.share is None) == (self.count is None):
            raise ConfigError(f"sample: expected a share or a count, received share {self.share}, count {self.count}")
        if self.share is not None and not 0 < self.share <= 1:
            raise ConfigError(f"sample: expected a share over 0 and up to 1, received {self.share:g}")
        if self.count is not None and self.count < 1:
            raise ConfigError(f"sample: expected a count of at least 1, received {self.count}")
        units = units_of(dataset, grouped=self.grouped)
        totals = stratum_totals(units)
        if self.share is not None:
            wanted = whole_targets(totals, (self.share, 1 - self.share), self.seed)
        else:
            taken = {stratum: float(min(self.count or 0, total)) for stratum, total in totals.items()}
            wanted = [taken, {stratum: total - taken[stratum] for stratum, total in totals.items()}]
        parts = allot(units, wanted, self.seed)
        kept = {path for unit, part in zip(units, parts, strict=True) if part == 0 for path in unit.paths}
        return dataset.with_rows(row for row in dataset.rows if row.path in kept)

    def words(self) -> str:
        """See Operation."""
        what = f"{self.count} photos of each class" if self.count is not None else f"{100 * (self.share or 0):g} %"
        return f"sampled {what}, seed {self.seed}"


def _decided(dataset: Dataset, units: Sequence[Unit]) -> dict[int, int]:
    decided: dict[int, int] = {}
    for i, unit in enumerate(units):
        splits = {dataset.by_photo[path][0].split for path in unit.paths} - {""}
        if len(splits) > 1:
            group = dataset.by_photo[unit.paths[0]][0].group
            raise ConfigError(
                f"split: expected group {group!r} on one side, received it in {' and '.join(sorted(splits))}; "
                "split without keeping earlier splits"
            )
        if splits:
            decided[i] = SPLITS.index(splits.pop())
    return decided


def _shares_text(shares: Sequence[float]) -> str:
    return "/".join(f"{100 * share:g}" for share in shares)
