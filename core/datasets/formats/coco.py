"""COCO object detection: ``bbox`` is x, y, width, height in pixels.

Splits are files (``train.json``, ``validation.json``, ``test.json``; ``instances_val2017.json`` is read, too); a
dataset without splits is ``annotations.json``. Groups and times go into fields of the images. Segmentations are
not read.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from core.datasets.folders import SPLIT_FOLDERS
from core.datasets.formats.json_source import entries, moment_of, numbers, read_json, texts
from core.datasets.formats.photo_files import OnProgress, PhotoFinder, check_size, copy_photos, export_names, inside
from core.datasets.photos import PhotoFacts, photo_facts
from core.datasets.problems import Problems
from core.datasets.rows import SPLITS, Dataset, DatasetRow
from core.errors import ConfigError
from core.whole_files import write_whole

_SPLIT = re.compile(r"(?:^|_)(train|val|valid|validation|test)\d*$")


def read_coco(source: Path, photos_dir: Path | None = None) -> Dataset:
    """Read a COCO file, or all in a folder.

    Args:
        source: a JSON file or a folder of such.
        photos_dir: where its photos are; None for the file's folder.

    Raises:
        ConfigError: not COCO, or entries are wrong; the message names up to 10.
    """
    files = sorted(source.glob("*.json")) if source.is_dir() else [source]
    if not files:
        raise ConfigError(f"{source}: expected COCO files (*.json), received none")
    rows: list[DatasetRow] = []
    for file in files:
        document = read_json(file)
        if not isinstance(document, dict) or not {"images", "annotations", "categories"} <= document.keys():
            raise ConfigError(f"{file}: expected COCO with images, annotations and categories, received something else")
        found = _SPLIT.search(file.stem)
        split = SPLIT_FOLDERS[found[1]] if found else ""
        problems = Problems(str(file))
        finder = PhotoFinder([photos_dir] if photos_dir else [file.parent, file.parent.parent])
        rows += _rows(document, split, finder, problems)
        problems.stop_if_any()
    return Dataset("detection", tuple(rows), source if source.is_dir() else source.parent)


def _rows(document: dict[str, Any], split: str, finder: PhotoFinder, problems: Problems) -> list[DatasetRow]:
    classes = {c.get("id"): c.get("name") for c in entries(document, "categories", "categories", problems)}
    boxes: dict[Any, list[Any]] = {}
    for annotation in entries(document, "annotations", "annotations", problems):
        boxes.setdefault(annotation.get("image_id"), []).append(annotation)
    rows: list[DatasetRow] = []
    for image in entries(document, "images", "images", problems):
        place = f"image {image.get('id')}"
        name = texts(image, "file_name", place, problems)
        photo = finder.facts(name, place, problems) if name else None
        mine = boxes.pop(image.get("id"), [])
        if photo is None:
            continue
        check_size((image.get("width"), image.get("height")), photo[1], place, problems)
        moment = moment_of(image.get("date_captured"))
        empty = DatasetRow(photo[0], split=split, group=str(image.get("group") or ""), captured_at=moment)
        boxed = [_box_row(annotation, classes, empty, photo[1], problems) for annotation in mine]
        rows += [row for row in boxed if row] or [empty]
    for image_id, left in boxes.items():
        problems.add(f"annotation {left[0].get('id')}", "the id of one of the images", repr(image_id))
    return rows


def _box_row(
    annotation: Any, classes: dict[Any, Any], empty: DatasetRow, facts: PhotoFacts, problems: Problems
) -> DatasetRow | None:
    place = f"annotation {annotation.get('id')}"
    label = classes.get(annotation.get("category_id"))
    if not isinstance(label, str) or not label:
        problems.add(place, "the id of one of the categories", repr(annotation.get("category_id")))
        return None
    sides = annotation.get("bbox")
    named = dict(zip(("x", "y", "width", "height"), sides, strict=False)) if isinstance(sides, list) else {}
    found = numbers(named, ("x", "y", "width", "height"), place, problems)
    if found is None:
        return None
    x, y, width, height = found
    box = inside((x, y, x + width, y + height), facts, place, problems)
    return None if box is None else replace(empty, label=label, box_xyxy_px=box)


def write_coco(dataset: Dataset, folder: Path, on_progress: OnProgress | None = None) -> None:
    """Write COCO files and ``images/``.

    Raises:
        PhotoError: a photo is not there or cannot be read.
        StoreError: disk full.
    """
    names = export_names(dataset.by_photo)
    copy_photos(dataset, {path: folder / "images" / name for path, name in names.items()}, on_progress)
    class_ids = {label: i for i, label in enumerate(dataset.labels, start=1)}
    for split in ("", *SPLITS):
        photos = {path: rows for path, rows in dataset.by_photo.items() if rows[0].split == split}
        if not photos:
            continue
        images: list[dict[str, Any]] = []
        annotations: list[dict[str, Any]] = []
        for image_id, (path, rows) in enumerate(photos.items(), start=1):
            images.append(_image(image_id, names[path], rows[0], photo_facts(dataset.file(path), path)))
            for row in rows:
                if row.box_xyxy_px is not None:
                    annotations.append(_annotation(len(annotations) + 1, image_id, class_ids[row.label], row))
        categories = [{"id": i, "name": label} for label, i in class_ids.items()]
        document = {"images": images, "annotations": annotations, "categories": categories}
        write_whole(folder / f"{split or 'annotations'}.json", json.dumps(document, ensure_ascii=False).encode())


def _image(image_id: int, name: str, row: DatasetRow, facts: PhotoFacts) -> dict[str, Any]:
    image = {"id": image_id, "file_name": f"images/{name}", "width": facts.width_px, "height": facts.height_px}
    moment = {"date_captured": row.captured_at.isoformat()} if row.captured_at else {}
    return {**image, **moment, **({"group": row.group} if row.group else {})}


def _annotation(number: int, image_id: int, class_id: int, row: DatasetRow) -> dict[str, Any]:
    x_min, y_min, x_max, y_max = row.box_xyxy_px or (0.0, 0.0, 0.0, 0.0)
    width, height = x_max - x_min, y_max - y_min
    return {
        "id": number, "image_id": image_id, "category_id": class_id, "iscrowd": 0,
        "bbox": [x_min, y_min, width, height], "area": width * height,
    }  # fmt: skip
