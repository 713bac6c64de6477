"""Compiled functions: one a (network, output, layers, what is wanted), kept in a bounded cache."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import tensorflow as tf

MAX_COMPILED = 24
_LOCK = threading.RLock()
_COMPILED: OrderedDict[tuple[Any, ...], tuple[Any, Callable[..., Any]]] = OrderedDict()


def compiled(
    key: tuple[Any, ...], network: Any, make: Callable[[], Callable[..., Any]], specs: tuple[Any, ...]
) -> Callable[..., Any]:
    """The function of that key, made where there is none.

    Args:
        key: begins with the network's id.
        network: kept with it.
        make: gives the Python function to compile.
        specs: ``tf.TensorSpec`` of its arguments.
    """
    with _LOCK:
        if key in _COMPILED:
            _COMPILED.move_to_end(key)
            return _COMPILED[key][1]
        # autograph off: it rewraps errors of ours in its own, and there is no Python branch to turn into a graph.
        function: Callable[..., Any] = tf.function(
            make(), input_signature=specs, autograph=False
        ).get_concrete_function()
        # The network is kept with it: its id is the key, and must not be given to another one meanwhile.
        _COMPILED[key] = (network, function)
        while len(_COMPILED) > MAX_COMPILED:
            _COMPILED.popitem(last=False)
        return function


def input_spec(network: Any) -> Any:
    """Of a batch of the network's inputs."""
    return tf.TensorSpec((None, *network.input_shape[1:]), tf.float32)


@contextmanager
def tracing() -> Iterator[None]:
    """Hold what compiling holds: layers are watched by one at a time."""
    with _LOCK:
        yield


def forget(network: Any) -> None:
    """Give back what was compiled for a network."""
    with _LOCK:
        for key in [key for key in _COMPILED if key[0] == id(network)]:
            del _COMPILED[key]


def compiled_count() -> int:
    """Functions in the cache, at most ``MAX_COMPILED``."""
    return len(_COMPILED)
