"""What both readers of predictions and truth give: columns, and what each row is called in messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """Rows of a file of predictions or truth.

    Attributes:
        file: as the person named it.
        photo: name of each row's photo.
        label: of each row; "" for a photo that shows nothing (truth).
        score: float64 (N,); empty for truth.
        boxes_xyxy: float64 (N, 4), zeros where there is none; None for labels of whole photos.
        rows: line or place of each row.
        row_word: what a place is called; "" for the line of a CSV.
        area, size, is_crowd: of boxes, where the file tells more than the corners do.
        photo_names: every photo in the order of its index; () where the rows tell.
        photo_ids: COCO's image id → name; None in a CSV.
        label_names: every label in the order of its index; None where the rows tell.
        label_ids: COCO's category id → name; None in a CSV.
        notes: what is unusual, in words.
    """

    file: str
    photo: Sequence[str]
    label: Sequence[str]
    score: Float
    boxes_xyxy: Float | None
    rows: Sequence[int]
    row_word: str = ""
    area: Float | None = None
    size: Float | None = None
    is_crowd: Bools | None = None
    photo_names: tuple[str, ...] = ()
    photo_ids: Mapping[object, str] | None = None
    label_names: tuple[str, ...] | None = None
    label_ids: Mapping[object, str] | None = None
    notes: tuple[str, ...] = ()

    def place(self, k: int) -> int | str:
        """What the k-th row is called in a message."""
        return f"{self.row_word} {self.rows[k]}" if self.row_word else self.rows[k]

    def taken(self, kept: Ints) -> Columns:
        """Only some rows, without what is known of all."""

        def some(column: NDArray[Any] | None) -> NDArray[Any] | None:
            return None if column is None else column[kept]

        return Columns(
            self.file,
            [self.photo[k] for k in kept],
            [self.label[k] for k in kept],
            self.score[kept] if len(self.score) else self.score,
            some(self.boxes_xyxy),
            [self.rows[k] for k in kept],
            self.row_word,
            some(self.area),
            some(self.size),
            some(self.is_crowd),
        )
