"""Which number is explained: a class, a value or its opposite, or one chosen box."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.errors import ConfigError
from core.explain.subject import Subject
from core.runtime.boxes import cell_boxes, overlap_fractions
from core.runtime.calibration import sigmoid
from core.types import BoxXyxyPx, FloatImage

_BOX = re.compile(r"^(?P<label>.*):(?P<box>[^:]+)$")
_WORTH_A_LOOK = 0.1  # overlap from which a cell's own box is taken for the chosen one


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person asked to have explained, read but not looked up in an answer.

    Attributes:
        label_index: place in the labels; None for the best.
        sign: 1, or −1 for the opposite.
        box_xyxy_px: for a detector, in pixels of the photo; None for the best box.
    """

    label_index: int | None = None
    sign: int = 1
    box_xyxy_px: BoxXyxyPx | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """One number of the network's answer.

    Attributes:
        text: how it is named in results.
        index: its place in the answer, batch axis left out.
        sign: 1, or −1 where the opposite is explained.
        box_xyxy: for a detector, the box in pixels of the network's input, float32 (4,); None for others.
    """

    text: str
    index: tuple[int, ...]
    sign: int = 1
    box_xyxy: NDArray[np.float32] | None = None


def read_wish(subject: Subject, target: str | int | None) -> Wish:
    """Understand ``TREE``, ``-TREE``, ``2``, ``-worn fraction`` or ``whole top cap:10,20,60,70``.

    Raises:
        ConfigError: no such class, a number out of range, or a box that is none.
    """
    if target is None or target == "":
        return Wish()
    if isinstance(target, int):
        return Wish(_in_range(subject, target))
    text, sign = (target[1:].strip(), -1) if target.startswith("-") else (target, 1)
    box = None
    match = _BOX.match(text) if subject.family == "detection" else None
    if match:
        text, box = match["label"], _read_box(match["box"])
    if text in subject.labels:
        return Wish(subject.labels.index(text), sign, box)
    if text.isdigit():
        return Wish(_in_range(subject, int(text)), sign, box)
    raise ConfigError(f"target {target!r}: expected one of {', '.join(subject.labels)} (- before it for the opposite)")


def whole_photo_target(subject: Subject, wish: Wish, answer: FloatImage) -> Target:
    """The target in the answer (K,) of a classifier or a regressor; the best class where none was wished for."""
    if wish.label_index is not None:
        best = wish.label_index
    else:
        # The reject class is no answer that a person gets to see.
        reject = subject.folder is not None and subject.folder.config.reject_label is not None
        best = int(np.argmax(answer[:-1] if reject else answer))
    return Target(("-" if wish.sign < 0 else "") + subject.labels[best], (best,), wish.sign)


def box_target(
    subject: Subject, wish: Wish, answer_hwk: FloatImage, box_xyxy: NDArray[np.float32], stride_px: int, text: str
) -> Target:
    """The cell that gives a box, or that would have to.

    Args:
        subject: a detector.
        wish: with ``label_index`` set.
        answer_hwk: float32 (H', W', K + 4).
        box_xyxy: float32 (4,), pixels of the network's input.
        stride_px: pixels a cell.
        text: for the result.
    """
    assert wish.label_index is not None
    height, width = answer_hwk.shape[:2]
    boxes = all_cell_boxes(answer_hwk, len(subject.labels), stride_px)
    overlap = overlap_fractions(boxes, box_xyxy[None])[:, 0]
    merit = overlap * sigmoid(answer_hwk[..., wish.label_index].reshape(-1))
    cell = int(np.argmax(merit))
    if overlap[cell] < _WORTH_A_LOOK:
        # It sees nothing there: why not is asked of the cell in the box's middle.
        x, y = (box_xyxy[:2] + box_xyxy[2:]) / 2 / stride_px
        cell = int(np.clip(y, 0, height - 1)) * width + int(np.clip(x, 0, width - 1))
    return Target(text, (cell // width, cell % width, wish.label_index), wish.sign, box_xyxy)


def all_cell_boxes(answer_hwk: FloatImage, label_count: int, stride_px: int) -> NDArray[np.float32]:
    """The box of every cell, row by row: float32 (H' · W', 4), pixels of the network's input."""
    cells = np.argwhere(np.ones(answer_hwk.shape[:2], bool))
    return cell_boxes(answer_hwk[..., label_count : label_count + 4], cells, stride_px)


def _in_range(subject: Subject, index: int) -> int:
    if not 0 <= index < len(subject.labels):
        raise ConfigError(
            f"target {index}: expected a class from 0 to {len(subject.labels) - 1} ({', '.join(subject.labels[:8])})"
        )
    return index


def _read_box(text: str) -> BoxXyxyPx:
    try:
        x_min, y_min, x_max, y_max = (float(part) for part in text.split(","))
    except ValueError as error:
        raise ConfigError(f"target: expected a box x_min,y_min,x_max,y_max in pixels, got {text!r}") from error
    if not (x_min < x_max and y_min < y_max):
        raise ConfigError(f"target: expected a box with x_min < x_max and y_min < y_max, got {text!r}")
    return x_min, y_min, x_max, y_max
