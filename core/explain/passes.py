"""What is asked of a network in one pass: answers, activations, maps, gradients. See ``core.explain.compiled``.

The target is an argument of the compiled function, so that another class or box compiles nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from core.errors import ConfigError
from core.explain.compiled import compiled, input_spec
from core.explain.formulas import FORMULAS, formula_map
from core.explain.layers import find_layer
from core.explain.recording import recording
from core.types import FloatImage


@dataclass(frozen=True, slots=True, eq=False)
class LayerMaps:
    """A batch's maps at one layer.

    Attributes:
        maps_nhw: float32.
        gradient_peak: float32 (N,), the largest absolute gradient of the answer at the layer.
        activation_peak: float32 (N,), the largest absolute activation.
    """

    maps_nhw: FloatImage
    gradient_peak: NDArray[np.float32]
    activation_peak: NDArray[np.float32]


def output_names(network: Any) -> tuple[str, ...]:
    """Names of the outputs in their order; ("",) where there is just one and nobody named it."""
    output = getattr(network, "output", None)
    if isinstance(output, dict):
        return tuple(output)
    if isinstance(output, list | tuple):
        return tuple(network.output_names)
    return ("",)


def forward_answers(network: Any, output: str, x_nhwc: FloatImage) -> FloatImage:
    """One output for a batch, compiled: float32 (N, …)."""

    def make() -> Callable[..., Any]:
        return lambda x: tf.cast(_pick(network, network(x, training=False), output), tf.float32)

    run = compiled((id(network), output, "answer"), network, make, (input_spec(network),))
    return np.asarray(run(tf.constant(x_nhwc)), np.float32)


def layer_activations(network: Any, layers: Sequence[str], x_nhwc: FloatImage) -> dict[str, FloatImage]:
    """Outputs of layers for a batch in one pass: path → float32 (N, …)."""
    return layer_traffic(network, layers, (), x_nhwc)[0]


def layer_traffic(
    network: Any, giving: Sequence[str], taking: Sequence[str], x_nhwc: FloatImage
) -> tuple[dict[str, FloatImage], dict[str, FloatImage]]:
    """What some layers gave and what some took for a batch in one pass: two times path → float32 (N, …).

    Raises:
        NotFoundError: no such layer.
        ConfigError: a layer does not run in this network, or gives or takes several tensors where that is asked for.
    """
    givers = dict(find_layer(network, name) for name in giving)
    takers = dict(find_layer(network, name) for name in taking)

    def make() -> Callable[..., Any]:
        def run(x: Any) -> Any:
            watched = {**givers, **takers}
            with recording(watched) as taken:
                network(x, training=False)
            _check_all_ran(watched, taken)
            given = {name: _one(name, taken[name].given) for name in givers}
            return given, {name: _one(name, taken[name].received) for name in takers}

        return run

    key = (id(network), "", tuple(givers), tuple(takers), "traffic")
    run = compiled(key, network, make, (input_spec(network),))
    given, received = run(tf.constant(x_nhwc))
    return {name: np.asarray(given[name]) for name in givers}, {name: np.asarray(received[name]) for name in takers}


def layer_maps(
    network: Any,
    output: str,
    layers: Sequence[str],
    method: str,
    x_nhwc: FloatImage,
    index: NDArray[np.int32],
    sign: NDArray[np.float32],
    *,
    signed: bool,
) -> tuple[dict[str, LayerMaps], NDArray[np.float32]]:
    """Maps of a gradient method at several layers in one forward and one backward pass.

    Args:
        network: Keras network.
        output: name of the output that is explained.
        layers: paths.
        method: a key of ``core.explain.formulas.FORMULAS``.
        x_nhwc: float32 (N, H, W, C), network input.
        index: int32 (N, R), place in the output without its batch axis, for each of the batch.
        sign: float32 (N,), 1, or −1 to explain the opposite.
        signed: whether maps say what lowers the answer, too.

    Returns:
        Path → maps, and the explained numbers (N,), times sign.

    Raises:
        NotFoundError, ConfigError: no such layer, no spatial extent, or no gradient from answer to layer.
    """
    assert method in FORMULAS
    found = dict(find_layer(network, name) for name in layers)

    def make() -> Callable[..., Any]:
        def run(x: Any, place: Any, factor: Any) -> Any:
            score, grads, acts = _backward(network, output, found, x, place, factor)
            maps = {}
            for name, a, g in zip(found, acts, grads, strict=True):
                _check_spatial(name, a)
                peaks = [tf.reduce_max(tf.abs(t), axis=(1, 2, 3)) for t in (g, a)]
                maps[name] = (formula_map(method, a, g, signed=signed), *peaks)
            return maps, score

        return run

    key = (id(network), output, tuple(found), method, signed)
    run = compiled(key, network, make, (input_spec(network), *_target_spec(index)))
    maps, score = run(tf.constant(x_nhwc), tf.constant(index), tf.constant(sign))
    return {name: LayerMaps(*(np.asarray(t) for t in maps[name])) for name in found}, np.asarray(score)


def layer_gradients(
    network: Any,
    output: str,
    layer: str,
    x_nhwc: FloatImage,
    index: NDArray[np.int32],
    sign: NDArray[np.float32],
) -> tuple[FloatImage, FloatImage]:
    """Activations and the answer's gradients at one layer: float32 (N, H', W', C) each."""
    found = dict([find_layer(network, layer)])

    def make() -> Callable[..., Any]:
        def run(x: Any, place: Any, factor: Any) -> Any:
            _, grads, acts = _backward(network, output, found, x, place, factor)
            return acts[0], grads[0]

        return run

    specs = (input_spec(network), *_target_spec(index))
    run = compiled((id(network), output, tuple(found), "gradients"), network, make, specs)
    a, g = run(tf.constant(x_nhwc), tf.constant(index), tf.constant(sign))
    return np.asarray(a), np.asarray(g)


def photo_gradients(
    network: Any, output: str, x_nhwc: FloatImage, index: NDArray[np.int32], sign: NDArray[np.float32]
) -> tuple[FloatImage, NDArray[np.float32]]:
    """The answer's gradients at the network's input, float32 (N, H, W, C), and the explained numbers (N,)."""

    def make() -> Callable[..., Any]:
        def run(x: Any, place: Any, factor: Any) -> Any:
            score, grads, _ = _backward(network, output, {}, x, place, factor)
            return grads[0], score

        return run

    specs = (input_spec(network), *_target_spec(index))
    run = compiled((id(network), output, "photo"), network, make, specs)
    gradients, score = run(tf.constant(x_nhwc), tf.constant(index), tf.constant(sign))
    return np.asarray(gradients), np.asarray(score)


def _backward(network: Any, output: str, layers: dict[str, Any], x: Any, place: Any, factor: Any) -> Any:
    """(score (N,), gradients, activations) at the layers; at the input where there are none."""
    # Nothing but the input is watched: the weights' gradients would double the work for nothing, and
    # trainable flags need no touch.
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(x)
        with recording(layers) as taken:
            outputs = network(x, training=False)
        _check_all_ran(layers, taken)
        acts = [_one(name, taken[name].given) for name in layers] or [x]
        answer = tf.cast(_pick(network, outputs, output), tf.float32)
        score = factor * tf.gather_nd(answer, place, batch_dims=1)
        total = tf.reduce_sum(score)
    sources = [taken[name].given for name in layers] or [x]
    try:
        grads = tape.gradient(total, sources)
    except LookupError as error:
        raise ConfigError(f"{network.name}: expected a network with a gradient, got {error}; use occlusion") from error
    for name, gradient in zip(layers or ["photo"], grads, strict=True):
        if gradient is None:
            raise ConfigError(
                f"layer {name!r}: the answer has no gradient there (it lies beside or behind the answer, or an "
                "operation without a gradient lies between); choose another layer, or occlusion"
            )
    return score, [tf.cast(gradient, tf.float32) for gradient in grads], acts


def _target_spec(index: NDArray[np.int32]) -> tuple[Any, Any]:
    return tf.TensorSpec((None, index.shape[1]), tf.int32), tf.TensorSpec((None,), tf.float32)


def _pick(network: Any, outputs: Any, output: str) -> Any:
    if isinstance(outputs, dict):
        return outputs[output]
    if isinstance(outputs, list | tuple):
        return outputs[output_names(network).index(output)]
    return outputs


def _one(name: str, tensor: Any) -> Any:
    if not tf.is_tensor(tensor):
        raise ConfigError(f"layer {name!r}: expected one tensor, got {type(tensor).__name__}")
    return tf.cast(tensor, tf.float32)


def _check_all_ran(layers: dict[str, Any], taken: dict[str, Any]) -> None:
    for name in layers:
        if name not in taken:
            raise ConfigError(f"layer {name!r}: it does not run when this network answers; choose another layer")


def _check_spatial(name: str, activations: Any) -> None:
    if activations.shape.rank != 4:
        raise ConfigError(
            f"layer {name!r}: expected rows and columns, got an output of shape {tuple(activations.shape[1:])} "
            "without spatial extent"
        )
