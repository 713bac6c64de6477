"""Azure Custom Vision: images with regions as its API lists them, left, top, width and height as shares of the photo.

Tags of images without regions are classes. Split, group and time go into an image's ``metadata``.

Source: Custom Vision Training API 3.3, ``GetImages`` and ``ImageFileCreateEntry``.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from core.datasets.formats.json_source import entries, moment_of, numbers, read_json, texts
from core.datasets.formats.photo_files import OnProgress, PhotoFinder, check_size, copy_photos, export_names, inside
from core.datasets.photos import PhotoFacts, photo_facts
from core.datasets.problems import Problems
from core.datasets.rows import SPLITS, Dataset, DatasetRow
from core.errors import ConfigError
from core.whole_files import write_whole

FILE = "custom_vision.json"
_NAMES = ("name", "path", "originalImageUri", "id")


def read_custom_vision(source: Path, photos_dir: Path | None = None) -> Dataset:
    """Read images with regions, or with tags alone.

    Args:
        source: the JSON file, or a folder with ``custom_vision.json``: a list of images, or ``{"images": […]}``.
        photos_dir: where the photos are; None for the file's folder. They are found by name, path or id.

    Raises:
        ConfigError: not such a file, or entries are wrong; the message names up to 10.
    """
    file = source / FILE if source.is_dir() else source
    document = read_json(file)
    images = document.get("images") if isinstance(document, dict) else document
    if not isinstance(images, list) or not all(isinstance(image, dict) for image in images):
        raise ConfigError(f"{file}: expected Custom Vision's list of images, received something else")
    problems = Problems(str(file))
    finder = PhotoFinder([photos_dir or file.parent])
    has_regions = any("regions" in image for image in images)
    rows: list[DatasetRow] = []
    for number, image in enumerate(images, start=1):
        rows += _image_rows(image, has_regions, f"image {image.get('id', number)}", finder, problems)
    problems.stop_if_any()
    return Dataset("detection" if has_regions else "classification", tuple(rows), file.parent)


def _image_rows(
    image: dict[str, Any], has_regions: bool, place: str, finder: PhotoFinder, problems: Problems
) -> list[DatasetRow]:
    photo = _photo(image, place, finder, problems)
    if photo is None:
        return []
    check_size((image.get("width"), image.get("height")), photo[1], place, problems)
    metadata = image.get("metadata") if isinstance(image.get("metadata"), dict) else {}
    assert metadata is not None
    split = metadata.get("split") if metadata.get("split") in SPLITS else ""
    moment = moment_of(metadata.get("captured_at"))
    empty = DatasetRow(photo[0], split=split or "", group=str(metadata.get("group") or ""), captured_at=moment)
    rows = []
    for entry in entries(image, "regions" if has_regions else "tags", place, problems):
        label = texts(entry, "tagName", place, problems)
        box = _box(entry, photo[1], place, problems) if has_regions else None
        if label and (box or not has_regions):
            rows.append(replace(empty, label=label, box_xyxy_px=box))
    return rows or [empty]


def _photo(image: dict[str, Any], place: str, finder: PhotoFinder, problems: Problems) -> tuple[str, PhotoFacts] | None:
    """The image's file: the API itself gives addresses and ids only."""
    names = [str(image[key]).split("?")[0] for key in _NAMES if image.get(key)]
    tried = [name + ending for name in names for ending in ("", ".jpg", ".jpeg", ".png")]
    name = next((name for name in tried if finder.find(name)), names[0] if names else "")
    return finder.facts(name, place, problems)


def _box(entry: Any, facts: PhotoFacts, place: str, problems: Problems) -> tuple[float, float, float, float] | None:
    found = numbers(entry, ("left", "top", "width", "height"), place, problems)
    if found is None:
        return None
    left, top, width, height = found
    sides = (left * facts.width_px, top * facts.height_px, (left + width) * facts.width_px,
             (top + height) * facts.height_px)  # fmt: skip
    return inside(sides, facts, place, problems)


def write_custom_vision(dataset: Dataset, folder: Path, on_progress: OnProgress | None = None) -> None:
    """Write ``custom_vision.json`` and ``images/``.

    Raises:
        PhotoError: a photo is not there or cannot be read.
        StoreError: disk full.
    """
    names = export_names(dataset.by_photo)
    copy_photos(dataset, {path: folder / "images" / name for path, name in names.items()}, on_progress)
    images = [
        _image(f"images/{names[path]}", rows, photo_facts(dataset.file(path), path), dataset.task == "detection")
        for path, rows in dataset.by_photo.items()
    ]
    write_whole(folder / FILE, json.dumps(images, ensure_ascii=False, indent=1).encode())


def _image(name: str, rows: tuple[DatasetRow, ...], facts: PhotoFacts, has_regions: bool) -> dict[str, Any]:
    row = rows[0]
    moment = row.captured_at.isoformat() if row.captured_at else ""
    metadata = {"split": row.split, "group": row.group, "captured_at": moment}
    image = {
        "name": name, "width": facts.width_px, "height": facts.height_px,
        "metadata": {key: value for key, value in metadata.items() if value},
        "tags": [{"tagName": label} for label in dict.fromkeys(row.label for row in rows if row.label)],
    }  # fmt: skip
    return {**image, "regions": [_region(row, facts) for row in rows if row.box_xyxy_px]} if has_regions else image


def _region(row: DatasetRow, facts: PhotoFacts) -> dict[str, Any]:
    x_min, y_min, x_max, y_max = row.box_xyxy_px or (0.0, 0.0, 0.0, 0.0)
    return {
        "tagName": row.label, "left": x_min / facts.width_px, "top": y_min / facts.height_px,
        "width": (x_max - x_min) / facts.width_px, "height": (y_max - y_min) / facts.height_px,
    }  # fmt: skip
