"""A library of photos with their records: near-duplicates in it, and the photos that stand for a class."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.compare.catalogue import EMBEDDING
from core.compare.descriptors import Describer, Records
from core.compare.duplicates import near_duplicates
from core.compare.index import OnProgress, PhotoIndex
from core.compare.measuring import measure_all
from core.compare.representatives import Method, Representatives, choose_representatives
from core.config import Settings
from core.datasets import read_dataset
from core.errors import ConfigError, NotFoundError
from core.services.file_list import find_photo_files
from core.whole_files import write_whole

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Library:
    """Photos that were read, with what is known of them; the ones that could not be read are left out and named.

    Attributes:
        source: dataset CSV or folder.
        paths: of each photo.
        labels: of each; several joined by commas, "" for none.
        values: of each, for regression; else None.
        index: holds their records.
        failed: file → why it could not be read.
    """

    source: Path
    paths: tuple[Path, ...]
    labels: tuple[str, ...]
    values: tuple[float | None, ...]
    index: PhotoIndex = field(repr=False)
    failed: Mapping[Path, str]

    @cached_property
    def rows(self) -> NDArray[np.int64]:
        """Which record of the index is each photo's."""
        return np.array([self.index.row(path) for path in self.paths], dtype=np.int64)

    def column(self, name: str) -> NDArray[np.generic]:
        """One field of all photos' records: (N, …)."""
        return np.asarray(self.index.records[name][self.rows])

    def measure(self, query: Records, names: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """Measures of one photo against all of the library: (N,) each."""
        records = self.index.records
        if 2 * len(self.rows) > len(records):  # mapped as they lie: picking most of them would copy them first
            return {name: values[self.rows] for name, values in measure_all(query, records, names).items()}
        return measure_all(query, records[self.rows], names)


def open_library(
    settings: Settings, source: Path, describer: Describer, on_progress: OnProgress | None = None
) -> Library:
    """Read the photos of a dataset or folder, as far as they are not in the index yet.

    Args:
        settings: ``home`` holds the index, one for all libraries, so that no photo is read twice.
        source: dataset CSV, or a folder of photos (then without labels).
        describer: makes records.
        on_progress: called with (done, count).

    Raises:
        ConfigError: the dataset is wrong, or no photo of it can be read.
        NotFoundError: no such file or folder.
        StoreError: the index cannot be written.
    """
    labels, values = labelled_photos(source)
    index = PhotoIndex(settings.home / "compare", describer, settings.max_pixels)
    failed = index.add(list(labels), on_progress)
    paths = tuple(path for path in labels if path not in failed)
    if not paths:
        first = next(iter(failed.values()), "")
        raise ConfigError(f"{source}: expected photos, received none that can be read{'; ' if first else ''}{first}")
    return Library(
        source, paths, tuple(labels[path] for path in paths), tuple(values.get(path) for path in paths), index, failed
    )


def labelled_photos(source: Path) -> tuple[dict[Path, str], dict[Path, float | None]]:
    """The photos of a dataset CSV or folder: file → label (several joined by commas), and file → value.

    Raises:
        ConfigError: the dataset is wrong.
        NotFoundError: no such file or folder.
    """
    if source.is_dir():
        return dict.fromkeys(find_photo_files([source]), ""), {}
    labels: dict[Path, str] = {}
    values: dict[Path, float | None] = {}
    dataset = read_dataset(source)
    for name, rows in dataset.by_photo.items():
        labels[dataset.file(name)] = ", ".join(sorted({row.label for row in rows} - {""}))
        values[dataset.file(name)] = rows[0].value
    return labels, values


def find_duplicates(library: Library, at_most_bits: int = 4) -> tuple[tuple[Path, ...], ...]:
    """Groups of photos whose perceptual and difference hashes differ in at most so many bits (0 to 15) each.

    Raises:
        ConfigError: the bits are out of range.
    """
    hashes = library.column("hashes").astype(np.uint64, copy=False)[:, 3:5]
    return tuple(tuple(library.paths[k] for k in group) for group in near_duplicates(hashes, at_most_bits))


@dataclass(frozen=True, slots=True)
class ClassPhotos:
    """Photos that stand for a class.

    Attributes:
        label: the class; None for the whole library.
        count: photos of it.
        found: the choice; its indices point into ``paths``.
        paths: all photos of the class.
        was_kept: whether they were chosen beforehand.
    """

    label: str | None
    count: int
    found: Representatives
    paths: tuple[Path, ...]
    was_kept: bool


def representative_photos(
    settings: Settings, library: Library, label: str | None, method: Method, count: int = 6, *, seed: int = 0
) -> ClassPhotos:
    """Photos that stand for a class: chosen now, or taken from the time that the same was asked of the same photos.

    Args:
        settings: ``home`` keeps the choices.
        library: see ``open_library``.
        label: the class; None for all photos.
        method: ``random``, ``medoids`` or ``prototypes``.
        count: how many, and as many criticisms.
        seed: of chance.

    Raises:
        NotFoundError: no photo has that label; the message lists those there are.
        ConfigError: a count under 1, or an unknown method.
        StoreError: the choice cannot be written.
    """
    members = [k for k, own in enumerate(library.labels) if label is None or label in own.split(", ")]
    if not members:
        known = sorted({part for own in library.labels for part in own.split(", ")} - {""})
        raise NotFoundError(f"label {label!r}: expected one of {', '.join(known) or 'none in ' + str(library.source)}")
    paths = tuple(library.paths[k] for k in members)
    indexed = library.index.photos
    stamps = [indexed[row].stamp for row in library.rows[members].tolist()]
    asked = repr((library.index.describer.version, [*map(str, paths)], stamps, method, count, seed))
    kept = settings.home / "compare" / "chosen" / f"{hashlib.sha256(asked.encode()).hexdigest()[:20]}.json"
    if kept.exists():
        stored: dict[str, Any] = json.loads(kept.read_text())
        lists = {name: tuple(value) for name, value in stored.items() if name != "method"}
        return ClassPhotos(label, len(members), Representatives(method, **lists), paths, True)
    found = choose_representatives(_features(library)[members], count, method, seed=seed)
    write_whole(kept, json.dumps(asdict(found)).encode())
    return ClassPhotos(label, len(members), found, paths, False)


def _features(library: Library) -> Floats:
    """Directions of every network's features side by side; without networks, the roots of colour shares."""
    names = [name for name in library.index.describer.dtype.names or () if name.startswith(EMBEDDING)]
    if not names:
        return np.sqrt(library.column("hsv").astype(np.float64))
    parts = [library.column(name).astype(np.float64) for name in names]
    return np.concatenate([part / np.maximum(np.linalg.norm(part, axis=1, keepdims=True), 1) for part in parts], axis=1)
