"""Heads that are linear in the last feature map.

They compute in float32 under every precision policy: answers are calibrated, and bfloat16 has three digits.
"""

from __future__ import annotations

import math
from typing import Any

import keras
from keras import layers

from core.networks.backbones import BackboneTaps

# A detector that starts by calling every cell a cap does not learn: Lin et al. 2017, section 4.1.
_PRIOR_PROBABILITY = 0.01
_DTYPE = "float32"


def pooled_head(feature_map: Any, outputs: int, dropout: float) -> dict[str, Any]:
    """Global average pooling → linear.

    Returns:
        ``answer`` (batch, outputs), logits or values, and ``feature_map`` (batch, H', W', C).
    """
    pooled = layers.GlobalAveragePooling2D(name="pool", dtype=_DTYPE)(feature_map)
    pooled = layers.Dropout(dropout, name="dropout", dtype=_DTYPE)(pooled)
    return {"answer": layers.Dense(outputs, name="head", dtype=_DTYPE)(pooled), "feature_map": feature_map}


def attended_head(feature_map: Any, outputs: int, dropout: float) -> dict[str, Any]:
    """Attention pooling → linear: the network learns where to look.

    A 1 × 1 convolution gives each cell a logit, a softmax over space its weight. The weighted map times
    the number of cells is handed out as the feature map, so that its mean *is* the attention pooling, and
    the answer, class activation maps and recognition are what they are for the pooled head. The weights
    start equal: an untrained attended head is a pooled one.

    Returns:
        As ``pooled_head``, and ``attention`` (batch, H', W', 1), logits, for a mask to teach.

    Source: attention pooling, Ilse et al. 2018, arXiv:1802.04712, without the gate.
    """
    height, width = feature_map.shape[1:3]
    # No bias: the softmax over space would cancel it.
    convolution = layers.Conv2D(1, 1, use_bias=False, kernel_initializer="zeros", name="attention_logits", dtype=_DTYPE)
    attention = convolution(feature_map)
    weights = layers.Softmax(axis=(1, 2), name="attention_softmax", dtype=_DTYPE)(attention)
    weights = layers.Rescaling(float(height * width), name="attention_weights", dtype=_DTYPE)(weights)
    attended = layers.Multiply(name="attended", dtype=_DTYPE)([feature_map, weights])
    return {**pooled_head(attended, outputs, dropout), "attention": attention}


def centre_head(taps: BackboneTaps, labels: int, filters: int) -> dict[str, Any]:
    """Single-stage, anchor-free detector at stride 8.

    A top-down neck (Lin et al. 2017, doi:10.1109/CVPR.2017.106) brings context to stride 8; there each
    cell says how likely it is a box's centre (Zhou et al. 2019, arXiv:1904.07850) and how far the box's
    sides are (Tian et al. 2019, arXiv:1904.01355).

    Returns:
        ``answer`` (batch, H', W', labels + 4): logits, then left, top, right, bottom distances in
        strides, positive; ``feature_map`` (batch, H', W', filters).
    """
    top = layers.Conv2D(filters, 1, name="neck_lateral_32")(taps.stride_32)
    for stride, tap in ((16, taps.stride_16), (8, taps.stride_8)):
        lateral = layers.Conv2D(filters, 1, name=f"neck_lateral_{stride}")(tap)
        raised = layers.UpSampling2D(2, interpolation="nearest", name=f"neck_up_{stride}")(top)
        top = layers.Add(name=f"neck_add_{stride}")([lateral, raised])
        top = _separable(top, filters, f"neck_{stride}")
    feature_map = _separable(top, filters, "neck_out")
    bias = keras.initializers.Constant(-math.log((1 - _PRIOR_PROBABILITY) / _PRIOR_PROBABILITY))
    logits = layers.Conv2D(labels, 1, bias_initializer=bias, name="head", dtype=_DTYPE)(feature_map)
    sides = layers.Conv2D(4, 1, bias_initializer="ones", activation="softplus", name="sides", dtype=_DTYPE)(feature_map)
    return {"answer": layers.Concatenate(name="answer", dtype=_DTYPE)([logits, sides]), "feature_map": feature_map}


def _separable(x: Any, filters: int, name: str) -> Any:
    x = layers.DepthwiseConv2D(3, padding="same", use_bias=False, name=f"{name}_depthwise")(x)
    x = layers.Conv2D(filters, 1, use_bias=False, name=f"{name}_pointwise")(x)
    x = layers.BatchNormalization(momentum=0.9, name=f"{name}_bn")(x)
    return layers.ReLU(6.0, name=f"{name}_relu")(x)
