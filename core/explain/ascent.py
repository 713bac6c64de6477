"""One step towards the picture that a channel likes, compiled; see ``core.explain.maximise``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf

from core.explain.compiled import compiled, input_spec
from core.explain.layers import find_layer
from core.explain.recording import recording
from core.types import FloatImage


def channel_ascent(
    network: Any, layer: str, x_nhwc: FloatImage, channel: int, variation: float, norm: float
) -> FloatImage:
    """Gradient at the input of a channel's mean less weighted total variation and square mean: float32 (1, H, W, C)."""
    path, part = find_layer(network, layer)
    found = {path: part}

    def make() -> Callable[..., Any]:
        def run(x: Any, place: Any) -> Any:
            with tf.GradientTape(watch_accessed_variables=False) as tape:
                tape.watch(x)
                with recording(found) as taken:
                    network(x, training=False)
                answer = tf.reduce_mean(tf.gather(taken[path].given, place, axis=-1))
                rough = tf.reduce_mean(tf.abs(x[:, 1:] - x[:, :-1])) + tf.reduce_mean(
                    tf.abs(x[:, :, 1:] - x[:, :, :-1])
                )
                total = answer - variation * rough - norm * tf.reduce_mean(x**2)
            return tape.gradient(total, x)

        return run

    specs = (input_spec(network), tf.TensorSpec((), tf.int32))
    run = compiled((id(network), "", tuple(found), f"ascent {variation} {norm}"), network, make, specs)
    return np.asarray(run(tf.constant(x_nhwc), tf.constant(channel)))
