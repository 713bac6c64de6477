"""Two datasets into one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

from core.datasets.operations import tidy
from core.datasets.problems import MOST_SHOWN
from core.datasets.rows import Dataset, DatasetRow
from core.errors import ConfigError

OnConflict = Literal["refuse", "replace", "both"]
ON_CONFLICT: tuple[OnConflict, ...] = ("refuse", "replace", "both")


def combine(dataset: Dataset, other: Dataset, on_conflict: OnConflict = "refuse") -> Dataset:
    """The photos of both.

    Args:
        dataset: what is added to.
        other: what is added; its paths begin at the same folder, or are absolute.
        on_conflict: what to do where both have a photo and say different things of it: ``refuse``; ``replace``
            what the first says; or keep ``both`` (several labels, more boxes), with the first one's split and group.

    Raises:
        ConfigError: they teach different tasks; a conflict under ``refuse``; two values for one photo.
    """
    if other.task != dataset.task:
        raise ConfigError(f"add: expected a dataset for {dataset.task}, received one for {other.task}")
    if on_conflict not in ON_CONFLICT:
        raise ConfigError(f"add: expected on_conflict to be one of {', '.join(ON_CONFLICT)}, received {on_conflict!r}")
    mine, theirs = dataset.by_photo, other.by_photo
    shared = [path for path in theirs if path in mine and set(theirs[path]) != set(mine[path])]
    if shared and (on_conflict == "refuse" or (on_conflict == "both" and dataset.task == "regression")):
        named = ", ".join(shared[:MOST_SHOWN]) + (
            f" and {len(shared) - MOST_SHOWN} more" if shared[MOST_SHOWN:] else ""
        )
        raise ConfigError(
            f"add: expected photos that are new, or the same rows, received other rows for {named}; "
            "choose whether they replace what is there"
        )
    if on_conflict == "replace":
        kept = [row for row in dataset.rows if row.path not in theirs]
        return dataset.with_rows(tidy([*kept, *other.rows]))
    return dataset.with_rows(tidy([*dataset.rows, *(_as_in(row, mine) for row in other.rows)]))


def _as_in(row: DatasetRow, mine: Mapping[str, tuple[DatasetRow, ...]]) -> DatasetRow:
    """A row of a photo that the first dataset has, with the split, group and time that it has there."""
    if row.path not in mine:
        return row
    known = mine[row.path][0]
    return replace(row, split=known.split, group=known.group, captured_at=known.captured_at)
