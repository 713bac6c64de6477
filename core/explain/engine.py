"""``explain``: a model, a photo, a method, a layer and a target in; a map with its reasons and scores out."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import numpy as np

from core.errors import ConfigError
from core.explain.defaults import default_choice
from core.explain.depth_maps import layercam_depths
from core.explain.evidence import missing_evidence
from core.explain.layer_maps import RawMap, forward_maps, gradient_maps
from core.explain.layers import find_spatial_layer, last_spatial_layer
from core.explain.methods import PHOTO_LAYER, Method, find_method
from core.explain.perturbed_maps import drise, occlusion
from core.explain.pixel_maps import integrated_gradients, saliency, smoothgrad
from core.explain.result import Explanation
from core.explain.scoring import score_explanation
from core.explain.subject import Subject, subject_of
from core.explain.view import View, view_photo
from core.runtime.model_config import ModelFolder
from core.types import BoolMask, FloatImage, UInt8Image

_PIXEL_METHODS = {
    "layercam_depths": layercam_depths,
    "saliency": saliency,
    "smoothgrad": smoothgrad,
    "integrated_gradients": integrated_gradients,
    "occlusion": occlusion,
    "drise": drise,
}
# One explanation at a time: four people at once wait for each other instead of taking four times the memory.
_TURN = threading.RLock()


def explain(
    model: str | ModelFolder | Subject | Any,
    image_hwc: UInt8Image | FloatImage,
    method: str | None = None,
    layer: str | None = None,
    target: str | int | None = None,
    *,
    signed: bool | None = None,
    mask_hw: BoolMask | None = None,
) -> Explanation:
    """Where an answer comes from.

    Args:
        model: name, folder name or version of a shipped model, its ModelFolder, a Keras network (functional,
            nested, Sequential, several outputs) or a Subject.
        image_hwc: uint8 RGB (H, W, 3), upright, any size; for networks that are no shipped version also float32
            of exactly the input's shape.
        method: a key of ``METHODS``; by default the one that measured best for the model, with its layer.
        layer: for methods at a layer; by default the one that measured best, or the last with rows and columns.
        target: label or index, with ``-`` before it for the opposite; ``LABEL:x_min,y_min,x_max,y_max`` in pixels of
            the photo for a detector. By default the best class, the value, or the best box.
        signed: whether the map says what lowers the answer, too; by default for regression alone.
        mask_hw: bool, the size of the photo, where the object is; adds scores against it.

    Returns:
        The explanation. Where there is no evidence it says why, and its map is empty.

    Raises:
        NotFoundError: no such model, method or layer; or no box in the photo.
        ConfigError: a layer without spatial extent or gradient, a class out of range, a method that does not fit.
        ArrayShapeError: the image or the mask has another shape.
    """
    subject = subject_of(model)
    chosen, at = _choose(subject, method, layer)
    return explain_layers(subject, [image_hwc], chosen, [at] if at else (), [target], signed=signed, masks=[mask_hw])[
        0
    ][0]


def explain_layers(
    model: str | ModelFolder | Subject | Any,
    images: Sequence[UInt8Image | FloatImage],
    method: str,
    layers: Sequence[str] = (),
    targets: Sequence[str | int | None] | None = None,
    *,
    signed: bool | None = None,
    masks: Sequence[BoolMask | None] | None = None,
) -> list[tuple[Explanation, ...]]:
    """As ``explain``, for several photos and layers; gradient methods take them all in one pass.

    Args:
        model, method, signed: as ``explain``.
        images: photos; their number bounds the memory, keep it to a few.
        layers: at least one for methods at layers (by default the deepest); none for methods over pixels.
        targets, masks: one a photo.

    Returns:
        For each photo one explanation a layer, in the order given.

    Raises:
        As ``explain``.
    """
    subject, how = subject_of(model), find_method(method)
    signed = subject.is_signed if signed is None else signed
    names = _layer_names(subject, how, layers)
    with _TURN:
        views = [
            view_photo(subject, image, target)
            for image, target in zip(images, targets or [None] * len(images), strict=True)
        ]
        raw = _raw_maps(subject, views, how, names, signed)
    return [
        tuple(
            _explanation(subject, view, how, name, by_layer[name], signed, None if masks is None else masks[n])
            for name in names
        )
        for n, (view, by_layer) in enumerate(zip(views, raw, strict=True))
    ]


def default_layer(subject: Subject) -> str:
    """The layer that a method is read at unless someone says otherwise: the head's, or the deepest."""
    return subject.folder.config.feature_layer if subject.folder else last_spatial_layer(subject.network)


def _choose(subject: Subject, method: str | None, layer: str | None) -> tuple[str, str | None]:
    best_method, best_layer = default_choice(subject)
    chosen = find_method(method or best_method)
    if chosen.place == "photo":
        return chosen.name, layer
    if layer is None and chosen.name == best_method and best_layer != PHOTO_LAYER:
        layer = best_layer
    return chosen.name, layer


def _layer_names(subject: Subject, method: Method, layers: Sequence[str]) -> list[str]:
    if method.place == "photo":
        if [name for name in layers if name != PHOTO_LAYER]:
            raise ConfigError(f"{method.name}: expected no layer, since the map is over pixels, got {layers[0]!r}")
        return [PHOTO_LAYER]
    return [find_spatial_layer(subject.network, name)[0] for name in layers or [default_layer(subject)]]


def _raw_maps(
    subject: Subject, views: Sequence[View], method: Method, names: Sequence[str], signed: bool
) -> list[dict[str, RawMap]]:
    if method.name in _PIXEL_METHODS:
        make = _PIXEL_METHODS[method.name]
        return [{PHOTO_LAYER: RawMap(make(subject, view.x_nhwc, view.target, signed=signed))} for view in views]
    if method.name in ("cam", "eigencam", "scorecam"):
        return [forward_maps(subject, view, method.name, names, signed=signed) for view in views]
    return gradient_maps(subject, views, method.name, names, signed=signed)


def _explanation(
    subject: Subject, view: View, method: Method, layer: str, raw: RawMap, signed: bool, mask_hw: BoolMask | None
) -> Explanation:
    answer = float(subject.ask(view.x_nhwc)[0][view.target.index])
    reason = missing_evidence(subject, view, layer, raw, answer)
    placed_hw = np.zeros_like(raw.map_hw) if reason else view.on_photo(raw.map_hw)
    peak = float(np.abs(placed_hw).max())
    return Explanation(
        method=method.name,
        layer=layer,
        target=view.target.text,
        model=subject.name,
        version=subject.version,
        map_hw=np.asarray(placed_hw / (peak or 1.0), np.float32),
        signed=signed,
        peak=peak,
        answer=answer,
        reason=reason,
        measure=lambda: score_explanation(subject, view, raw.map_hw, mask_hw),
    )
