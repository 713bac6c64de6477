"""Our own CSV with its photos beside it, and folders of classes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from core.datasets.canonical import canonical_csv
from core.datasets.formats.photo_files import OnProgress, copy_photos, export_names
from core.datasets.problems import Problems
from core.datasets.read import read_dataset
from core.datasets.rows import Dataset
from core.errors import ConfigError
from core.whole_files import write_whole

FILE = "dataset.csv"


def read_csv(source: Path, photos_dir: Path | None = None) -> Dataset:
    """Read a dataset CSV and see that its photos are there.

    Args:
        source: the file, or a folder with ``dataset.csv``.
        photos_dir: where relative paths begin; None for the file's folder.

    Raises:
        ConfigError: see ``read_dataset``, or photos are missing; the message names up to 10 rows.
    """
    file = source / FILE if source.is_dir() else source
    dataset = read_dataset(file)
    root = (photos_dir or file.parent).absolute()
    problems = Problems(str(file))
    missing = {path for path in dataset.by_photo if not (root / path).is_file()}
    for number, row in zip(dataset.row_numbers, dataset.rows, strict=True):
        if row.path in missing:
            problems.add(number, f"a photo below {root}", row.path)
            missing.discard(row.path)
    problems.stop_if_any()
    return dataset.with_rows(replace(row, path=str(root / row.path)) for row in dataset.rows)


def write_csv(dataset: Dataset, folder: Path, on_progress: OnProgress | None = None) -> None:
    """Write ``dataset.csv`` and ``images/``; nothing is lost.

    Raises:
        PhotoError: a photo is not there.
        StoreError: disk full.
    """
    names = {path: f"images/{name}" for path, name in export_names(dataset.by_photo).items()}
    copy_photos(dataset, {path: folder / name for path, name in names.items()}, on_progress)
    renamed = dataset.with_rows(replace(row, path=names[row.path]) for row in dataset.rows)
    write_whole(folder / FILE, canonical_csv(renamed))


def write_class_folders(dataset: Dataset, folder: Path, on_progress: OnProgress | None = None) -> None:
    """Copy every photo into the folder of its class, below one of its split where there are splits.

    A class ``body/engine`` is a folder in a folder. Groups, and times that the photo itself does not tell, are lost.

    Raises:
        ConfigError: a photo without a class or with several, or a class that cannot be a folder's name.
        PhotoError: a photo is not there.
        StoreError: disk full.
    """
    for path, rows in dataset.by_photo.items():
        if len(rows) != 1 or not rows[0].label:
            labels = ", ".join(row.label for row in rows if row.label) or "none"
            raise ConfigError(f"{path}: expected one class, to be a folder, received {labels}; choose another format")
    for label in dataset.labels:
        if any(part in ("", ".", "..") or "\0" in part or "\\" in part for part in label.split("/")):
            raise ConfigError(f"label {label!r}: expected a name that a folder can have; relabel it first")
    has_splits = any(row.split for row in dataset.rows)
    if has_splits and any(not row.split for row in dataset.rows):
        raise ConfigError("folders of classes: expected every photo in a split, or none, received both; split first")
    names = export_names(dataset.by_photo)
    targets = {row.path: folder / row.split / row.label / names[row.path] for row in dataset.rows}
    copy_photos(dataset, targets, on_progress)
