"""Dataset versions in words."""

from __future__ import annotations

from core.datasets import DatasetRow, DatasetVersion
from core.datasets.rows import Task

TASK_WORDS: dict[Task, str] = {"classification": "classes", "detection": "boxes", "regression": "values"}
SPLIT_WORDS = {"": "undecided", "train": "train", "validation": "validation", "test": "test"}
NO_LABEL: dict[Task, str] = {
    "classification": "without the object", "detection": "without a box", "regression": "without a value",
}  # fmt: skip


def version_words(version: DatasetVersion) -> str:
    """``poles · 3f2a9c01de · split 60/20/20``, for choosing one."""
    return f"{version.name} · {version.hash} · {version.origin.done}"


def splits_text(version: DatasetVersion) -> str:
    """``24 / 8 / 8``: train, validation and test; "" where nothing is decided."""
    if not any(version.splits.get(split) for split in ("train", "validation", "test")):
        return ""
    text = " / ".join(str(version.splits.get(split, 0)) for split in ("train", "validation", "test"))
    undecided = version.splits.get("", 0)
    return f"{text}, {undecided} undecided" if undecided else text


def label_words(label: str, task: Task) -> str:
    """The label, or what its absence means."""
    return label or NO_LABEL[task]


def row_words(row: DatasetRow) -> str:
    """Below a thumbnail: the file's name, and value, split or group where there are some."""
    name = row.path.rsplit("/", 1)[-1]
    value = f"{row.value:.3f}" if row.value is not None else ""
    group = row.group.rsplit("/", 1)[-1]
    return " · ".join(part for part in (name, value, row.split, group) if part)
