"""Labelled photos from dataset CSVs, split and served to ``fit`` in batches."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from core.errors import ConfigError
from core.imaging.decode import decode_upright, resize_to
from core.training.augment import augment_pixels, plain_affine, random_affine, warp, warp_boxes
from core.training.config import AugmentSection, ModelSection
from core.training.targets import centre_targets


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """One labelled photo.

    Attributes:
        path: the photo.
        label: index of its class, for classification; −1 otherwise.
        value: for regression; NaN otherwise.
        boxes_xyxy_px: float64 (N, 4), for detection.
        box_labels: int64 (N,), for detection.
    """

    path: Path
    label: int
    value: float
    boxes_xyxy_px: NDArray[np.float64]
    box_labels: NDArray[np.int64]


def read_examples(csv_path: Path, model: ModelSection) -> list[Example]:
    """Read a dataset CSV (DESIGN section 8) for a model.

    Raises:
        ConfigError: the file, a column, a label or a number is not what the model's family takes;
            the message names file and row.
    """
    if not csv_path.is_file():
        raise ConfigError(f"{csv_path}: expected a dataset CSV, found nothing")
    classes = [*model.labels, *([model.reject_label] if model.reject_label else [])]
    rows: dict[str, list[tuple[int, dict[str, str]]]] = {}
    with csv_path.open(newline="") as file:
        for number, row in enumerate(csv.DictReader(file), start=2):
            if not row.get("path"):
                raise ConfigError(f"{csv_path} row {number}: expected a path, got nothing")
            rows.setdefault(row["path"], []).append((number, row))
    return [_example(csv_path, path, group, classes, model.family) for path, group in rows.items()]


def _example(
    csv_path: Path, path: str, group: list[tuple[int, dict[str, str]]], classes: list[str], family: str
) -> Example:
    label, value = -1, float("nan")
    boxes: list[list[float]] = []
    box_labels: list[int] = []
    for number, row in group:
        try:
            if family == "regression":
                value = float(row["value"])
            elif family == "classification":
                label = classes.index(row["label"])
            elif row["label"]:
                box_labels.append(classes.index(row["label"]))
                boxes.append([float(row[k]) for k in ("x_min", "y_min", "x_max", "y_max")])
        except (KeyError, ValueError) as error:
            raise ConfigError(
                f"{csv_path} row {number}: {family} expects label among {classes} and numbers; {error}"
            ) from error
    boxes_array = np.array(boxes, dtype=np.float64).reshape(-1, 4)
    return Example(csv_path.parent / path, label, value, boxes_array, np.array(box_labels, dtype=np.int64))


def split_examples(examples: list[Example], share: float, seed: int) -> tuple[list[Example], list[Example]]:
    """Shuffle and split into (train, validation), stratified by class where there are classes."""
    rng = np.random.default_rng(seed)
    train: list[Example] = []
    validation: list[Example] = []
    for label in sorted({e.label for e in examples}):
        group = [e for e in examples if e.label == label]
        order = rng.permutation(len(group))
        cut = round(len(group) * share)
        validation += [group[i] for i in order[:cut]]
        train += [group[i] for i in order[cut:]]
    return train, validation


class ExampleBatches(keras.utils.PyDataset):  # type: ignore[misc]
    """Batches of (input, target) for ``fit``; shuffled and augmented anew, but reproducibly, each epoch."""

    def __init__(
        self,
        examples: list[Example],
        model: ModelSection,
        *,
        batch_size: int,
        seed: int,
        augment: AugmentSection | None = None,
    ) -> None:
        super().__init__(workers=2, max_queue_size=8)
        self._examples, self._model, self._batch_size = examples, model, batch_size
        self._seed, self._augment, self._epoch = seed, augment, 0
        self._order = self._new_order()

    def __len__(self) -> int:
        return -(-len(self._examples) // self._batch_size)

    def __getitem__(self, index: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        chosen = self._order[index * self._batch_size : (index + 1) * self._batch_size]
        pairs = [self._pair(int(i)) for i in chosen]
        return np.stack([p[0] for p in pairs]), np.stack([p[1] for p in pairs])

    def on_epoch_end(self) -> None:
        """Shuffle for the next epoch."""
        self._epoch += 1
        self._order = self._new_order()

    def start_at_epoch(self, epoch: int) -> None:
        """Take up the order and the augmentation of an epoch, after a restart."""
        self._epoch = epoch
        self._order = self._new_order()

    def _new_order(self) -> NDArray[np.int64]:
        if self._augment is None:
            return np.arange(len(self._examples))
        return np.random.default_rng((self._seed, self._epoch)).permutation(len(self._examples))

    def _pair(self, i: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        example, size = self._examples[i], self._model.example_px
        image = decode_upright(example.path, example.path.name)
        height, width = image.shape[:2]
        if self._augment is None:
            affine = plain_affine(height, width, size)
            image = resize_to(image, size, size)  # exactly as the runtime does
        else:
            rng = np.random.default_rng((self._seed, self._epoch, i))
            affine = random_affine(height, width, size, self._augment, rng)
            image = augment_pixels(warp(image, affine, size), self._augment, rng)
        return image.astype(np.float32) / 127.5 - 1, self._target(example, affine, size)

    def _target(self, example: Example, affine: Any, size: int) -> NDArray[np.float32]:
        if self._model.family == "classification":
            return np.array(example.label, dtype=np.float32)
        if self._model.family == "regression":
            return np.array([example.value], dtype=np.float32)
        boxes = warp_boxes(example.boxes_xyxy_px, affine, size)
        return centre_targets(boxes, example.box_labels, len(self._model.labels), size, size)
