"""Labelled photos as rows: what a dataset CSV holds (DESIGN section 8), in memory."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Literal

from core.types import BoxXyxyPx

Task = Literal["classification", "detection", "regression"]
TASKS: tuple[Task, ...] = ("classification", "detection", "regression")
SPLITS = ("train", "validation", "test")
BOX_COLUMNS = ("x_min", "y_min", "x_max", "y_max")
TASK_COLUMNS: dict[Task, tuple[str, ...]] = {
    "classification": ("path", "label"),
    "detection": ("path", "label", *BOX_COLUMNS),
    "regression": ("path", "value"),
}
OPTIONAL_COLUMNS = ("split", "group", "captured_at")


@dataclass(frozen=True, slots=True)
class DatasetRow:
    """One row: a photo with a label, a box or a value. A photo may have several rows (boxes, several labels).

    Attributes:
        path: the photo, relative to the dataset's folder, or absolute.
        label: its class; "" for a photo without the object (detection: without any box).
        box_xyxy_px: for detection, pixels of the upright original; None for a photo without boxes.
        value: for regression.
        split: ``train``, ``validation``, ``test``, or "" for undecided.
        group: photos of one group (one pole, one video) never part in a split; "" for none.
        captured_at: when the photo was taken, UTC; None where unknown.
    """

    path: str
    label: str = ""
    box_xyxy_px: BoxXyxyPx | None = None
    value: float | None = None
    split: str = ""
    group: str = ""
    captured_at: datetime | None = None

    def sort_key(self) -> tuple[object, ...]:
        """Order of rows in a version: by photo, then by what is said of it."""
        moment = self.captured_at.isoformat() if self.captured_at else ""
        value = (self.value,) if self.value is not None else ()
        return (self.path, self.label, self.box_xyxy_px or (), value, self.split, self.group, moment)


@dataclass(frozen=True, eq=False)
class Dataset:
    """Labelled photos.

    Attributes:
        task: what can be learned from it.
        rows: see DatasetRow; all rows of one photo have the same split and group.
        folder: where relative paths begin.
        row_numbers: line of each row in the CSV that it came from, for messages; empty where there was none.
    """

    task: Task
    rows: tuple[DatasetRow, ...]
    folder: Path
    row_numbers: tuple[int, ...] = field(default=())

    @cached_property
    def by_photo(self) -> dict[str, tuple[DatasetRow, ...]]:
        """Path → the photo's rows, in the order of the rows."""
        photos: dict[str, list[DatasetRow]] = {}
        for row in self.rows:
            photos.setdefault(row.path, []).append(row)
        return {path: tuple(rows) for path, rows in photos.items()}

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """Every label in use, sorted; "" is none."""
        return tuple(sorted({row.label for row in self.rows} - {""}))

    def file(self, path: str) -> Path:
        """Where a row's photo lies."""
        return self.folder / path

    def with_rows(self, rows: Iterable[DatasetRow]) -> Dataset:
        """The same task and folder with other rows."""
        return Dataset(self.task, tuple(rows), self.folder)
