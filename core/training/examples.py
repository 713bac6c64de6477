"""Labelled photos of datasets, as training sees them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.datasets import Dataset, DatasetRow
from core.datasets.beside import variables_of
from core.training.sections import ModelSection


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """One labelled photo.

    Attributes:
        path: the photo.
        label: index of its class, for classification with one of many; −1 otherwise.
        labels: indices of its classes, for classification with several at once; () otherwise.
        value: for regression; NaN otherwise.
        boxes_xyxy_px: float64 (N, 4), for detection.
        box_labels: int64 (N,), for detection.
        split: ``train``, ``validation``, ``test``, or "" where the CSV does not say.
        group: photos of one group stay on one side of every split; "" for a group of its own.
        also: what ``data.also_learn`` names, float64 (K,), in its own units; K is mostly 0.
    """

    path: Path
    label: int
    value: float
    boxes_xyxy_px: NDArray[np.float64]
    box_labels: NDArray[np.int64]
    labels: tuple[int, ...] = ()
    split: str = ""
    group: str = ""
    also: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))


def examples_of(dataset: Dataset, csv_path: Path, model: ModelSection, also_learn: Sequence[str] = ()) -> list[Example]:
    """The photos of a dataset that ``core.training.checks`` has found in order.

    Args:
        dataset: what was read from ``csv_path``.
        csv_path: for messages, and to find ``variables.csv``.
        model: family and labels.
        also_learn: variables of renders, see ``core.datasets.beside.variables_of``.

    Raises:
        ConfigError: a photo has no such variables, or one of them is no number.
    """
    variables = variables_of(dataset, csv_path, also_learn) if also_learn else {}
    nothing = np.zeros(0)
    return [_example(dataset, p, rows, model, variables.get(p, nothing)) for p, rows in dataset.by_photo.items()]


def _example(
    dataset: Dataset, path: str, rows: Sequence[DatasetRow], model: ModelSection, also: NDArray[np.float64]
) -> Example:
    labels = [model.classes.index(row.label) for row in rows if row.label] if model.family != "regression" else []
    boxes = [row.box_xyxy_px for row in rows if row.box_xyxy_px is not None]
    one_of_many = model.family == "classification" and not model.multi_label
    value = rows[0].value
    return Example(
        path=dataset.file(path),
        label=labels[0] if one_of_many else -1,
        value=float("nan") if value is None else value,
        boxes_xyxy_px=np.array(boxes, dtype=np.float64).reshape(-1, 4),
        box_labels=np.array(labels if model.family == "detection" else [], dtype=np.int64),
        labels=tuple(sorted(set(labels))) if model.multi_label else (),
        split=rows[0].split,
        group=rows[0].group,
        also=also,
    )
