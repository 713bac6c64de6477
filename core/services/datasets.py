"""Dataset versions: list them, look into them, change them, compare them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from core.config import Settings
from core.datasets import Dataset, DatasetRow, DatasetVersion, Origin, SavedVersion, VersionFolder, read_dataset
from core.datasets.canonical import row_cells
from core.datasets.combine import OnConflict, combine
from core.datasets.diff import Change, change_counts, diff
from core.datasets.files import stored_path
from core.datasets.formats import export_dataset
from core.datasets.operations import Operation
from core.datasets.versions import version_document

DEFAULT_PERSON = "local"


@dataclass(frozen=True, slots=True)
class RowsPage:
    """Some of a version's rows.

    Attributes:
        total: rows that fit.
        offset: how many of them come before.
        rows: as sorted in the version.
    """

    total: int
    offset: int
    rows: tuple[DatasetRow, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs between two datasets: all changes, and how many of each kind."""

    before: str
    after: str
    counts: dict[str, int]
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Lineage:
    """A version's way.

    Attributes:
        ancestors: from the first import to the version before, along first parents.
        others: second parents on that way (what was added), newest first.
        children: versions that were made from it, oldest first.
    """

    ancestors: tuple[DatasetVersion, ...]
    others: tuple[DatasetVersion, ...]
    children: tuple[DatasetVersion, ...]


def dataset_versions(settings: Settings) -> VersionFolder:
    """All versions of this installation."""
    return VersionFolder(settings.datasets_dir)


def open_dataset(settings: Settings, reference: str) -> Dataset:
    """A version, or a dataset CSV anywhere, with paths as versions have them.

    Args:
        settings: where versions are.
        reference: a hash or its beginning, a dataset's name, or the path of a CSV.

    Raises:
        NotFoundError, ConfigError, StoreError: see ``VersionFolder.read`` and ``read_dataset``.
    """
    if reference.lower().endswith(".csv") and Path(reference).is_file():
        return settled(read_dataset(Path(reference)), settings.datasets_dir)
    return dataset_versions(settings).read(reference)


def settled(dataset: Dataset, folder: Path) -> Dataset:
    """Rows with their paths as a version in ``folder`` names them; see ``stored_path``."""
    paths = {path: stored_path(dataset.file(path), folder) for path in dataset.by_photo}
    rows = tuple(replace(row, path=paths[row.path]) for row in dataset.rows)
    return Dataset(dataset.task, rows, folder, dataset.row_numbers)


def change_dataset(
    settings: Settings, reference: str, operation: Operation, person: str = DEFAULT_PERSON
) -> SavedVersion:
    """Apply an operation to a version; what comes out is a version with that parent.

    Raises:
        NotFoundError: no such version or label.
        ConfigError: the operation does not fit, or leaves no photo.
        StoreError: disk full.
    """
    versions = dataset_versions(settings)
    parent = versions.version(reference)
    after = operation.apply(versions.read(parent.hash))
    done = f"{operation.words()}{_count_change(parent.photo_count, len(after.by_photo))}"
    fields: dict[str, Any] = asdict(operation)  # type: ignore[call-overload]
    named = {"name": operation.name, **fields}
    return versions.save(after, Origin(parent.name, done, (parent.hash,), named, person))


def add_dataset(
    settings: Settings, reference: str, other: str, on_conflict: OnConflict = "refuse", person: str = DEFAULT_PERSON
) -> SavedVersion:
    """Add the photos of another version, or of a CSV, to a version; see ``combine``.

    Raises:
        NotFoundError, ConfigError, StoreError: as ``change_dataset``.
    """
    versions = dataset_versions(settings)
    parent = versions.version(reference)
    more = open_dataset(settings, other)
    after = combine(versions.read(parent.hash), more, on_conflict)
    is_file = other.lower().endswith(".csv") and Path(other).is_file()
    added = None if is_file else versions.version(other)
    words = f"added {added.name} {added.hash}" if added else f"added {Path(other).name}"
    done = f"{words}{_count_change(parent.photo_count, len(after.by_photo))}"
    parents = (parent.hash, added.hash) if added else (parent.hash,)
    named = {"name": "add", "other": added.hash if added else other, "on_conflict": on_conflict}
    return versions.save(after, Origin(parent.name, done, parents, named, person))


def compare_datasets(settings: Settings, before: str, after: str) -> Comparison:
    """What differs between two versions or CSVs.

    Raises:
        NotFoundError, ConfigError, StoreError: as ``open_dataset``.
    """
    return compare_rows(before, open_dataset(settings, before), after, open_dataset(settings, after))


def compare_rows(before: str, rows_before: Dataset, after: str, rows_after: Dataset) -> Comparison:
    """What differs between two datasets at hand, under their names."""
    changes = diff(rows_before, rows_after)
    return Comparison(before, after, change_counts(changes), changes)


def rows_page(
    dataset: Dataset, *, label: str | None = None, split: str | None = None, offset: int = 0, limit: int = 100
) -> RowsPage:
    """Some rows, for looking at.

    Args:
        dataset: whose rows.
        label: rows of this label alone; "" for photos without the object; None for all.
        split: rows of this split alone; "" for undecided; None for all.
        offset, limit: which of them.
    """
    fitting = [
        row for row in dataset.rows if (label is None or row.label == label) and (split is None or row.split == split)
    ]
    return RowsPage(len(fitting), offset, tuple(fitting[offset : offset + limit]))


def lineage(versions: Sequence[DatasetVersion], version: DatasetVersion) -> Lineage:
    """Where a version comes from and what became of it; parents that were taken away are left out."""
    by_hash = {one.hash: one for one in versions}
    ancestors: list[DatasetVersion] = []
    others: list[DatasetVersion] = []
    at = version
    while at.origin.parents:
        others += [by_hash[name] for name in at.origin.parents[1:] if name in by_hash]
        first = by_hash.get(at.origin.parents[0])
        if first is None or first in ancestors:
            break
        ancestors.append(first)
        at = first
    children = [one for one in reversed(versions) if version.hash in one.origin.parents]
    return Lineage(tuple(reversed(ancestors)), tuple(others), tuple(children))


def export_version(
    settings: Settings,
    reference: str,
    format_name: str,
    folder: Path,
    on_progress: Callable[[int, int], None] | None = None,
) -> Path:
    """Write a version in another tool's format, with copies of its photos.

    Returns:
        The folder.

    Raises:
        NotFoundError: no such version.
        ConfigError, PhotoError, StoreError: see ``export_dataset``.
    """
    export_dataset(open_dataset(settings, reference), format_name, folder, on_progress)
    return folder


def row_document(row: DatasetRow) -> dict[str, Any]:
    """A row as JSON-ready values; what does not apply is left out."""
    cells = row_cells(row)
    document: dict[str, Any] = {"path": row.path}
    if row.value is None:
        document["label"] = row.label
    else:
        document["value"] = row.value
    if row.box_xyxy_px is not None:
        document["box_xyxy_px"] = list(row.box_xyxy_px)
    return document | {name: cells[name] for name in ("split", "group", "captured_at") if cells[name]}


def saved_document(saved: SavedVersion) -> dict[str, Any]:
    """Answer to a change as JSON-ready values."""
    return {**version_document(saved.version), "is_new": saved.is_new}


def comparison_document(comparison: Comparison, limit: int | None = None) -> dict[str, Any]:
    """A comparison as JSON-ready values, with at most ``limit`` changes."""
    changes = [asdict(change) for change in comparison.changes[:limit]]
    return {"before": comparison.before, "after": comparison.after, "counts": comparison.counts, "changes": changes}


def _count_change(before: int, after: int) -> str:
    return f" ({before} → {after} photos)" if before != after else ""
