"""Maps at layers: raw, in the method's own unit, with what is needed to say why one is empty."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import ConfigError
from core.explain.layers import all_layers, find_spatial_layer
from core.explain.perturbed_maps import scorecam
from core.explain.pixel_maps import repeated
from core.explain.subject import Subject
from core.explain.view import View
from core.runtime.model import class_activation_map
from core.types import FloatImage


@dataclass(frozen=True, slots=True, eq=False)
class RawMap:
    """One map before it is scaled.

    Attributes:
        map_hw: float32; signed, or at least 0.
        gradient_peak: largest absolute gradient at the layer; None where the method needs none.
        activation_peak: largest absolute activation; None where the method is over pixels.
    """

    map_hw: FloatImage
    gradient_peak: float | None = None
    activation_peak: float | None = None


def gradient_maps(
    subject: Subject, views: Sequence[View], method: str, layers: Sequence[str], *, signed: bool
) -> list[dict[str, RawMap]]:
    """Maps of a gradient method for a batch of photos at several layers in one pass; one dictionary a photo."""
    from core.explain.passes import layer_maps

    x_nhwc = np.concatenate([view.x_nhwc for view in views])
    index = np.array([view.target.index for view in views], np.int32)
    sign = np.array([view.target.sign for view in views], np.float32)
    found, _ = layer_maps(subject.network, subject.output, layers, method, x_nhwc, index, sign, signed=signed)
    return [
        {
            name: RawMap(maps.maps_nhw[n], float(maps.gradient_peak[n]), float(maps.activation_peak[n]))
            for name, maps in found.items()
        }
        for n in range(len(views))
    ]


def forward_maps(
    subject: Subject, view: View, method: str, layers: Sequence[str], *, signed: bool
) -> dict[str, RawMap]:
    """Maps of ``cam``, ``eigencam`` or ``scorecam`` for one photo at several layers."""
    from core.explain.passes import layer_activations

    names = [find_spatial_layer(subject.network, name)[0] for name in layers]
    if method == "cam":
        return _closed_form(subject, view, names, signed=signed)
    activations = layer_activations(subject.network, names, view.x_nhwc)
    maps = {}
    for name in names:
        act = activations[name][0]
        if method == "scorecam":
            relevance = scorecam(subject, view.x_nhwc, act, view.target, signed=signed)
        else:
            relevance = first_component(act)
            if signed:
                relevance = relevance * _side(subject, view, name, relevance)
        maps[name] = RawMap(relevance, None, float(np.abs(act).max()))
    return maps


def first_component(activations_hwc: FloatImage) -> FloatImage:
    """Size of the projection on the first right singular vector, for EigenCAM.

    Args:
        activations_hwc: float32 (H', W', C), not centred, as in the paper.

    Returns:
        float32 (H', W'), at least 0: cells that share the sign of the strongest cell; the vector's own sign is
        arbitrary.

    Source: Muhammad and Yeasin 2020, arXiv:2008.00299, equation 2.
    """
    flat = activations_hwc.reshape(-1, activations_hwc.shape[-1]).astype(np.float64)
    if not np.isfinite(flat).all():
        return np.full(activations_hwc.shape[:2], np.nan, np.float32)
    # The smaller of the two Gram matrices: a thin layer of many cells has a C × C one.
    if flat.shape[0] >= flat.shape[1]:
        projection = flat @ np.linalg.eigh(flat.T @ flat)[1][:, -1]
    else:
        values, vectors = np.linalg.eigh(flat @ flat.T)
        projection = vectors[:, -1] * np.sqrt(max(values[-1], 0))
    projection *= np.sign(projection[np.argmax(np.abs(projection))])
    return np.asarray(np.maximum(projection, 0).reshape(activations_hwc.shape[:2]), np.float32)


def _side(subject: Subject, view: View, layer: str, component_hw: FloatImage) -> float:
    """1 where more of the component raises the answer, −1 where it lowers it: the component knows no target."""
    from core.explain.passes import layer_gradients

    index, sign = repeated(view.target, 1)
    act, grad = layer_gradients(subject.network, subject.output, layer, view.x_nhwc, index, sign)
    return float(np.sign((component_hw[..., None] * act[0] * grad[0]).sum()))


def _closed_form(subject: Subject, view: View, names: Sequence[str], *, signed: bool) -> dict[str, RawMap]:
    from core.explain.passes import layer_traffic

    if len(view.target.index) != 1:
        raise ConfigError("cam: expected a head of global average pooling + linear, got a detector; use layercam")
    head_name, head = _linear_head(subject)
    given, taken = layer_traffic(subject.network, names, [head_name], view.x_nhwc)
    received = taken[head_name][0]
    column = np.asarray(head.kernel, np.float32)[:, view.target.index[0]] * view.target.sign
    maps = {}
    for name in names:
        act = given[name][0]
        if not _is_mean_of(received, act):
            raise ConfigError(
                f"cam: expected the layer whose mean over space the head {head_name} reads, got {name!r}; "
                "use gradcam at other layers"
            )
        relevance = class_activation_map(act, column)
        relevance = relevance if signed else np.maximum(relevance, 0)
        maps[name] = RawMap(relevance, None, float(np.abs(act).max()))
    return maps


def _is_mean_of(received: NDArray[np.float32], activations_hwc: FloatImage) -> bool:
    mean = activations_hwc.mean(axis=(0, 1))
    # NaN on both sides is the right layer, too: why there is no map is said elsewhere.
    return received.shape == mean.shape and np.allclose(received, mean, rtol=1e-3, atol=1e-4, equal_nan=True)


def _linear_head(subject: Subject) -> tuple[str, Any]:
    """The last dense layer as wide as the answer.

    Raises:
        ConfigError: there is none.
    """
    dense = [(n, layer) for n, layer in all_layers(subject.network).items() if type(layer).__name__ == "Dense"]
    wide = [(n, layer) for n, layer in dense if layer.units == len(subject.labels)]
    named = [pair for pair in wide if pair[0].rsplit("/", 1)[-1] == subject.output]
    if not wide:
        raise ConfigError(f"cam: expected a linear head of {len(subject.labels)} outputs, found none; use gradcam")
    return (named or wide)[-1]
