"""Which rows a person means."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase

from core.datasets.rows import SPLITS, Dataset, DatasetRow
from core.errors import ConfigError, NotFoundError


@dataclass(frozen=True, slots=True)
class Selection:
    """Rows that meet every condition that is given; within one condition, any of its entries.

    Attributes:
        labels: of these classes.
        paths: whose path is one of these, or fits one as a pattern (``*``, ``?``, ``[…]``; ``*`` crosses folders).
        splits: of these splits; "" for undecided.
        groups: of these groups.
    """

    labels: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    splits: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()

    def accepts(self, row: DatasetRow) -> bool:
        """Whether a row meets the conditions."""
        return (
            (not self.labels or row.label in self.labels)
            and (not self.splits or row.split in self.splits)
            and (not self.groups or row.group in self.groups)
            and (not self.paths or any(row.path == p or fnmatchcase(row.path, p) for p in self.paths))
        )

    def check(self, dataset: Dataset) -> None:
        """Refuse conditions that cannot be meant.

        Raises:
            ConfigError: no condition at all, an unknown split, or nothing is selected.
            NotFoundError: a label that the dataset does not have.
        """
        if not (self.labels or self.paths or self.splits or self.groups):
            raise ConfigError("selection: expected labels, paths, splits or groups, received nothing")
        check_labels(dataset, self.labels)
        for split in self.splits:
            if split not in ("", *SPLITS):
                raise ConfigError(f"split: expected one of {', '.join(SPLITS)}, received {split!r}")
        if not any(self.accepts(row) for row in dataset.rows):
            raise ConfigError(f"selection: expected to select at least one row, received none for {self.words()}")

    def words(self) -> str:
        """``label STEEL, split test``."""
        named = (("label", self.labels), ("path", self.paths), ("split", self.splits), ("group", self.groups))
        return ", ".join(f"{name} {' or '.join(_some(entries))}" for name, entries in named if entries)


def check_labels(dataset: Dataset, labels: tuple[str, ...]) -> None:
    """Refuse labels that no row has.

    Raises:
        NotFoundError: names the label, and those that there are.
    """
    for label in labels:
        if label not in dataset.labels and not (label == "" and any(row.label == "" for row in dataset.rows)):
            known = ", ".join(dataset.labels) or "none"
            raise NotFoundError(f"label: expected one of {known}, received {label!r}")


def _some(entries: tuple[str, ...]) -> list[str]:
    shown = [entry or "none" for entry in entries[:3]]
    return [*shown, f"{len(entries) - 3} more"] if len(entries) > 3 else shown
