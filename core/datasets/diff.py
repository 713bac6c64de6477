"""What differs between two versions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from core.datasets.rows import Dataset, DatasetRow
from core.types import BoxXyxyPx

ChangeKind = Literal[
    "photo added", "photo removed", "relabelled", "box moved", "box added", "box removed", "split changed",
    "group changed",
]  # fmt: skip
KINDS: tuple[ChangeKind, ...] = (
    "photo added", "photo removed", "relabelled", "box moved", "box added", "box removed", "split changed",
    "group changed",
)  # fmt: skip
MOVED_OVERLAP = 0.1
"""IoU from which two boxes of one label are one box that was moved, and not one taken away and another added."""
SAME_PLACE_OVERLAP = 0.5
"""IoU from which two boxes with different labels are one box that was relabelled."""


@dataclass(frozen=True, slots=True)
class Change:
    """One difference.

    Attributes:
        kind: what happened.
        path: the photo.
        before, after: label, value, box, split or group; "" where there was none.
    """

    kind: ChangeKind
    path: str
    before: str
    after: str


def diff(before: Dataset, after: Dataset) -> tuple[Change, ...]:
    """Everything that differs, photo by photo.

    Boxes are matched within a photo: equal ones first, then those of one label that overlap best (moved), then
    those of different labels at one place (relabelled); the rest were removed or added.

    Returns:
        Sorted by path, and within a photo in the order of ``KINDS``.
    """
    changes: list[Change] = []
    for path in sorted(before.by_photo.keys() | after.by_photo.keys()):
        old, new = before.by_photo.get(path, ()), after.by_photo.get(path, ())
        if not old:
            changes.append(Change("photo added", path, "", _labels_text(new)))
        elif not new:
            changes.append(Change("photo removed", path, _labels_text(old), ""))
        elif set(old) != set(new):
            changes += _photo_changes(path, old, new)
    return tuple(changes)


def change_counts(changes: Sequence[Change]) -> dict[str, int]:
    """Kind → how many, all kinds, in the order of ``KINDS``."""
    return {kind: sum(1 for change in changes if change.kind == kind) for kind in KINDS}


def _photo_changes(path: str, old: Sequence[DatasetRow], new: Sequence[DatasetRow]) -> list[Change]:
    boxes_old, boxes_new = _boxes(old), _boxes(new)
    changes = _box_changes(path, boxes_old, boxes_new) if boxes_old or boxes_new else []
    if not boxes_old and not boxes_new and _labels_text(old) != _labels_text(new):
        changes.append(Change("relabelled", path, _labels_text(old), _labels_text(new)))
    if old[0].split != new[0].split:
        changes.append(Change("split changed", path, old[0].split, new[0].split))
    if old[0].group != new[0].group:
        changes.append(Change("group changed", path, old[0].group, new[0].group))
    return sorted(changes, key=lambda change: KINDS.index(change.kind))


def _box_changes(path: str, old: list[_Box], new: list[_Box]) -> list[Change]:
    gone = [box for box in old if box not in new]
    come = [box for box in new if box not in old]
    changes: list[Change] = []
    for kind, is_same_label, least in (("box moved", True, MOVED_OVERLAP), ("relabelled", False, SAME_PLACE_OVERLAP)):
        pairs = [(overlap(a[1], b[1]), a, b) for a in gone for b in come if (a[0] == b[0]) == is_same_label]
        for share, a, b in sorted(pairs, key=lambda pair: -pair[0]):
            if share >= least and a in gone and b in come:
                gone.remove(a)
                come.remove(b)
                changes.append(Change(kind, path, _box_text(a), _box_text(b)))  # type: ignore[arg-type]
    changes += [Change("box added", path, "", _box_text(box)) for box in come]
    changes += [Change("box removed", path, _box_text(box), "") for box in gone]
    return changes


def overlap(a: BoxXyxyPx, b: BoxXyxyPx) -> float:
    """Intersection over union of two boxes, 0 to 1."""
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    return shared / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared)


_Box = tuple[str, BoxXyxyPx]


def _boxes(rows: Sequence[DatasetRow]) -> list[_Box]:
    return sorted({(row.label, row.box_xyxy_px) for row in rows if row.box_xyxy_px is not None})


def _box_text(box: _Box) -> str:
    return f"{box[0]} {', '.join(f'{side:g}' for side in box[1])}"


def _labels_text(rows: Sequence[DatasetRow]) -> str:
    if rows[0].value is not None:
        return f"{rows[0].value:g}"
    labels = [row.label for row in rows if row.label]
    counted = [
        label if labels.count(label) == 1 else f"{label} × {labels.count(label)}" for label in dict.fromkeys(labels)
    ]
    return ", ".join(sorted(counted))
