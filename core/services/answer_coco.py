"""Predictions and truth from COCO files: results are a list of boxes, instances hold images, categories, boxes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.datasets.formats.json_source import entries, numbers, read_json
from core.datasets.problems import Problems
from core.errors import ConfigError
from core.services.answer_columns import Columns

Float = NDArray[np.float64]


def read_coco_truth(path: Path) -> Columns:
    """COCO instances. ``iscrowd`` regions take any number of answers; ``area``, where given, decides the size class.

    Raises:
        ConfigError: not COCO, or annotations are wrong; names up to 10 by their id.
    """
    document = read_json(path)
    if not isinstance(document, dict) or not {"images", "annotations", "categories"} <= document.keys():
        raise ConfigError(f"{path}: expected COCO with images, annotations and categories, received something else")
    problems = Problems(str(path))
    images = _named(entries(document, "images", "images", problems), "image", "file_name", problems)
    labels = _named(entries(document, "categories", "categories", problems), "category", "name", problems)
    problems.stop_if_any()
    if not images:
        raise ConfigError(f"{path}: expected at least one image, received none")
    kept: list[dict[str, Any]] = []
    sides: list[tuple[float, ...]] = []
    for annotation in entries(document, "annotations", "annotations", problems):
        place = f"annotation {annotation.get('id') if isinstance(annotation, dict) else annotation!r}"
        box = _checked_box(annotation, place, images, labels, problems)
        if box is not None:
            kept.append(annotation)
            sides.append(box)
    problems.stop_if_any()
    corners, area = _corners(sides)
    sizes = [float(a.get("area", w_h)) for a, w_h in zip(kept, area, strict=True)]
    return Columns(
        str(path),
        [images[a["image_id"]] for a in kept],
        [labels[a["category_id"]] for a in kept],
        np.zeros(0),
        corners,
        [a.get("id", k) for k, a in enumerate(kept)],
        "annotation",
        area,
        np.array(sizes),
        np.array([bool(a.get("iscrowd", 0)) for a in kept], dtype=bool),
        tuple(images.values()),
        images,
        tuple(labels.values()),
        labels,
    )


def read_coco_answers(path: Path, truth: Columns) -> Columns:
    """COCO results: a list of ``image_id``, ``category_id``, ``bbox`` (x, y, width, height) and ``score``.

    Args:
        path: the JSON file.
        truth: from ``read_coco_truth``; tells what the ids mean.

    Raises:
        ConfigError: not such a list, or entries are wrong; names up to 10 by their place, the first being 0.
    """
    document = read_json(path)
    if not isinstance(document, list):
        raise ConfigError(f"{path}: expected COCO results, a list of boxes, received {type(document).__name__}")
    problems = Problems(str(path))
    images, labels = truth.photo_ids or {}, truth.label_ids or {}
    kept: list[dict[str, Any]] = []
    sides: list[tuple[float, ...]] = []
    rows: list[int] = []
    for k, entry in enumerate(document):
        box = _checked_box(entry, f"result {k}", images, labels, problems)
        score = numbers(entry, ("score",), f"result {k}", problems)
        if box is not None and score is not None:
            kept.append(entry)
            sides.append(box)
            rows.append(k)
    problems.stop_if_any()
    corners, area = _corners(sides)
    return Columns(
        str(path),
        [images[entry["image_id"]] for entry in kept],
        [labels[entry["category_id"]] for entry in kept],
        np.array([float(entry["score"]) for entry in kept]),
        corners,
        rows,
        "result",
        area,
    )


def _named(found: list[Any], what: str, key: str, problems: Problems) -> dict[object, str]:
    """Id → name, by ascending id; a name that is missing is the id, and names have to differ."""
    names: dict[object, str] = {}
    for k, entry in enumerate(found):
        if not isinstance(entry, dict) or not isinstance(entry.get("id"), int | str):
            problems.add(f"{what} {k}", "an id", repr(entry))
        elif entry["id"] in names:
            problems.add(f"{what} {entry['id']}", f"each {what} once", "a second one of that id")
        else:
            names[entry["id"]] = str(entry.get(key) or entry["id"])
    taken: set[str] = set()
    for number, name in names.items():
        if name in taken:
            problems.add(f"{what} {number}", f"another name for each {what}", name)
        taken.add(name)
    return dict(sorted(names.items(), key=lambda item: (isinstance(item[0], str), item[0])))  # type: ignore[arg-type, return-value]


def _checked_box(
    entry: Any, place: str, images: Mapping[object, str], labels: Mapping[object, str], problems: Problems
) -> tuple[float, ...] | None:
    """x, y, width, height; None where something is wrong."""
    before = len(problems.found)
    if not isinstance(entry, dict):
        problems.add(place, "a box with image_id, category_id and bbox", repr(entry))
        return None
    for key, known in (("image_id", images), ("category_id", labels)):
        value = entry.get(key)
        if not isinstance(value, int | str) or value not in known:
            problems.add(place, f"{key} of the truth's", repr(value))
    box = entry.get("bbox")
    named = dict(zip("xywh", box, strict=False)) if isinstance(box, list | tuple) and len(box) == 4 else {}
    sides = numbers(named, ("x", "y", "w", "h"), f"{place} bbox", problems)
    if sides is not None and min(sides[2:]) < 0:
        problems.add(place, "a bbox with width and height of at least 0", repr(box))
    return sides if len(problems.found) == before else None


def _corners(sides: list[tuple[float, ...]]) -> tuple[Float, Float]:
    """Corners (N, 4) and areas (N,). The area is kept from the file's width and height: what a difference of
    corners gives may lie a rounding beside it, and with it beside pycocotools."""
    xywh = np.array(sides, dtype=np.float64).reshape(-1, 4)
    return np.concatenate([xywh[:, :2], xywh[:, :2] + xywh[:, 2:]], axis=1), xywh[:, 2] * xywh[:, 3]
