"""Label Studio JSON (the full export): boxes as per cent of the photo, choices for classes, a number for values.

Of several annotations of one task the last that was not cancelled counts; a task that nobody annotated is left out;
predictions are not read. Split, group and time go into the task's ``data``.
"""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

from core.datasets.formats.json_source import entries, moment_of, numbers, read_json, texts
from core.datasets.formats.photo_files import OnProgress, PhotoFinder, check_size, copy_photos, export_names, inside
from core.datasets.photos import PhotoFacts, photo_facts
from core.datasets.problems import Problems
from core.datasets.rows import SPLITS, Dataset, DatasetRow, Task
from core.errors import ConfigError
from core.types import BoxXyxyPx
from core.whole_files import write_whole

FILE = "label_studio.json"
_TASK_OF_TYPE: dict[str, Task] = {
    "rectanglelabels": "detection",
    "choices": "classification",
    "number": "regression",
}


def read_label_studio(source: Path, photos_dir: Path | None = None) -> Dataset:
    """Read a Label Studio export.

    Args:
        source: the JSON file, or a folder with ``label_studio.json``.
        photos_dir: where the photos are; None for the file's folder.

    Raises:
        ConfigError: not such an export, or tasks are wrong; the message names up to 10.
    """
    file = source / FILE if source.is_dir() else source
    document = read_json(file)
    if not isinstance(document, list) or not all(isinstance(task, dict) and "data" in task for task in document):
        raise ConfigError(f"{file}: expected Label Studio's full JSON (a list of tasks with data), received another")
    problems = Problems(str(file))
    finder = PhotoFinder([photos_dir or file.parent])
    kinds = {t for task in document for result in _results(task) or () if (t := _TASK_OF_TYPE.get(result.get("type")))}
    if len(kinds) != 1:
        received = " and ".join(sorted(kinds)) or "no annotations"
        raise ConfigError(f"{file}: expected boxes, choices or numbers, of one kind, received {received}")
    (kind,) = kinds
    rows: list[DatasetRow] = []
    for number, task in enumerate(document, start=1):
        results = _results(task)
        if results is not None:
            rows += _task_rows(task, results, kind, f"task {task.get('id', number)}", finder, problems)
    problems.stop_if_any()
    return Dataset(kind, tuple(rows), file.parent)


def _results(task: dict[str, Any]) -> list[Any] | None:
    """What the last annotation that counts says; None where nobody has annotated the task."""
    done = [a for a in task.get("annotations") or [] if isinstance(a, dict) and not a.get("was_cancelled")]
    return [result for result in done[-1].get("result") or [] if isinstance(result, dict)] if done else None


def _task_rows(
    task: dict[str, Any], results: list[Any], kind: Task, place: str, finder: PhotoFinder, problems: Problems
) -> list[DatasetRow]:
    data = task["data"]
    name = texts(data, "image", place, problems)
    photo = finder.facts(name, place, problems) if name else None
    if photo is None:
        return []
    split = data.get("split") if data.get("split") in SPLITS else ""
    moment = moment_of(data.get("captured_at"))
    empty = DatasetRow(photo[0], split=split or "", group=str(data.get("group") or ""), captured_at=moment)
    rows: list[DatasetRow] = []
    for result in results:
        if _TASK_OF_TYPE.get(result.get("type")) != kind:
            continue
        check_size((result.get("original_width"), result.get("original_height")), photo[1], place, problems)
        for label, box, value in _said(result, kind, photo[1], place, problems):
            rows.append(replace(empty, label=label, box_xyxy_px=box, value=value))
    return [empty] if not rows and kind != "regression" else rows


def _said(
    result: dict[str, Any], kind: Task, facts: PhotoFacts, place: str, problems: Problems
) -> list[tuple[str, BoxXyxyPx | None, float | None]]:
    value = result.get("value")
    if kind == "regression":
        found = numbers(value, ("number",), place, problems)
        return [("", None, found[0])] if found else []
    key = "choices" if kind == "classification" else "rectanglelabels"
    labels = [str(label).strip() for label in entries(value, key, place, problems)]
    if kind == "classification":
        return [(label, None, None) for label in labels if label]
    box = _box(value, facts, place, problems)
    if len(labels) != 1 or not labels[0]:
        problems.add(place, "one label for a box", ", ".join(labels))
        return []
    return [(labels[0], box, None)] if box else []


def _box(value: Any, facts: PhotoFacts, place: str, problems: Problems) -> BoxXyxyPx | None:
    found = numbers(value, ("x", "y", "width", "height"), place, problems)
    if found is None:
        return None
    x, y = found[0] / 100 * facts.width_px, found[1] / 100 * facts.height_px
    width, height = found[2] / 100 * facts.width_px, found[3] / 100 * facts.height_px
    # A turned rectangle is turned clockwise about its upper left corner; what holds all of it is the box.
    angle = math.radians(float(value.get("rotation") or 0))
    corners = [(0.0, 0.0), (width, 0.0), (width, height), (0.0, height)]
    xs = [x + cx * math.cos(angle) - cy * math.sin(angle) for cx, cy in corners]
    ys = [y + cx * math.sin(angle) + cy * math.cos(angle) for cx, cy in corners]
    return inside((min(xs), min(ys), max(xs), max(ys)), facts, place, problems)


def write_label_studio(dataset: Dataset, folder: Path, on_progress: OnProgress | None = None) -> None:
    """Write ``label_studio.json`` and ``images/``.

    Raises:
        PhotoError: a photo is not there or cannot be read.
        StoreError: disk full.
    """
    names = export_names(dataset.by_photo)
    copy_photos(dataset, {path: folder / "images" / name for path, name in names.items()}, on_progress)
    tasks = []
    for number, (path, rows) in enumerate(dataset.by_photo.items(), start=1):
        facts = photo_facts(dataset.file(path), path)
        data = {"image": f"images/{names[path]}", "split": rows[0].split, "group": rows[0].group}
        if rows[0].captured_at:
            data["captured_at"] = rows[0].captured_at.isoformat()
        results = _results_of(dataset.task, rows, facts)
        tasks.append({"id": number, "data": {k: v for k, v in data.items() if v}, "annotations": [{"result": results}]})
    write_whole(folder / FILE, json.dumps(tasks, ensure_ascii=False, indent=1).encode())


def _results_of(kind: Task, rows: tuple[DatasetRow, ...], facts: PhotoFacts) -> list[dict[str, Any]]:
    size = {"original_width": facts.width_px, "original_height": facts.height_px, "image_rotation": 0}
    if kind == "classification":
        labels = [row.label for row in rows if row.label]
        choices = {"type": "choices", "from_name": "label", "to_name": "image", "value": {"choices": labels}}
        return [{**choices, **size}] if labels else []
    if kind == "regression":
        named = {"type": "number", "from_name": "value", "to_name": "image"}
        return [{**named, **size, "value": {"number": row.value}} for row in rows]
    results = []
    for row in rows:
        if row.box_xyxy_px is not None:
            x_min, y_min, x_max, y_max = row.box_xyxy_px
            value = {
                "x": 100 * x_min / facts.width_px, "y": 100 * y_min / facts.height_px,
                "width": 100 * (x_max - x_min) / facts.width_px, "height": 100 * (y_max - y_min) / facts.height_px,
                "rotation": 0, "rectanglelabels": [row.label],
            }  # fmt: skip
            results.append(
                {"type": "rectanglelabels", "from_name": "label", "to_name": "image", **size, "value": value}
            )
    return results
