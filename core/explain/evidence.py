"""Why a map is empty, in words: a blank picture would look like an answer."""

from __future__ import annotations

import math

import numpy as np

from core.explain.layer_maps import RawMap
from core.explain.layers import all_layers
from core.explain.methods import PHOTO_LAYER
from core.explain.recording import recording
from core.explain.subject import Subject
from core.explain.view import View
from core.types import FloatImage

LEAST_SPREAD = 2 / 127.5  # of a shipped network's input, −1 to 1: two steps of 255, as a JPEG of one colour may have


def missing_evidence(subject: Subject, view: View, layer: str, raw: RawMap, answer: float) -> str | None:
    """The reason why a map shows nothing; None where it shows something.

    Args:
        subject, view: the network and what it saw.
        layer: where the map was read.
        raw: the map.
        answer: the explained number.
    """
    target, place = view.target.text, "the photo" if layer == PHOTO_LAYER else f"layer {layer}"
    if not (np.isfinite(raw.map_hw).all() and math.isfinite(answer)):
        at = first_not_finite(subject, view.x_nhwc)
        return f"NaN or infinity at layer {at}" if at else f"the map at {place} is not finite though all layers are"
    if not raw.map_hw.any() and (at := first_not_finite(subject, view.x_nhwc)):
        return f"NaN or infinity at layer {at}"
    if subject.folder and np.ptp(view.x_nhwc, axis=(1, 2)).max() <= LEAST_SPREAD:
        return "the photo is the same everywhere here, so that no part of it can be the reason"
    if raw.activation_peak == 0:
        return f"every activation of {place} is zero"
    if raw.gradient_peak == 0 or (raw.gradient_peak is None and layer == PHOTO_LAYER and not raw.map_hw.any()):
        return f"nothing at {place} moves {target}: all its gradients or differences are zero"
    if not raw.map_hw.any():
        return f"nothing at {place} speaks for {target}; what speaks against it is in the signed map"
    return None


def first_not_finite(subject: Subject, x_nhwc: FloatImage) -> str | None:
    """The first layer whose output or weights hold NaN or infinity; None where all are finite.

    Weights are looked at, too: TensorFlow's ReLU on a CPU makes a NaN 0, and all behind it looks healthy.
    """
    from core.explain.compiled import tracing

    layers = all_layers(subject.network)
    with tracing(), recording(layers) as taken:
        subject.network(x_nhwc, training=False)
    for name in layers:
        given = [taken[name].given] if name in taken and not isinstance(taken[name].given, list | tuple | dict) else []
        own = [] if getattr(layers[name], "layers", None) else layers[name].weights
        if not all(np.isfinite(np.asarray(array)).all() for array in (*given, *own)):
            return name
    return None
