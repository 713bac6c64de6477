"""How many photos there are of what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.datasets.rows import SPLITS, Dataset

VALUE_BINS = 10
NO_LABEL = ""


@dataclass(frozen=True, slots=True)
class LabelCount:
    """How often a label, or a range of values, occurs.

    Attributes:
        label: the class; "" for photos without the object; for values the range, ``0.10–0.19``.
        rows: rows with it (boxes, for detection).
        photos: photos with it.
        photos_by_split: split → photos; ``""`` are those of no split. All four splits are keys.
    """

    label: str
    rows: int
    photos: int
    photos_by_split: Mapping[str, int]


def count_labels(dataset: Dataset) -> tuple[LabelCount, ...]:
    """Count rows and photos by label, sorted by label; by ten equal ranges where the task is regression."""
    named = _value_ranges(dataset) if dataset.task == "regression" else None
    rows: Counter[str] = Counter()
    photos: Counter[tuple[str, str]] = Counter()
    for path, photo_rows in dataset.by_photo.items():
        labels = [named[path]] if named else [row.label for row in photo_rows]
        rows.update(labels)
        photos.update((label, photo_rows[0].split) for label in set(labels))
    counts = []
    for label in sorted(rows):
        by_split = {split: photos[label, split] for split in ("", *SPLITS)}
        counts.append(LabelCount(label, rows[label], sum(by_split.values()), by_split))
    return tuple(counts)


def count_splits(dataset: Dataset) -> dict[str, int]:
    """Split → photos; "" are those of no split. Splits without photos are left out."""
    found = Counter(rows[0].split for rows in dataset.by_photo.values())
    return {split: found[split] for split in ("", *SPLITS) if found[split]}


def _value_ranges(dataset: Dataset) -> dict[str, str]:
    """Path → the range that its value lies in."""
    values = np.array([rows[0].value for rows in dataset.by_photo.values()], dtype=np.float64)
    if not len(values):
        return {}
    low, high = float(values.min()), float(values.max())
    if low == high:
        return dict.fromkeys(dataset.by_photo, f"{low:.2f}")
    edges = np.linspace(low, high, VALUE_BINS + 1)
    bins = np.clip(np.searchsorted(edges, values, side="right") - 1, 0, VALUE_BINS - 1)
    names = [f"{edges[i]:.2f}–{edges[i + 1]:.2f}" for i in range(VALUE_BINS)]
    return {path: names[i] for path, i in zip(dataset.by_photo, bins, strict=True)}
