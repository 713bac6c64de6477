"""Activations and gradients to maps, as TensorFlow operations inside the compiled pass.

Every formula takes activations (N, H', W', C) and the answer's gradients at them, and gives (N, H', W'), at least
0: what raises the answer. Signed maps are the formula for the answer less the formula for its opposite.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensorflow as tf

_SPACE = (1, 2)
_TINY = 1e-20


def gradcam(activations: Any, gradients: Any) -> Any:
    """Channels weighted by their mean gradient. Source: Selvaraju et al. 2017, equations 1 and 2."""
    weights = tf.reduce_mean(gradients, axis=_SPACE, keepdims=True)
    return tf.nn.relu(tf.reduce_sum(weights * activations, axis=-1))


def gradcam_plus_plus(activations: Any, gradients: Any) -> Any:
    """Positive gradients weighted by how alone they stand. Source: Chattopadhay et al. 2018, equations 10 and 19."""
    # Scaled so that squares and cubes of small gradients do not vanish in float32.
    scale = tf.reduce_max(tf.abs(gradients), axis=(1, 2, 3), keepdims=True)
    g = tf.math.divide_no_nan(gradients, scale)
    total = tf.reduce_sum(activations, axis=_SPACE, keepdims=True) * scale
    alpha = tf.math.divide_no_nan(g**2, 2 * g**2 + total * g**3)
    weights = tf.reduce_sum(alpha * tf.nn.relu(gradients), axis=_SPACE, keepdims=True)
    return tf.nn.relu(tf.reduce_sum(weights * activations, axis=-1))


def hirescam(activations: Any, gradients: Any) -> Any:
    """Activation times gradient, summed over channels. Source: Draelos and Carin 2020, equation 5."""
    return tf.nn.relu(tf.reduce_sum(gradients * activations, axis=-1))


def layercam(activations: Any, gradients: Any) -> Any:
    """Activation times positive gradient, summed over channels. Source: Jiang et al. 2021, equations 6 and 7."""
    return tf.nn.relu(tf.reduce_sum(tf.nn.relu(gradients) * activations, axis=-1))


FORMULAS: dict[str, Callable[[Any, Any], Any]] = {
    "gradcam": gradcam,
    "gradcam++": gradcam_plus_plus,
    "hirescam": hirescam,
    "layercam": layercam,
}


def formula_map(method: str, activations: Any, gradients: Any, *, signed: bool) -> Any:
    """The map of a method; signed or at least 0."""
    formula = FORMULAS[method]
    raises = formula(activations, gradients)
    return raises - formula(activations, -gradients) if signed else raises
