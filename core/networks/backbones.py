"""Feature extractors from ``keras.applications``, opened at strides 8, 16 and 32."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

import keras

from core.errors import ConfigError


@dataclass(frozen=True, slots=True, eq=False)
class BackboneTaps:
    """Feature maps of one backbone: Keras tensors (batch, H / stride, W / stride, channels)."""

    stride_8: Any
    stride_16: Any
    stride_32: Any


_TAP_LAYERS = {
    "mobilenet_v2": (keras.applications.MobileNetV2, ("block_6_expand_relu", "block_13_expand_relu", "out_relu")),
}


def backbone_taps(name: str, photo: Any, pretrained: str | os.PathLike[str] | None) -> BackboneTaps:
    """Build a backbone on an input tensor.

    Args:
        name: see ``_TAP_LAYERS``.
        photo: Keras input, RGB in −1…1.
        pretrained: ``imagenet``, a weights path, or None for random weights.

    Raises:
        ConfigError: the name is not known.
    """
    if name not in _TAP_LAYERS:
        raise ConfigError(f"backbone: expected one of {', '.join(sorted(_TAP_LAYERS))}, got {name!r}")
    application, layers = _TAP_LAYERS[name]
    weights = None if pretrained is None else os.fspath(pretrained)
    model = application(include_top=False, weights=weights, input_tensor=photo)
    return BackboneTaps(*(model.get_layer(layer).output for layer in layers))
