"""The part of a photo that a network sees, and how a map of it lies on the whole photo."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.errors import ArrayShapeError, ConfigError, NotFoundError
from core.explain.subject import Subject
from core.explain.target import Target, Wish, box_target, read_wish, whole_photo_target
from core.imaging.decode import resize_to
from core.imaging.tiles import tile_origins
from core.runtime.preprocess import network_input, scale_to_unit
from core.runtime.registry import load_model
from core.types import BoolMask, BoxXyxyPx, FloatImage, UInt8Image

_TILE_MAP = 144  # cells a side of a tile's map before it is laid on the photo: places it within 2 px of 576


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """What the network sees of one photo.

    Attributes:
        x_nhwc: float32 (1, H, W, 3), the network's input.
        target: what is explained.
        tile: (left, top, width, height) of the input on the photo, as shares of the photo's sides; a tile may reach
            over its edges. None where the input is the whole photo.
        aspect: width / height of the photo.
    """

    x_nhwc: FloatImage
    target: Target
    tile: tuple[float, float, float, float] | None = None
    aspect: float = 1.0

    def on_photo(self, map_hw: FloatImage) -> FloatImage:
        """A map of the input as a map of the whole photo: float32; 0 where the network did not look."""
        return map_hw if self.tile is None else tile_on_photo(map_hw, self.tile)

    def of_photo(self, mask_hw: BoolMask) -> BoolMask:
        """The part of a photo's mask that the network saw, bool; False beyond the photo."""
        if self.tile is None:
            return mask_hw
        height_px, width_px = mask_hw.shape
        left, top, width, height = self.tile
        rows, columns = max(1, round(height * height_px)), max(1, round(width * width_px))
        shift = np.array([[1, 0, -left * width_px], [0, 1, -top * height_px]], np.float32)
        seen = cv2.warpAffine(mask_hw.astype(np.uint8), shift, (columns, rows), flags=cv2.INTER_NEAREST)
        return np.asarray(seen > 0)


def tile_on_photo(map_hw: FloatImage, tile: tuple[float, float, float, float]) -> FloatImage:
    """A map of a tile as a map of the whole photo, float32; 0 beside the tile. ``tile``: see ``View``."""
    left, top, width, height = tile
    columns = max(1, round(_TILE_MAP / width))
    rows = max(1, round(_TILE_MAP / height))
    fine = cv2.resize(map_hw, (_TILE_MAP, _TILE_MAP), interpolation=cv2.INTER_LINEAR)
    shift = np.array([[1, 0, left * columns], [0, 1, top * rows]], np.float32)
    return np.asarray(cv2.warpAffine(fine, shift, (columns, rows), flags=cv2.INTER_LINEAR), np.float32)


def view_photo(subject: Subject, image_hwc: UInt8Image | FloatImage, target: str | int | None) -> View:
    """Bring a photo to the network's input and find the target in the answer.

    Args:
        subject: the network.
        image_hwc: uint8 RGB (H, W, 3) of any size; for networks that are no shipped version also float32 of
            exactly the input's shape, taken as it is.
        target: see ``core.explain.target.read_wish``; boxes in pixels of ``image_hwc``.

    Raises:
        ArrayShapeError: the image is none of these.
        ConfigError: no such class or box.
        NotFoundError: the best box was asked for, and the detector finds none.
    """
    wish = read_wish(subject, target)
    if subject.folder is not None and subject.family == "detection":
        return _tile_view(subject, _photo(image_hwc), wish)
    x_nhwc = _whole_input(subject, image_hwc)
    answer = subject.ask(x_nhwc)[0]
    aspect = image_hwc.shape[1] / image_hwc.shape[0]
    if answer.ndim == 1:
        return View(x_nhwc, whole_photo_target(subject, wish, answer), aspect=aspect)
    if wish.label_index is None:
        raise ConfigError(f"{subject.name}: expected a target, one of {', '.join(subject.labels)}")
    plane = answer[..., wish.label_index]
    row, column = np.unravel_index(int(np.argmax(plane * wish.sign)), plane.shape)
    text = ("-" if wish.sign < 0 else "") + subject.labels[wish.label_index]
    index = (int(row), int(column), wish.label_index)
    return View(x_nhwc, Target(f"{text} at row {row}, column {column}", index, wish.sign), aspect=aspect)


def plain_view(subject: Subject, image_hwc: UInt8Image, around: BoxXyxyPx | None = None) -> View:
    """A photo as the network's input without a target; of a detector the tile around a box, or in the middle.

    Args:
        subject: the network.
        image_hwc: uint8 RGB (H, W, 3) of any size.
        around: (x_min, y_min, x_max, y_max), pixels of ``image_hwc``; for detectors alone.
    """
    nothing = Target("", ())
    aspect = image_hwc.shape[1] / image_hwc.shape[0]
    if subject.folder is None or subject.folder.config.input.long_side_px is None:
        return View(_whole_input(subject, image_hwc), nothing, aspect=aspect)
    size = subject.folder.config.input
    original = _photo(image_hwc).shape[:2]
    shrink = subject.folder.config.input.long_side_px / max(original)
    height_px, width_px = (max(1, round(side_px * shrink)) for side_px in original)
    box = np.array(around or (0, 0, original[1], original[0]), np.float32) * shrink
    left_px, top_px = _tile_around(box, (height_px, width_px), size.height_px, size.tile_overlap_px or 0)
    x_nhwc = _tile_input(resize_to(image_hwc, height_px, width_px), (left_px, top_px), size.height_px)
    shares = (left_px / width_px, top_px / height_px, size.width_px / width_px, size.height_px / height_px)
    return View(x_nhwc, nothing, shares, width_px / height_px)


def masked_view(subject: Subject, image_hwc: UInt8Image, mask_hw: BoolMask | None) -> tuple[View, BoolMask | None]:
    """A photo as the network's input, of a detector the tile around a mask, and what the network sees of the mask.

    Args:
        subject: the network.
        image_hwc: uint8 RGB (H, W, 3) of any size.
        mask_hw: bool (H, W), or None.

    Raises:
        ArrayShapeError: the mask has another size than the photo.
    """
    if mask_hw is None:
        return plain_view(subject, image_hwc), None
    if mask_hw.shape != image_hwc.shape[:2]:
        (height_px, width_px), (rows, columns) = image_hwc.shape[:2], mask_hw.shape
        raise ArrayShapeError(f"mask_hw: expected the photo's {width_px} × {height_px} px, got {columns} × {rows} px")
    around = None
    if mask_hw.any():
        rows, columns = (np.flatnonzero(mask_hw.any(axis=axis)) for axis in (1, 0))
        around = (float(columns[0]), float(rows[0]), float(columns[-1] + 1), float(rows[-1] + 1))
    view = plain_view(subject, image_hwc, around)
    return view, view.of_photo(mask_hw)


def plain_input(subject: Subject, image_hwc: UInt8Image) -> FloatImage:
    """A photo as the network's input, float32 (1, H, W, 3); see ``plain_view``."""
    return plain_view(subject, image_hwc).x_nhwc


def _tile_input(photo_hwc: UInt8Image, corner_px: tuple[int, int], side_px: int) -> FloatImage:
    left_px, top_px = corner_px
    tile = photo_hwc[top_px : top_px + side_px, left_px : left_px + side_px]
    below_px, beside_px = side_px - tile.shape[0], side_px - tile.shape[1]
    # Mirrored beyond the photo, as when the detector answers.
    tile = np.asarray(cv2.copyMakeBorder(tile, 0, below_px, 0, beside_px, cv2.BORDER_REFLECT_101), np.uint8)
    return scale_to_unit(tile)[None]


def _whole_input(subject: Subject, image_hwc: UInt8Image | FloatImage) -> FloatImage:
    height_px, width_px = subject.input_size_px
    if subject.folder is None and image_hwc.dtype == np.float32:
        expected = tuple(subject.network.input_shape[1:])
        if image_hwc.shape != expected:
            raise ArrayShapeError(f"image_hwc: expected float32 {expected}, got {image_hwc.shape}")
        return np.ascontiguousarray(image_hwc[None], np.float32)
    return network_input(_photo(image_hwc), height_px, width_px)


def _photo(image_hwc: UInt8Image | FloatImage) -> UInt8Image:
    if image_hwc.ndim != 3 or image_hwc.shape[2] != 3 or image_hwc.dtype != np.uint8:
        raise ArrayShapeError(f"image_hwc: expected uint8 (H, W, 3), got {image_hwc.dtype} {image_hwc.shape}")
    return np.asarray(image_hwc, np.uint8)


def _tile_view(subject: Subject, image_hwc: UInt8Image, wish: Wish) -> View:
    folder = subject.folder
    assert folder is not None
    assert folder.config.input.long_side_px is not None
    size, original = folder.config.input, image_hwc.shape[:2]
    wish = _with_box(subject, image_hwc, wish)
    assert wish.box_xyxy_px is not None
    assert wish.label_index is not None
    shrink = folder.config.input.long_side_px / max(original)
    height_px, width_px = (max(1, round(side_px * shrink)) for side_px in original)
    photo = resize_to(image_hwc, height_px, width_px)
    scale = np.array([width_px / original[1], height_px / original[0]] * 2, np.float32)
    box = np.asarray(wish.box_xyxy_px, np.float32) * scale
    left_px, top_px = _tile_around(box, (height_px, width_px), size.height_px, size.tile_overlap_px or 0)
    x_nhwc = _tile_input(photo, (left_px, top_px), size.height_px)
    origin = np.array([left_px, top_px] * 2, np.float32)
    text = ("-" if wish.sign < 0 else "") + subject.labels[wish.label_index]
    text += ":" + ",".join(f"{side:.0f}" for side in wish.box_xyxy_px)
    target = box_target(subject, wish, subject.ask(x_nhwc)[0], box - origin, folder.config.stride_px or 8, text)
    shares = (left_px / width_px, top_px / height_px, size.width_px / width_px, size.height_px / height_px)
    return View(x_nhwc, target, shares, width_px / height_px)


def _with_box(subject: Subject, image_hwc: UInt8Image, wish: Wish) -> Wish:
    """The wish with a box: the chosen one, or the detector's best."""
    if wish.box_xyxy_px is not None and wish.label_index is not None:
        x_min, y_min, x_max, y_max = wish.box_xyxy_px
        height_px, width_px = image_hwc.shape[:2]
        if x_max <= 0 or y_max <= 0 or x_min >= width_px or y_min >= height_px:
            raise ConfigError(f"target: expected a box in the photo of {width_px} × {height_px} px, got one beside it")
        return wish
    assert subject.folder is not None
    height_px, width_px = image_hwc.shape[:2]
    prediction = load_model(subject.folder).predict("", image_hwc, (width_px, height_px))
    name = None if wish.label_index is None else subject.labels[wish.label_index]
    for finding in prediction.findings:
        if name in (None, finding.label) and finding.box_xyxy_px is not None:
            return Wish(subject.labels.index(finding.label), wish.sign, finding.box_xyxy_px)
    raise NotFoundError(
        f"{subject.name}: no box{f' {name}' if name else ''} in this photo; draw one: LABEL:x_min,y_min,x_max,y_max"
    )


def _tile_around(
    box_xyxy: NDArray[np.float32], size_px: tuple[int, int], tile_px: int, overlap_px: int
) -> tuple[int, int]:
    """Upper left corner of the tile, of those that the detector looks at, in whose middle the box lies most."""
    middle = (box_xyxy[:2] + box_xyxy[2:]) / 2
    origins = tile_origins(*size_px, tile_px, overlap_px)
    return min(origins, key=lambda origin: float(np.abs(np.array(origin) + tile_px / 2 - middle).max()))
