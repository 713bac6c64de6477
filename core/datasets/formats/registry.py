"""Which formats there are, and how to go in and out."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.datasets.formats.coco import read_coco, write_coco
from core.datasets.formats.custom_vision import read_custom_vision, write_custom_vision
from core.datasets.formats.json_source import read_json
from core.datasets.formats.label_studio import read_label_studio, write_label_studio
from core.datasets.formats.pascal_voc import read_pascal_voc, write_pascal_voc
from core.datasets.formats.photo_files import OnProgress
from core.datasets.formats.plain import read_csv, write_class_folders, write_csv
from core.datasets.formats.yolo import read_yolo, write_yolo
from core.datasets.rows import TASKS, Dataset, Task
from core.errors import ConfigError, StoreError


@dataclass(frozen=True, slots=True)
class Format:
    """A format of files with annotations.

    Attributes:
        name: what the command line and the API call it.
        title: what people call it.
        tasks: what it can hold.
        loses: what a dataset loses in it, in words; "" for nothing.
        read: (file or folder, photos' folder or None) → rows with absolute paths; None for folders of classes,
            which ``scan_folders`` reads.
        write: (dataset, new folder, on_progress).
    """

    name: str
    title: str
    tasks: tuple[Task, ...]
    loses: str
    read: Callable[[Path, Path | None], Dataset] | None
    write: Callable[[Dataset, Path, OnProgress | None], None]


_BOXES: tuple[Task, ...] = ("detection",)
FORMATS: dict[str, Format] = {
    entry.name: entry
    for entry in (
        Format("csv", "Dataset CSV", TASKS, "", read_csv, write_csv),
        Format("coco", "COCO", _BOXES, "", read_coco, write_coco),
        Format("yolo", "YOLO", _BOXES, "groups and times", read_yolo, write_yolo),
        Format("voc", "Pascal VOC", _BOXES, "groups and times", read_pascal_voc, write_pascal_voc),
        Format("label-studio", "Label Studio", TASKS, "", read_label_studio, write_label_studio),
        Format("custom-vision", "Custom Vision", ("detection", "classification"), "", read_custom_vision,
               write_custom_vision),
        Format("folders", "Folders of classes", ("classification",), "groups", None, write_class_folders),
    )
}  # fmt: skip


def format_named(name: str) -> Format:
    """A format by its name.

    Raises:
        ConfigError: there is none of that name.
    """
    if name not in FORMATS:
        raise ConfigError(f"format: expected one of {', '.join(FORMATS)}, received {name!r}")
    return FORMATS[name]


def read_format(source: Path, name: str, photos_dir: Path | None = None) -> Dataset:
    """Read annotations of one format; ``folders`` are read by ``core.datasets.folders``.

    Args:
        source: file or folder.
        name: the format's.
        photos_dir: where the photos are; None for where the format puts them.

    Raises:
        ConfigError: no such format, nothing there, or entries are wrong; the message names up to 10 with file,
            row, expected and received.
    """
    reader = format_named(name).read
    if reader is None:
        raise ConfigError("folders of classes: read them with from-folders")
    if not source.exists():
        raise ConfigError(f"{source}: expected a file or folder, received nothing of that name")
    if photos_dir is not None and not photos_dir.is_dir():
        raise ConfigError(f"{photos_dir}: expected the folder of the photos, received nothing of that name")
    dataset = reader(source, photos_dir)
    if not dataset.rows:
        raise ConfigError(f"{source}: expected at least one labelled photo, received none")
    return dataset


def export_dataset(dataset: Dataset, name: str, folder: Path, on_progress: OnProgress | None = None) -> None:
    """Write a dataset with copies of its photos; the folder appears when all of it is written.

    Args:
        dataset: what to write.
        name: the format's.
        folder: new or empty.
        on_progress: called with (photos copied, photos).

    Raises:
        ConfigError: no such format, it cannot hold the dataset, or the folder is not empty.
        PhotoError: a photo is not there or cannot be read.
        StoreError: disk full or not writable; nothing is left behind.
    """
    chosen = format_named(name)
    if dataset.task not in chosen.tasks:
        able = ", ".join(other.title for other in FORMATS.values() if dataset.task in other.tasks)
        raise ConfigError(
            f"{chosen.title}: expected a dataset for {' or '.join(chosen.tasks)}, received one for {dataset.task}; "
            f"choose {able}"
        )
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ConfigError(f"{folder}: expected a new or empty folder, received one with files; choose another")
    part: str | None = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        part = tempfile.mkdtemp(prefix=f".{folder.name}.", suffix=".part", dir=folder.parent)
        os.chmod(part, 0o755)
        chosen.write(dataset, Path(part), on_progress)
        os.rename(part, folder)
        part = None
    except OSError as error:
        raise StoreError(f"{folder}: cannot be written ({error.strerror or error}); choose another folder") from error
    finally:
        if part is not None:
            shutil.rmtree(part, ignore_errors=True)


def guess_format(source: Path) -> str:
    """Which format a file or folder is in, by what lies there.

    Raises:
        ConfigError: it cannot be told.
    """
    if source.is_dir():
        signs = (("dataset.csv", "csv"), ("*.yaml", "yolo"), ("*.yml", "yolo"), ("Annotations/*.xml", "voc"),
                 ("*.xml", "voc"), ("label_studio.json", "label-studio"), ("custom_vision.json", "custom-vision"),
                 ("*.json", "coco"))  # fmt: skip
        return next((name for pattern, name in signs if any(source.glob(pattern))), "folders")
    by_ending = {".csv": "csv", ".yaml": "yolo", ".yml": "yolo"}.get(source.suffix.lower())
    found = by_ending or (_guess_json(read_json(source)) if source.suffix.lower() == ".json" else None)
    if found is None:
        raise ConfigError(f"{source}: cannot tell its format; say which of {', '.join(FORMATS)} it is")
    return found


def _guess_json(document: Any) -> str | None:
    if isinstance(document, dict) and {"images", "annotations", "categories"} <= document.keys():
        return "coco"
    images = document.get("images") if isinstance(document, dict) else document
    first = images[0] if isinstance(images, list) and images else None
    if not isinstance(first, dict):
        return None
    if "data" in first:
        return "label-studio"
    return "custom-vision" if "regions" in first or "tags" in first else None
