"""Examples as arrays: photos changed and stretched to the network's input, with what the network is taught."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from core.datasets.beside import mask_file
from core.imaging.decode import decode_upright, resize_to
from core.training.augment import Affine, augment_pixels, plain_affine, random_affine, warp, warp_boxes
from core.training.balance import balanced_order
from core.training.examples import Example
from core.training.sections import AugmentSection, ModelSection
from core.training.targets import centre_targets, mask_target

Batch = tuple[Any, ...]
"""(photos (B, H, W, 3) in −1…1, targets, where asked for weights (B,)); targets are an array, or by output."""


@dataclass(frozen=True, slots=True, eq=False)
class Extras:
    """What a network is taught besides its answer.

    Attributes:
        also_mean, also_deviation: float64 (K,), of ``Example.also`` over the photos to fit; empty for none.
        masks: kind of mask that teaches attention; "" for none.
        grid: rows and columns of the attention.
    """

    also_mean: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    also_deviation: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    masks: str = ""
    grid: tuple[int, int] = (0, 0)

    @property
    def is_empty(self) -> bool:
        """Whether the answer is all that is taught."""
        return not self.also_mean.size and not self.masks


class ExampleBatches:
    """Batches of a list of examples; any batch of any epoch can be made alone, and is always the same.

    ``extras`` says what is taught besides the answer; nothing, until it is set.
    """

    def __init__(
        self,
        examples: Sequence[Example],
        model: ModelSection,
        *,
        batch_size: int,
        seed: int = 0,
        augment: AugmentSection | None = None,
        weights: NDArray[np.float32] | None = None,
        is_balanced: bool = False,
    ) -> None:
        """Nothing is read yet.

        Args:
            examples: the photos.
            model: input size, family, labels.
            batch_size: photos a batch; the last one may be smaller.
            seed: of order and augmentation.
            augment: how photos are changed; None serves them as the runtime does, in order.
            weights: float32 (N,), of each photo in the loss; None for 1.
            is_balanced: draw each class equally often.
        """
        self.examples, self.model, self.batch_size = list(examples), model, batch_size
        self._seed, self._augment, self._weights = seed, augment, weights
        self.extras = Extras()
        self._is_balanced = is_balanced

    def __len__(self) -> int:
        return -(-len(self.examples) // self.batch_size)

    def batch(self, index: int, epoch: int = 0) -> Batch:
        """Batch ``index`` of an epoch."""
        chosen = self._order(epoch)[index * self.batch_size : (index + 1) * self.batch_size]
        pairs = [self._pair(int(i), (epoch, index, place)) for place, i in enumerate(chosen)]
        answers = [p[1] for p in pairs]
        targets: Any = {k: np.stack([a[k] for a in answers]) for k in answers[0]}
        if self.extras.is_empty:
            targets = targets["answer"]
        photos = np.stack([p[0] for p in pairs])
        return (photos, targets) if self._weights is None else (photos, targets, self._weights[chosen])

    def _order(self, epoch: int) -> NDArray[np.int64]:
        if self._augment is None:
            return np.arange(len(self.examples))
        rng = np.random.default_rng((self._seed, epoch))
        return balanced_order(self.examples, rng) if self._is_balanced else rng.permutation(len(self.examples))

    def _pair(self, i: int, place: tuple[int, int, int]) -> tuple[NDArray[np.float32], dict[str, NDArray[np.float32]]]:
        example, size = self.examples[i], self.model.example_px
        # Boxes are in pixels of the whole photo; other photos are decoded no larger than they can be used.
        enough_px = None if self.model.family == "detection" else 2 * size
        image = decode_upright(example.path, example.path.name, at_least_px=enough_px)
        height, width = image.shape[:2]
        if self._augment is None:
            affine = plain_affine(height, width, size)
            image = resize_to(image, size, size)  # exactly as the runtime does
        else:
            # By place, not by photo alone: balanced sampling shows a photo more than once an epoch.
            rng = np.random.default_rng((self._seed, *place))
            affine = random_affine(height, width, size, self._augment, rng)
            image = augment_pixels(warp(image, affine, size), self._augment, rng)
        targets = {"answer": answer_target(example, self.model, affine)}
        if self.extras.also_mean.size:
            standardised = (example.also - self.extras.also_mean) / self.extras.also_deviation
            targets["also"] = standardised.astype(np.float32)
        if self.extras.masks:
            targets["attention"] = self._attention(example, affine, (height, width))
        return image.astype(np.float32) / 127.5 - 1, targets

    def _attention(self, example: Example, affine: Affine, shape: tuple[int, int]) -> NDArray[np.float32]:
        path = mask_file(example.path, self.extras.masks)
        mask = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE) if path.is_file() else None
        return mask_target(mask, affine, shape, self.model.example_px, self.extras.grid)


def answer_target(example: Example, model: ModelSection, affine: Affine) -> NDArray[np.float32]:
    """What the answer should be: a class number (1,), zeros and ones (K,), a value (1,), or centre maps."""
    if model.family == "regression":
        return np.array([example.value], dtype=np.float32)
    if model.family == "detection":
        size = model.example_px
        boxes = warp_boxes(example.boxes_xyxy_px, affine, size)
        return centre_targets(boxes, example.box_labels, len(model.labels), size, size)
    if model.multi_label:
        present = np.zeros(len(model.labels), dtype=np.float32)
        present[list(example.labels)] = 1.0
        return present
    return np.array([example.label], dtype=np.float32)


def standardisation(examples: Sequence[Example]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and deviation of ``Example.also`` over examples, at least one."""
    table = np.stack([e.also for e in examples])
    return table.mean(axis=0), np.maximum(table.std(axis=0), 1e-9)
