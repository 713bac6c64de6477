"""A photo on disk explained, and written as picture or numbers: what ``gridlens explain`` and ``features`` call.

TensorFlow is loaded by the first explanation, not by importing this file.
"""

from __future__ import annotations

import dataclasses
import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from core.errors import ConfigError
from core.imaging import decode_upright, describe, resize_to_long_side
from core.imaging.variants import STANDARD_LONG_SIDE_PX
from core.runtime.model_config import ModelFolder
from core.runtime.registry import load_model
from core.types import BoolMask, FloatImage, Photo, UInt8Image
from core.whole_files import write_whole

if TYPE_CHECKING:
    from core.explain.features import FeatureMaps, Order
    from core.explain.result import Explanation

_BOX_TAIL = re.compile(r":(?P<box>[-\d.,\s]+)$")


@dataclass(frozen=True, eq=False)
class PhotoExplanation:
    """One explained photo.

    Attributes:
        photo: the photo.
        image_hwc: uint8 RGB, its upright standard variant.
        explanation: see ``core.explain.result``; boxes in its target are in pixels of the original.
        recognised: False where the model says that the photo resembles nothing it has learned from.
    """

    photo: Photo
    image_hwc: UInt8Image
    explanation: Explanation
    recognised: bool

    def full_map(self) -> FloatImage:
        """The map at the standard variant's size: float32 (H, W), 0 to 1, signed −1 to 1."""
        from core.explain.scores import resized

        return resized(self.explanation.map_hw, self.image_hwc.shape[:2])


def explain_photo(
    folder: ModelFolder,
    path: Path,
    *,
    method: str | None = None,
    layer: str | None = None,
    target: str | None = None,
    mask_path: Path | None = None,
    max_pixels: int = 300_000_000,
) -> PhotoExplanation:
    """Explain one photo.

    Args:
        folder: the model version.
        path: the photo.
        method, layer, target: see ``core.explain.explain``; boxes in pixels of the upright original.
        mask_path: picture that is not black where the object is; of the photo's proportions.
        max_pixels: larger photos are refused.

    Raises:
        PhotoError: photo or mask cannot be read.
        NotFoundError, ConfigError, ArrayShapeError: see ``core.explain.explain``.
    """
    from core.explain import explain

    photo, image_hwc = read_standard(path, max_pixels)
    scale = image_hwc.shape[1] / photo.width_px
    mask_hw = read_mask(mask_path, image_hwc.shape[:2]) if mask_path else None
    found = explain(folder, image_hwc, method, layer, scaled_target(target, scale), mask_hw=mask_hw)
    found = dataclasses.replace(found, target=scaled_target(found.target, 1 / scale) or "")
    prediction = load_model(folder).predict(photo.sha256, image_hwc, (photo.width_px, photo.height_px))
    return PhotoExplanation(photo, image_hwc, found, all(finding.recognised for finding in prediction.findings))


def explanation_document(result: PhotoExplanation) -> dict[str, Any]:
    """The JSON beside an exported map (DESIGN section 9)."""
    found = result.explanation
    return {
        **explanation_facts(found, result.photo, result.recognised),
        "scores": dict(found.scores),
        "trust": trust_document(found.scores, recognised=result.recognised),
    }


def trust_document(scores: Mapping[str, float], *, recognised: bool) -> dict[str, Any] | None:
    """What the scores amount to, as JSON; None where there are none. See ``core.explain.trust``."""
    from core.explain.trust import judge

    return dataclasses.asdict(judge(scores, recognised=recognised)) if scores else None


def explanation_facts(found: Explanation, photo: Photo, recognised: bool) -> dict[str, Any]:
    """What of whom on which photo was explained, and what came of it, as JSON; its scores and map aside."""
    return {
        "model": found.model,
        "version": found.version,
        "photo": photo.name,
        "sha256": photo.sha256,
        "method": found.method,
        "layer": found.layer,
        "target": found.target,
        "answer": found.answer,
        "signed": found.signed,
        "peak": found.peak,
        "evidence": found.has_evidence,
        "reason": found.reason,
        "recognised": recognised,
    }


def write_explanation(result: PhotoExplanation, out: Path) -> tuple[Path, ...]:
    """Write the map as ``.png`` (over the photo) or ``.npy``, and its JSON beside it.

    Without evidence the JSON alone is written: a blank picture would look like an answer.

    Returns:
        The files written.

    Raises:
        ConfigError: ``out`` ends otherwise.
        StoreError: it cannot be written.
    """
    from core.explain.picture import overlay

    check_ending(out)
    document = out.with_suffix(".json")
    write_whole(document, json.dumps(explanation_document(result), indent=1, ensure_ascii=False).encode())
    if not result.explanation.has_evidence:
        return (document,)
    if out.suffix == ".npy":
        write_whole(out, npy_bytes(result.full_map()))
    else:
        picture = overlay(result.image_hwc, result.explanation.map_hw, signed=result.explanation.signed)
        write_whole(out, png_bytes(picture))
    return out, document


def photo_features(
    folder: ModelFolder, path: Path, layer: str, max_pixels: int = 300_000_000, mask_path: Path | None = None
) -> tuple[FeatureMaps, BoolMask | None]:
    """A layer's output for a photo, and what the network sees of the mask.

    Of a detector for the tile around the mask, or in the photo's middle, at the model's own scale.

    Raises:
        PhotoError: the photo cannot be read.
        NotFoundError, ConfigError: no such layer, one without rows and columns, or no mask there.
        ArrayShapeError: the mask has other proportions than the photo.
    """
    from core.explain import subject_of
    from core.explain.features import feature_maps
    from core.explain.view import masked_view

    subject = subject_of(folder)
    _, image_hwc = read_standard(path, max_pixels)
    mask_hw = read_mask(mask_path, image_hwc.shape[:2]) if mask_path else None
    view, seen_hw = masked_view(subject, image_hwc, mask_hw)
    return feature_maps(subject, view.x_nhwc, [layer])[0], seen_hw


def write_features(
    maps: FeatureMaps,
    out: Path,
    order: Order = "energy",
    details: Mapping[str, Any] | None = None,
    mask_hw: BoolMask | None = None,
) -> None:
    """Write channels as ``.npy`` (float32 (H', W', C), in the network's order) or as a ``.png`` grid.

    Args:
        maps: a layer's output.
        out: where to; its JSON lies beside it.
        order: of the picture and the JSON.
        details: what the JSON says beside.
        mask_hw: bool, of what the network saw: how much each channel answers there is written, too.

    Raises:
        ConfigError: ``out`` ends otherwise, or an order by the mask without one.
        ArrayShapeError: the mask covers nothing or all of what the network saw.
        StoreError: it cannot be written.
    """
    from core.explain.picture import channel_grid

    check_ending(out)
    channels = maps.sorted_channels(order, mask_hw)
    energy = maps.energy()
    rows = [{"channel": int(k), "energy": float(energy[k])} for k in channels]
    if mask_hw is not None:
        response = maps.mask_response(mask_hw)
        rows = [{**row, "response": float(response[k])} for row, k in zip(rows, channels, strict=True)]
    if out.suffix == ".npy":
        write_whole(out, npy_bytes(maps.maps_hwc))
    else:
        write_whole(out, png_bytes(channel_grid(maps.maps_hwc, channels)))
    document = {**(details or {}), "layer": maps.layer, "shape": list(maps.maps_hwc.shape), "channels": rows}
    write_whole(out.with_suffix(".json"), json.dumps(document, indent=1).encode())


def read_standard(path: Path, max_pixels: int) -> tuple[Photo, UInt8Image]:
    """A photo and its upright standard variant, uint8 (H, W, 3).

    Raises:
        PhotoError: not a photo, or too large.
    """
    if not path.is_file():
        raise ConfigError(f"{path}: expected a photo, found none")
    photo = describe(path, path.name, max_pixels)
    image_hwc = decode_upright(path, path.name, at_least_px=STANDARD_LONG_SIDE_PX)
    return photo, resize_to_long_side(image_hwc, STANDARD_LONG_SIDE_PX)


def read_mask(path: Path, shape: tuple[int, ...]) -> BoolMask:
    """A mask picture at a photo's size, bool (H, W); a mask of other proportions keeps its own, to be refused.

    Raises:
        ConfigError: no picture there.
    """
    mask = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE) if path.is_file() else None
    if mask is None:
        raise ConfigError(f"{path}: expected a mask picture, found none")
    if abs(mask.shape[1] / mask.shape[0] - shape[1] / shape[0]) < 0.02:
        mask = cv2.resize(mask, (shape[1], shape[0]), interpolation=cv2.INTER_NEAREST)
    return np.asarray(mask > 0)


def scaled_target(target: str | None, scale: float) -> str | None:
    """A target whose box, if it has one, is multiplied by ``scale``."""
    match = _BOX_TAIL.search(target) if target else None
    if target is None or match is None or scale == 1:
        return target
    try:
        sides = [float(side) * scale for side in match["box"].split(",")]
    except ValueError:
        return target  # told off, with the text as it was given, where targets are read
    return target[: match.start()] + ":" + ",".join(f"{side:.1f}" for side in sides)


def npy_bytes(array: FloatImage) -> bytes:
    """An array as a ``.npy`` file."""
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    return buffer.getvalue()


def png_bytes(image_hwc: UInt8Image) -> bytes:
    """RGB pixels as a PNG file."""
    return bytes(cv2.imencode(".png", cv2.cvtColor(image_hwc, cv2.COLOR_RGB2BGR))[1].tobytes())


def check_ending(out: Path) -> None:
    """Refuse a name that says neither picture nor numbers; before the work, not after it.

    Raises:
        ConfigError: it ends neither in .png nor in .npy.
    """
    if out.suffix not in (".png", ".npy"):
        raise ConfigError(f"--out {out}: expected a file ending in .png or .npy, got {out.suffix or 'no ending'!r}")
