"""Dataset versions: a CSV named by a hash of its contents, and beside it where it comes from. Never changed.

``FOLDER/3f2a9c01de.csv`` holds the rows, so it can be given to training and evaluation as it is;
``sha256sum`` of it begins with its name. ``FOLDER/3f2a9c01de.json`` tells name, parents, what was done, when and
by whom, and counts; it is written last, so a version is there once its JSON is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from core.datasets.canonical import HASH_DIGITS, canonical_csv, content_hash
from core.datasets.counts import LabelCount, count_labels, count_splits
from core.datasets.problems import Problems
from core.datasets.read import check_photos, read_dataset
from core.datasets.rows import TASKS, Dataset, Task
from core.errors import ConfigError, NotFoundError, StoreError
from core.whole_files import write_once, write_whole

_NAME = re.compile(r"[^\W_](?:[\w .+()-]{0,58}[\w)])?")
_HASH = re.compile(rf"[0-9a-f]{{{HASH_DIGITS}}}")
_SHORTEST_PREFIX = 4


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a new version comes from.

    Attributes:
        name: what people call the dataset; versions of one dataset share it.
        done: what was done, in words, past tense.
        parents: hashes of the versions that it was made from, the changed one first.
        operation: the same for programs: ``{"name": "merge", …}``.
        made_by: who did it.
    """

    name: str
    done: str
    parents: tuple[str, ...] = ()
    operation: Mapping[str, Any] = field(default_factory=dict)
    made_by: str = "local"


@dataclass(frozen=True, slots=True)
class DatasetVersion:
    """A version without its rows.

    Attributes:
        hash: its name, 10 hex digits.
        origin: where it comes from.
        task: what can be learned from it.
        made_at: UTC.
        row_count, photo_count: of its CSV.
        labels: counts by label, or by range of values.
        splits: split → photos; "" are those of no split.
    """

    hash: str
    origin: Origin
    task: Task
    made_at: datetime
    row_count: int
    photo_count: int
    labels: tuple[LabelCount, ...]
    splits: Mapping[str, int]

    @property
    def name(self) -> str:
        """What people call the dataset."""
        return self.origin.name


@dataclass(frozen=True, slots=True)
class SavedVersion:
    """Answer to saving: the version, and whether it is new (False: these very rows were there before)."""

    version: DatasetVersion
    is_new: bool


class VersionFolder:
    """The versions in one folder. Thread-safe; several processes may use it at once.

    Args:
        folder: made with the first version.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def save(self, dataset: Dataset, origin: Origin) -> SavedVersion:
        """Keep rows as a version. Paths in the rows must begin at this folder, or be absolute.

        The same rows are the same version, whatever they were called: it stays as it first was.

        Raises:
            ConfigError: no rows, rows of one photo that contradict each other, or not a name.
            StoreError: disk full or folder not writable; nothing is left behind.
        """
        if not dataset.rows:
            raise ConfigError(f"{origin.name}: expected at least one photo in the new version, received none")
        check_name(origin.name)
        problems = Problems(origin.name)
        check_photos(dataset.rows, range(1, len(dataset.rows) + 1), dataset.task, problems)
        problems.stop_if_any()
        data = canonical_csv(dataset)
        name = content_hash(data)
        version = DatasetVersion(
            name, origin, dataset.task, datetime.now(UTC), len(set(dataset.rows)),
            len(dataset.by_photo), count_labels(dataset), count_splits(dataset),
        )  # fmt: skip
        if not self._json_path(name).exists():
            write_whole(self.csv_path(name), data)
        document = json.dumps(version_document(version), indent=1, ensure_ascii=False)
        is_new = write_once(self._json_path(name), document.encode())
        return SavedVersion(self._load(name), is_new)

    def versions(self) -> list[DatasetVersion]:
        """All versions, the newest first.

        Raises:
            StoreError: a version's JSON is damaged.
        """
        found = [self._load(path.stem) for path in self.folder.glob("*.json") if _HASH.fullmatch(path.stem)]
        return sorted(found, key=lambda version: (version.made_at, version.hash), reverse=True)

    def version(self, reference: str) -> DatasetVersion:
        """One version.

        Args:
            reference: its hash, at least the first 4 digits of it, or a dataset's name for the newest of that name.

        Raises:
            NotFoundError: there is none, or several hashes begin so.
        """
        if _HASH.fullmatch(reference) and self._json_path(reference).exists():
            return self._load(reference)
        known = self.versions()
        named = [version for version in known if version.name == reference]
        if named:
            return named[0]
        is_prefix = len(reference) >= _SHORTEST_PREFIX
        begun = [version for version in known if is_prefix and version.hash.startswith(reference)]
        if len(begun) == 1:
            return begun[0]
        raise NotFoundError(f"dataset {reference[:80]}: {_what_instead(reference, known, begun)}")

    def read(self, reference: str) -> Dataset:
        """A version's rows.

        Raises:
            NotFoundError: see ``version``.
            StoreError: its CSV was taken away or changed.
        """
        name = self.version(reference).hash
        path = self.csv_path(name)
        try:
            is_as_written = content_hash(path.read_bytes()) == name
        except OSError as error:
            raise StoreError(f"{path}: cannot be read ({error.strerror or error}); restore it from a copy") from error
        if not is_as_written:
            raise StoreError(f"{path}: was changed after it was written; restore it, or import it as a new version")
        return read_dataset(path)

    def csv_path(self, version_hash: str) -> Path:
        """Where a version's rows lie; the hash must be whole."""
        return self.folder / f"{version_hash}.csv"

    def _json_path(self, version_hash: str) -> Path:
        return self.folder / f"{version_hash}.json"

    def _load(self, version_hash: str) -> DatasetVersion:
        path = self._json_path(version_hash)
        try:
            return _version(json.loads(path.read_text("utf-8")))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise StoreError(f"{path}: expected a dataset version's notes, cannot read them ({error})") from error


def check_name(name: str) -> None:
    """Refuse what is not a dataset's name.

    Raises:
        ConfigError: it is empty, long, or holds other signs than letters, digits, spaces and ``.+-_()``.
    """
    if not _NAME.fullmatch(name):
        raise ConfigError(
            f"dataset name: expected 1 to 60 letters, digits, spaces and .+-_(), beginning with a letter or digit, "
            f"received {name[:80]!r}"
        )


def version_document(version: DatasetVersion) -> dict[str, Any]:
    """A version as JSON-ready values: its file's content, and what command line and API print."""
    origin = version.origin
    return {
        "hash": version.hash,
        "name": origin.name,
        "task": version.task,
        "parents": list(origin.parents),
        "done": origin.done,
        "operation": dict(origin.operation),
        "made_at": version.made_at.isoformat(),
        "made_by": origin.made_by,
        "rows": version.row_count,
        "photos": version.photo_count,
        "splits": dict(version.splits),
        "labels": {
            count.label: {"rows": count.rows, "photos": count.photos, "photos_by_split": dict(count.photos_by_split)}
            for count in version.labels
        },
    }


def _version(document: dict[str, Any]) -> DatasetVersion:
    if document["task"] not in TASKS:
        raise ValueError(f"unknown task {document['task']!r}")
    origin = Origin(
        document["name"], document["done"], tuple(document["parents"]), document["operation"], document["made_by"]
    )
    labels = tuple(
        LabelCount(label, counts["rows"], counts["photos"], counts["photos_by_split"])
        for label, counts in document["labels"].items()
    )
    made_at = datetime.fromisoformat(document["made_at"])
    return DatasetVersion(
        document["hash"], origin, document["task"], made_at, document["rows"], document["photos"], labels,
        document["splits"],
    )  # fmt: skip


def _what_instead(reference: str, known: list[DatasetVersion], begun: list[DatasetVersion]) -> str:
    if begun:
        return f"several versions begin so: {', '.join(version.hash for version in begun[:5])}; give more digits"
    names = list(dict.fromkeys(version.name for version in known))
    near = get_close_matches(reference, names, n=3, cutoff=0.4) or names[:3]
    return f"no such version; there is {', '.join(near)}" if near else "no such version; there are none yet"
