"""YOLO as Ultralytics lays it out: ``data.yaml``, ``images/train/a.jpg``, ``labels/train/a.txt``.

A line of a label file is class number, box centre x and y, width and height, all as shares of the upright photo.
Groups and times have no place there and are lost. A photo without a label file is one without boxes.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from core.datasets.folders import PHOTO_ENDINGS, SPLIT_FOLDERS
from core.datasets.formats.photo_files import OnProgress, copy_photos, export_names, inside
from core.datasets.photos import PhotoFacts, photo_facts
from core.datasets.problems import Problems
from core.datasets.rows import SPLITS, Dataset, DatasetRow
from core.errors import ConfigError, PhotoError
from core.types import BoxXyxyPx
from core.whole_files import write_whole

FOLDER_OF_SPLIT = {"": "all", "train": "train", "validation": "val", "test": "test"}


def read_yolo(source: Path, photos_dir: Path | None = None) -> Dataset:
    """Read a YOLO folder.

    Args:
        source: the folder, or its YAML file.
        photos_dir: what the YAML's paths begin at; None for its folder.

    Raises:
        ConfigError: no YAML, no photos, or label files are wrong; the message names up to 10 rows.
    """
    yaml_path = _yaml_path(source)
    settings = _settings(yaml_path)
    classes = _classes(settings, yaml_path)
    root = photos_dir or yaml_path.parent
    rows: list[DatasetRow] = []
    problems: list[Problems] = []
    for split, photo in _photos(settings, root):
        found = Problems(str(_label_file(photo)))
        rows += _rows_of(photo, split, classes, found)
        problems.append(found)
    if not problems:
        raise ConfigError(
            f"{yaml_path}: expected photos in its train, val and test folders below {root}, received none"
        )
    everything = Problems(str(source), [problem for found in problems for problem in found.found])
    everything.stop_if_any()
    return Dataset("detection", tuple(rows), root)


def _yaml_path(source: Path) -> Path:
    files = sorted([*source.glob("*.yaml"), *source.glob("*.yml")]) if source.is_dir() else [source]
    if len(files) != 1 or not files[0].is_file():
        raise ConfigError(f"{source}: expected one YAML file that names the classes, received {len(files)}")
    return files[0]


def _settings(yaml_path: Path) -> dict[str, Any]:
    # Imported here: only this format needs it.
    import yaml

    try:
        settings = yaml.safe_load(yaml_path.read_text("utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"{yaml_path}: expected YAML, received something else ({error})") from error
    if not isinstance(settings, dict):
        raise ConfigError(f"{yaml_path}: expected YAML with names, train and val, received {type(settings).__name__}")
    return settings


def _classes(settings: dict[str, Any], yaml_path: Path) -> dict[int, str]:
    names = settings.get("names")
    numbered = dict(enumerate(names)) if isinstance(names, list) else names
    if not isinstance(numbered, dict) or not all(isinstance(number, int) for number in numbered):
        raise ConfigError(f"{yaml_path}: expected names as a list or by number, received {names!r:.80}")
    return {number: str(name).strip() for number, name in numbered.items()}


def _photos(settings: dict[str, Any], root: Path) -> Iterator[tuple[str, Path]]:
    named = {key: settings[key] for key in SPLIT_FOLDERS if settings.get(key)}
    seen: set[Path] = set()
    for key, places in (named or {"": "images"}).items():
        for place in places if isinstance(places, list) else [places]:
            is_undecided = Path(str(place)).name == FOLDER_OF_SPLIT[""]
            split = "" if is_undecided else SPLIT_FOLDERS.get(key, "")
            for photo in sorted((root / str(place)).rglob("*")):
                if photo.suffix.lower() in PHOTO_ENDINGS and photo.is_file() and photo not in seen:
                    seen.add(photo)
                    yield split, photo.absolute()


def _label_file(photo: Path) -> Path:
    """Ultralytics' rule: the last ``images`` in the path becomes ``labels``."""
    parts = list(photo.parts)
    for i in range(len(parts) - 2, -1, -1):
        if parts[i] == "images":
            parts[i] = "labels"
            break
    return Path(*parts).with_suffix(".txt")


def _rows_of(photo: Path, split: str, classes: dict[int, str], problems: Problems) -> list[DatasetRow]:
    try:
        facts = photo_facts(photo, photo.name)
    except PhotoError as error:
        problems.add(None, "a photo that can be read", str(error))
        return []
    file = _label_file(photo)
    lines = file.read_text("utf-8", "replace").splitlines() if file.is_file() else []
    rows = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        found = _box(line, number, classes, facts, problems)
        if found is not None:
            rows.append(DatasetRow(photo.as_posix(), found[0], found[1], split=split))
    return rows or [DatasetRow(photo.as_posix(), split=split)]


def _box(
    line: str, number: int, classes: dict[int, str], facts: PhotoFacts, problems: Problems
) -> tuple[str, BoxXyxyPx] | None:
    try:
        class_number, x, y, width, height = (float(text) for text in line.split())
    except ValueError:
        problems.add(number, "class x_centre y_centre width height", line)
        return None
    if class_number not in classes or not all(map(math.isfinite, (x, y, width, height))):
        problems.add(number, f"a class from {min(classes, default=0)} to {max(classes, default=0)} and shares", line)
        return None
    shares = (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
    scale = (facts.width_px, facts.height_px) * 2
    sides = tuple(share * size for share, size in zip(shares, scale, strict=True))
    box = inside((sides[0], sides[1], sides[2], sides[3]), facts, f"row {number}", problems)
    return None if box is None else (classes[int(class_number)], box)


def write_yolo(dataset: Dataset, folder: Path, on_progress: OnProgress | None = None) -> None:
    """Write ``data.yaml``, ``images/`` and ``labels/``. Groups and times are lost.

    Raises:
        PhotoError: a photo is not there or cannot be read.
        StoreError: disk full.
    """
    names = export_names(dataset.by_photo)
    places = {path: f"{FOLDER_OF_SPLIT[rows[0].split]}/{names[path]}" for path, rows in dataset.by_photo.items()}
    copy_photos(dataset, {path: folder / "images" / place for path, place in places.items()}, on_progress)
    numbers = {label: i for i, label in enumerate(dataset.labels)}
    for path, rows in dataset.by_photo.items():
        facts = photo_facts(dataset.file(path), path)
        lines = [_line(numbers[row.label], row.box_xyxy_px, facts) for row in rows if row.box_xyxy_px]
        write_whole((folder / "labels" / places[path]).with_suffix(".txt"), "".join(lines).encode())
    write_whole(folder / "data.yaml", _yaml_text(dataset).encode())


def _line(number: int, box: BoxXyxyPx, facts: PhotoFacts) -> str:
    x_min, y_min, x_max, y_max = box
    width, height = facts.width_px, facts.height_px
    centre = ((x_min + x_max) / 2 / width, (y_min + y_max) / 2 / height)
    return " ".join(map(repr, (number, *centre, (x_max - x_min) / width, (y_max - y_min) / height))) + "\n"


def _yaml_text(dataset: Dataset) -> str:
    import yaml

    used = {rows[0].split for rows in dataset.by_photo.values()}
    splits: dict[str, Any] = {
        FOLDER_OF_SPLIT[split]: f"images/{FOLDER_OF_SPLIT[split]}" for split in SPLITS if split in used
    }
    if "" in used:
        undecided = f"images/{FOLDER_OF_SPLIT['']}"
        # Ultralytics asks for train and val: without any split, all photos stand for both.
        splits = (
            {**splits, "train": [splits["train"], undecided]} if "train" in splits else {**splits, "train": undecided}
        )
        splits.setdefault("val", undecided)
    document = {**splits, "names": dict(enumerate(dataset.labels))}
    return str(yaml.safe_dump(document, allow_unicode=True, sort_keys=False))
