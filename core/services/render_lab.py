"""The render lab: a picture with known truth, what the models say about it, and how far off they are."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from core.errors import ConfigError
from core.render.scenes import CLOSE_UP, SCENES
from core.runtime.boxes import overlap_fractions
from core.services.context import Context
from core.services.render_desk import Picture
from core.services.render_process import Order
from core.services.thresholds import Thresholds, shown_findings
from core.services.wording import percent
from core.types import Finding, UInt8Image

PREVIEW_SAMPLES = 16  # the denoiser makes up for fewer than a dataset's 24
PREVIEW_PX = {"shackle": 256, "scene": 448, "top": 256, CLOSE_UP: 256}
MOST_PX = 1024  # of a preview; more belongs into a dataset
FOUND_OVERLAP = 0.5


@dataclass(frozen=True, slots=True)
class Verdict:
    """One answer against the truth.

    Attributes:
        words: one sentence.
        is_right: whether the answer holds.
    """

    words: str
    is_right: bool


def preview_order(
    scene: str, variant: str, seed: int, changes: Mapping[str, float | str], size_px: int | None = None
) -> Order:
    """The order of a preview.

    Args:
        scene, variant: see ``core.render.scenes.SCENES``.
        seed: 0 or more.
        changes: variable → value in place of what the seed drew.
        size_px: None for the usual one.

    Raises:
        ConfigError: unknown scene or variant, or a size or seed out of range.
    """
    if variant not in SCENES.get(scene, ()):
        known = "; ".join(f"{name}: {', '.join(variants)}" for name, variants in SCENES.items())
        raise ConfigError(f"scene and variant: expected one of {known}, received {scene!r}, {variant!r}")
    size_px = size_px or PREVIEW_PX[scene if scene == "shackle" else variant]
    if not 32 <= size_px <= MOST_PX:
        raise ConfigError(f"size_px: expected 32 to {MOST_PX}, received {size_px}")
    if not 0 <= seed < 2**53:
        raise ConfigError(f"seed: expected 0 to {2**53 - 1}, received {seed}")
    return Order(scene, variant, seed, dict(changes), size_px, PREVIEW_SAMPLES)


def answers(context: Context, picture: Picture) -> tuple[Finding, ...]:
    """What the models that are meant for such photos say; in the order in which an inspection asks them."""
    order = picture.order
    if order.scene == "shackle":
        return _predict(context, "shackle", picture.image_hwc)
    if order.variant == "top":
        return _predict_window(context, picture.image_hwc)
    if order.variant == CLOSE_UP:
        return _predict(context, "topcap", picture.image_hwc)
    found = _predict(context, "polecat", picture.image_hwc)
    is_wood = any(finding.label == "TREE" and finding.recognised for finding in found)
    return found + (_predict(context, "topcap", picture.image_hwc) if is_wood else ())


def verdicts(picture: Picture, findings: Sequence[Finding], thresholds: Thresholds) -> tuple[Verdict, ...]:
    """Each answer against the scene's own truth."""
    said = []
    for finding in findings:
        if finding.kind == "value":
            said.append(_value_verdict(finding, float(picture.truth["value"])))
        elif finding.kind == "class":
            said.append(_class_verdict(finding, str(picture.truth["label"])))
    if any(finding.kind == "box" for finding in findings) or picture.order.variant in ("top", CLOSE_UP):
        said.append(_box_verdict(picture, shown_findings(findings, thresholds)))
    return tuple(said)


def with_masks(picture: Picture, findings: Sequence[Finding] = ()) -> UInt8Image:
    """The picture with its truth drawn in: what is not the object is dimmed, joint or cap outlined in white.

    Args:
        picture: with at least the mask ``object``.
        findings: boxes that a model found, drawn as corners.
    """
    image = picture.image_hwc.copy()
    outside = ~picture.masks["object"]
    image[outside] = image[outside] // 3
    for name, mask_hw in picture.masks.items():
        if name != "object":
            _outline(image, mask_hw.astype(np.uint8))
    for box in picture.truth["boxes"]:
        _rectangle(image, box["box_xyxy_px"])
    for finding in findings:
        if finding.box_xyxy_px is not None:
            _corners(image, finding.box_xyxy_px)
    return image


def _predict(
    context: Context, model: str, image_hwc: UInt8Image, size_px: tuple[int, int] | None = None
) -> tuple[Finding, ...]:
    if model not in context.registry:
        return ()
    height_px, width_px = image_hwc.shape[:2]
    sha256 = hashlib.sha256(np.ascontiguousarray(image_hwc).tobytes()).hexdigest()
    return context.registry.model(model).predict(sha256, image_hwc, size_px or (width_px, height_px)).findings


def _predict_window(context: Context, image_hwc: UInt8Image) -> tuple[Finding, ...]:
    """A window is a part of a photo: put back on one of the size that it was cut from, so that its scale holds."""
    if "topcap" not in context.registry:
        return ()
    side_px = context.registry.folder("topcap").config.input.long_side_px or max(image_hwc.shape)
    height_px, width_px = image_hwc.shape[:2]
    if max(height_px, width_px) >= side_px:
        return _predict(context, "topcap", image_hwc)
    photo_hwc = np.empty((side_px, side_px, 3), np.uint8)
    photo_hwc[:] = image_hwc.mean((0, 1)).astype(np.uint8)
    photo_hwc[:height_px, :width_px] = image_hwc
    found = _predict(context, "topcap", photo_hwc)
    return tuple(f for f in found if f.box_xyxy_px and f.box_xyxy_px[0] < width_px and f.box_xyxy_px[1] < height_px)


def _value_verdict(finding: Finding, truth: float) -> Verdict:
    if finding.value is None or not finding.recognised:
        return Verdict(f"Truth: worn {percent(truth)}. The model does not recognise the photo.", False)
    off = abs(finding.value - truth) * 100
    low, high = finding.interval or (finding.value, finding.value)
    is_inside = low <= truth <= high
    holds = "The interval holds the truth." if is_inside else "The truth lies outside the interval."
    return Verdict(f"Truth: worn {percent(truth)}. Off by {off:.1f} points. {holds}", is_inside)


def _class_verdict(finding: Finding, truth: str) -> Verdict:
    if truth == "NONE":
        words = "Truth: no pole in the frame. "
        said = "The model does not recognise the photo, as it should." if not finding.recognised else "Not noticed."
        return Verdict(words + said, not finding.recognised)
    if not finding.recognised:
        return Verdict(f"Truth: {truth}. The model does not recognise the photo.", False)
    is_right = finding.label == truth
    return Verdict(f"Truth: {truth}. {'Right.' if is_right else f'Taken for {finding.label}.'}", is_right)


def _box_verdict(picture: Picture, findings: Sequence[Finding]) -> Verdict:
    truth = picture.truth["boxes"]
    boxes = [(finding.label, finding.box_xyxy_px) for finding in findings if finding.box_xyxy_px is not None]
    met = 0
    if truth and boxes:
        overlaps = overlap_fractions(
            np.array([box["box_xyxy_px"] for box in truth], np.float32), np.array([b for _, b in boxes], np.float32)
        )
        same = np.array([[box["label"] == label for label, _ in boxes] for box in truth])
        met = int(((overlaps >= FOUND_OVERLAP) & same).any(1).sum())
    false = len(boxes) - met
    words = f"Truth: {len(truth)} pole top{'' if len(truth) == 1 else 's'}, {met} found"
    return Verdict(f"{words}, {max(false, 0)} found where there is none.", met == len(truth) and false <= 0)


def _outline(image: UInt8Image, mask_hw: UInt8Image) -> None:
    edges, _ = cv2.findContours(mask_hw, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    for colour, width in ((0, 3), (255, 1)):  # a dark rim, so that it shows on snow
        cv2.drawContours(image, edges, -1, (colour,) * 3, width)


def _rectangle(image: UInt8Image, box_xyxy_px: Sequence[float]) -> None:
    x0, y0, x1, y1 = (round(side) for side in box_xyxy_px)
    for colour, width in ((0, 3), (255, 1)):
        cv2.rectangle(image, (x0, y0), (x1 - 1, y1 - 1), (colour,) * 3, width)


def _corners(image: UInt8Image, box_xyxy_px: Sequence[float]) -> None:
    x0, y0, x1, y1 = (round(side) for side in box_xyxy_px)
    arm = max(4, min(x1 - x0, y1 - y0) // 4)
    for colour, width in ((0, 5), (255, 3)):
        for x, y, way_x, way_y in ((x0, y0, 1, 1), (x1, y0, -1, 1), (x0, y1, 1, -1), (x1, y1, -1, -1)):
            cv2.line(image, (x, y), (x + way_x * arm, y), (colour,) * 3, width)
            cv2.line(image, (x, y), (x, y + way_y * arm), (colour,) * 3, width)
