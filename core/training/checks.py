"""What can be wrong with a dataset once its rows can be read: found before a training starts, named by file and row."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.datasets import Dataset, DatasetRow, Problem, Problems, read_dataset
from core.errors import PhotoError
from core.imaging.photo import read_header
from core.imaging.sniff import HEAD_BYTES, identify
from core.runtime.model_config import Family

_EDGE_PX = 1.0  # a box drawn along the photo's edge may round to just beyond it


@dataclass(frozen=True, slots=True)
class Rules:
    """What a model asks of its photos.

    Attributes:
        family: see ModelSection.
        labels: classes, the reject class among them; for a regression unused.
        value_range: least and greatest value of a regression; None for any.
        multi_label: a photo may carry several labels or none.
    """

    family: Family
    labels: tuple[str, ...]
    value_range: tuple[float, float] | None = None
    multi_label: bool = False


@dataclass(frozen=True, slots=True)
class Placed:
    """A photo and the part that it is settled to be in.

    Attributes:
        path: resolved.
        part: ``train``, ``validation`` or ``test``.
        csv, row: where that is said.
    """

    path: Path
    part: str
    csv: str
    row: int


def check_dataset(
    csv_path: Path,
    family: Family,
    labels: Sequence[str],
    value_range: tuple[float, float] | None = None,
    *,
    multi_label: bool = False,
) -> list[Problem]:
    """Everything that is wrong with one dataset CSV for a model.

    Args:
        csv_path: see ``read_dataset``.
        family: of the model.
        labels: its classes, the reject class among them.
        value_range: least and greatest value of a regression.
        multi_label: whether a photo may carry several labels or none.

    Returns:
        Photos that are not there or are no photos, labels outside the classes, values outside the range,
        boxes outside their photo, classes without a photo, photos in two splits by path or by content.
        Empty where all is well.

    Raises:
        ConfigError: the CSV itself cannot be read; names file and row.
    """
    rules = Rules(family, tuple(labels), value_range, multi_label)
    dataset = read_dataset(csv_path, family)
    placed = [p for p in placed_photos(dataset, str(csv_path)) if p.part and p.path.is_file()]
    return [
        *row_problems(dataset, csv_path, rules),
        *empty_classes([dataset], str(csv_path), rules),
        *shared_photos(placed),
    ]


def row_problems(dataset: Dataset, csv_path: Path, rules: Rules) -> list[Problem]:
    """What is wrong with single rows."""
    problems = Problems(str(csv_path))
    first_rows: dict[str, int] = {}
    sizes: dict[str, tuple[int, int] | None] = {}
    one_each = rules.family == "classification" and not rules.multi_label
    for number, row in zip(dataset.row_numbers, dataset.rows, strict=True):
        if row.path not in first_rows:
            first_rows[row.path] = number
            sizes[row.path] = _size(dataset.file(row.path), number, problems)
        elif one_each:
            problems.add(number, f"one label for {row.path}, given in row {first_rows[row.path]}", row.label)
        _check_label(row, number, rules, problems)
        _check_value(row, number, rules, problems)
        _check_box(row, number, sizes[row.path], problems)
    return problems.found


def empty_classes(datasets: Sequence[Dataset], where: str, rules: Rules) -> list[Problem]:
    """Classes that no photo of any of the datasets shows."""
    if rules.family == "regression":
        return []
    seen = {row.label for dataset in datasets for row in dataset.rows}
    return [
        Problem(where, None, f"at least one photo of {label}", "none") for label in rules.labels if label not in seen
    ]


def placed_photos(dataset: Dataset, csv: str, otherwise: str = "") -> list[Placed]:
    """The photos of a dataset with their part; ``otherwise`` is the part of those whose row names none."""
    row_of: dict[str, int] = {}
    for number, row in zip(dataset.row_numbers, dataset.rows, strict=True):
        row_of.setdefault(row.path, number)
    return [
        Placed(dataset.file(photo).resolve(), rows[0].split or otherwise, csv, row_of[photo])
        for photo, rows in dataset.by_photo.items()
    ]


def shared_photos(placed: Sequence[Placed]) -> list[Problem]:
    """Photos that lie in two parts, by their path or by their bytes; the first part named keeps it."""
    first: dict[Path, Placed] = {}
    problems = []
    for photo in placed:
        earlier = first.setdefault(photo.path, photo)
        if earlier.part != photo.part:
            problems.append(_shared(photo, earlier))
    for copies in same_bytes(list(first)):
        original = first[copies[0]]
        problems += [_shared(first[c], original) for c in copies[1:] if first[c].part != original.part]
    return problems


def _shared(photo: Placed, earlier: Placed) -> Problem:
    expected = f"a photo that is not in {earlier.part} ({earlier.csv} row {earlier.row}) as well"
    return Problem(photo.csv, photo.row, expected, f"{photo.path.name} in {photo.part}")


def same_bytes(paths: Sequence[Path]) -> Iterator[list[Path]]:
    """Groups of two files and more with equal contents; only files of equal size are read."""
    by_size: dict[int, list[Path]] = defaultdict(list)
    for path in paths:
        by_size[path.stat().st_size].append(path)
    for alike in by_size.values():
        by_hash: dict[bytes, list[Path]] = defaultdict(list)
        for path in alike if len(alike) > 1 else ():
            with path.open("rb") as file:
                by_hash[hashlib.file_digest(file, "sha256").digest()].append(path)
        yield from (group for group in by_hash.values() if len(group) > 1)


def _size(path: Path, number: int, problems: Problems) -> tuple[int, int] | None:
    """Upright width and height; None, and a problem, where the file is missing or no photo."""
    if not path.is_file():
        problems.add(number, f"a photo at {path}", "nothing of that name")
        return None
    try:
        with path.open("rb") as file:
            media_type = identify(file.read(HEAD_BYTES), path.name)
        return read_header(path, path.name, media_type)[:2]
    except (PhotoError, OSError) as error:
        problems.add(number, f"a photo at {path}", f"another file ({error})")
        return None


def _check_label(row: DatasetRow, number: int, rules: Rules, problems: Problems) -> None:
    if rules.family == "regression" or row.label in rules.labels:
        return
    if row.label or (rules.family == "classification" and not rules.multi_label):
        problems.add(number, f"a label among {', '.join(rules.labels)}", row.label)


def _check_value(row: DatasetRow, number: int, rules: Rules, problems: Problems) -> None:
    if row.value is not None and rules.value_range is not None:
        low, high = rules.value_range
        if not low <= row.value <= high:
            problems.add(number, f"a value from {low:g} to {high:g}", f"{row.value:g}")


def _check_box(row: DatasetRow, number: int, size: tuple[int, int] | None, problems: Problems) -> None:
    if row.box_xyxy_px is None or size is None:
        return
    x_min, y_min, x_max, y_max = row.box_xyxy_px
    width, height = size
    if min(x_min, y_min) < -_EDGE_PX or x_max > width + _EDGE_PX or y_max > height + _EDGE_PX:
        box = ", ".join(f"{side:g}" for side in row.box_xyxy_px)
        problems.add(number, f"a box inside the photo's {width} × {height} px", f"({box})")
