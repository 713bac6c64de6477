"""Where the object is: the masks that lie beside a render, or a box that a person drew."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.config import REPOSITORY, Settings
from core.errors import ArrayShapeError
from core.services.explain import read_mask
from core.types import BoolMask, BoxXyxyPx, Photo

SCORED_SIDE_PX = 256


@dataclass(frozen=True, slots=True)
class ObjectPlace:
    """Where the object is; one of the two.

    Attributes:
        mask_path: a picture that is not black there.
        box_xyxy_px: pixels of the upright original.
    """

    mask_path: Path | None = None
    box_xyxy_px: BoxXyxyPx | None = None


def find_masks(settings: Settings, photo: Photo) -> dict[str, Path]:
    """A render's masks by name (``object``, ``joint``, ``cap`` …), found by its file's name and bytes.

    Looked for in the folders of renders that the server knows: those of the Render lab, and ``renders/`` and
    ``sample_data/`` beside the code. A render that was changed is no longer the one that the mask belongs to.
    """
    stem = Path(photo.name).stem
    for image in _namesakes(settings, photo.name):
        masks = sorted(image.parent.parent.glob(f"masks/{stem}_*.png"))
        if masks and image.stat().st_size == photo.byte_count and _sha256(image) == photo.sha256:
            return {path.stem.removeprefix(f"{stem}_"): path for path in masks}
    return {}


def place_mask(place: ObjectPlace, size_px: tuple[int, int], shape: tuple[int, ...]) -> BoolMask:
    """The place as a mask of a photo's variant.

    Args:
        place: the place.
        size_px: (width, height) of the upright original.
        shape: (height, width) of the variant.

    Returns:
        bool, of that shape.

    Raises:
        ConfigError: the mask cannot be read.
        ArrayShapeError: the box lies beside the photo.
    """
    if place.mask_path is not None:
        return read_mask(place.mask_path, shape)
    assert place.box_xyxy_px is not None
    scale = np.array([shape[1] / size_px[0], shape[0] / size_px[1]] * 2)
    left, top, right, bottom = (np.array(place.box_xyxy_px) * scale).round().astype(int).tolist()
    mask = np.zeros(shape[:2], bool)
    mask[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)] = True
    if not mask.any():
        raise ArrayShapeError(
            f"box: expected one within the photo of {size_px[0]} × {size_px[1]} px, got {place.box_xyxy_px}"
        )
    return mask


def scored_shape(shape: tuple[int, ...]) -> tuple[int, int]:
    """(height, width), smaller than ``shape`` and of its proportions, at which maps are laid on masks.

    Ranking 20 random maps at 2048 px took 20 s, and the scores differed in the third digit.
    """
    shrink = min(1.0, SCORED_SIDE_PX / max(shape[:2]))
    return max(1, round(shape[0] * shrink)), max(1, round(shape[1] * shrink))


def _namesakes(settings: Settings, name: str) -> Iterator[Path]:
    if "/" in name or "\\" in name or any(sign in name for sign in "*?["):
        return
    for root in (settings.home / "renders", REPOSITORY / "renders", REPOSITORY / "sample_data"):
        if root.is_dir():
            yield from sorted(path for path in root.glob(f"*/images/{name}") if path.is_file())


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
