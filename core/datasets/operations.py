"""What can be done to a dataset. Operations are data: a version keeps the one that made it, and it can be repeated."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar, Protocol

from core.datasets.rows import Dataset, DatasetRow
from core.datasets.selection import Selection, check_labels
from core.errors import ConfigError


class Operation(Protocol):
    """Makes a dataset into another one. A frozen dataclass whose fields are JSON-ready.

    Attributes:
        name: what the command line and the API call it.
    """

    name: ClassVar[str]

    def apply(self, dataset: Dataset) -> Dataset:
        """The changed dataset.

        Raises:
            ConfigError, NotFoundError: it does not fit the dataset.
        """

    def words(self) -> str:
        """What it does, past tense, for lineage."""


@dataclass(frozen=True, slots=True)
class Remove:
    """Take photos out: every photo with a selected row, with all its rows."""

    labels: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    splits: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()

    name: ClassVar[str] = "remove"

    def apply(self, dataset: Dataset) -> Dataset:
        """See Operation."""
        selection = _selection(self)
        selection.check(dataset)
        gone = {row.path for row in dataset.rows if selection.accepts(row)}
        return dataset.with_rows(row for row in dataset.rows if row.path not in gone)

    def words(self) -> str:
        """See Operation."""
        return f"removed photos with {_selection(self).words()}"


@dataclass(frozen=True, slots=True)
class Relabel:
    """Give selected rows another label, or another value where the task is regression."""

    new_label: str = ""
    new_value: float | None = None
    labels: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    splits: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()

    name: ClassVar[str] = "relabel"

    def apply(self, dataset: Dataset) -> Dataset:
        """See Operation. Photos without boxes stay without."""
        selection = _selection(self)
        selection.check(dataset)
        is_valued = dataset.task == "regression"
        if is_valued and (self.new_label or self.new_value is None or not math.isfinite(self.new_value)):
            raise ConfigError(f"relabel: expected a new value for a regression dataset, received {self.new_value}")
        if not is_valued and (self.new_value is not None or not self.new_label.strip()):
            raise ConfigError(f"relabel: expected a new label for {dataset.task}, received {self.new_label!r}")
        changes = {"value": self.new_value} if is_valued else {"label": self.new_label.strip()}

        def change(row: DatasetRow) -> DatasetRow:
            is_meant = selection.accepts(row) and (dataset.task != "detection" or row.box_xyxy_px is not None)
            return replace(row, **changes) if is_meant else row  # type: ignore[arg-type]

        return dataset.with_rows(tidy(change(row) for row in dataset.rows))

    def words(self) -> str:
        """See Operation."""
        new = self.new_label.strip() or f"{self.new_value:g}"
        return f"relabelled {_selection(self).words()} as {new}"


@dataclass(frozen=True, slots=True)
class Merge:
    """Map classes to others, or to nothing ("").

    What is mapped to nothing loses its label: a box goes and its photo stays, for a detector learns from photos
    without boxes; a photo that had no other class goes.
    """

    mapping: Mapping[str, str] = field(default_factory=dict)

    name: ClassVar[str] = "merge"

    def apply(self, dataset: Dataset) -> Dataset:
        """See Operation."""
        if dataset.task == "regression":
            raise ConfigError("merge: expected a dataset with classes, received one with values")
        if not self.mapping or "" in self.mapping:
            raise ConfigError(f"merge: expected classes to map, like STEEL → METAL, received {dict(self.mapping)}")
        check_labels(dataset, tuple(self.mapping))
        rows = []
        for row in dataset.rows:
            label = self.mapping.get(row.label, row.label).strip()
            if label or not row.label:
                rows.append(replace(row, label=label))
            elif dataset.task == "detection":
                rows.append(replace(row, label="", box_xyxy_px=None))
        return dataset.with_rows(tidy(rows))

    def words(self) -> str:
        """See Operation."""
        sources: dict[str, list[str]] = {}
        for label, target in self.mapping.items():
            sources.setdefault(target, []).append(label)
        parts = [f"{' and '.join(labels)} into {target or 'nothing'}" for target, labels in sources.items()]
        return f"merged {', '.join(parts)}"


def tidy(rows: Iterable[DatasetRow]) -> list[DatasetRow]:
    """Each row once, and no "nothing here" row for a photo that has something."""
    once = list(dict.fromkeys(rows))
    has_label = {row.path for row in once if row.label}
    return [row for row in once if row.label or row.path not in has_label]


def _selection(operation: Remove | Relabel) -> Selection:
    return Selection(operation.labels, operation.paths, operation.splits, operation.groups)
