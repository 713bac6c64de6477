"""The layers of any Keras network by name, those of networks inside it among them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from core.errors import ConfigError, NotFoundError

_BLOCK = re.compile(r".*block_?\d+(?=_)")


@dataclass(frozen=True, slots=True)
class LayerInfo:
    """One layer.

    Attributes:
        name: its path; ``inner/conv1`` for a layer of the network ``inner`` inside the network.
        kind: the Keras class, for example ``Conv2D``.
        shape: of its output without the batch axis, None where unknown until it runs; () where it has several.
        weight_count: numbers that it has learned.
    """

    name: str
    kind: str
    shape: tuple[int | None, ...]
    weight_count: int

    @property
    def is_spatial(self) -> bool:
        """Whether it has rows and columns, more than one cell of them as far as is known."""
        return len(self.shape) == 3 and self.shape[:2] != (1, 1)


def all_layers(network: Any) -> dict[str, Any]:
    """Path → Keras layer in the order of the network; input layers left out, networks inside it opened."""
    found: dict[str, Any] = {}

    def walk(container: Any, prefix: str) -> None:
        for layer in container.layers:
            if type(layer).__name__ == "InputLayer":
                continue
            found[prefix + layer.name] = layer
            if getattr(layer, "layers", None):
                walk(layer, f"{prefix}{layer.name}/")

    walk(network, "")
    return found


def list_layers(network: Any, *, spatial: bool = False) -> tuple[LayerInfo, ...]:
    """Layers with their shapes, in the order of the network.

    Args:
        network: a built Keras network.
        spatial: only those with rows and columns.
    """
    infos = (_info(name, layer) for name, layer in all_layers(network).items())
    return tuple(info for info in infos if info.is_spatial or not spatial)


def find_layer(network: Any, name: str) -> tuple[str, Any]:
    """A layer and its path, by path or by a name that only one layer has.

    Raises:
        NotFoundError: no such layer; names the nearest.
        ConfigError: several networks inside have a layer of that name.
    """
    layers = all_layers(network)
    if name in layers:
        return name, layers[name]
    paths = [path for path in layers if path.rsplit("/", 1)[-1] == name]
    if len(paths) == 1:
        return paths[0], layers[paths[0]]
    if paths:
        raise ConfigError(f"layer {name!r}: expected one layer, found {', '.join(paths)}; give the whole path")
    near = get_close_matches(name, layers, n=3, cutoff=0.4) or [*list(layers)[:2], "…", *list(layers)[-2:]]
    raise NotFoundError(f"layer {name!r}: expected a layer of {network.name}, such as {', '.join(near)}")


def find_spatial_layer(network: Any, name: str) -> tuple[str, Any]:
    """As ``find_layer``, for maps: the layer must have rows and columns.

    Raises:
        NotFoundError: no such layer.
        ConfigError: it has no spatial extent.
    """
    path, layer = find_layer(network, name)
    info = _info(path, layer)
    if info.shape and not info.is_spatial:
        last = [other.name for other in list_layers(network, spatial=True)][-3:]
        raise ConfigError(
            f"layer {name!r}: expected rows and columns, got an output of shape {info.shape} without spatial extent; "
            f"the last layers with one are {', '.join(last) or 'none'}"
        )
    return path, layer


def last_spatial_layer(network: Any) -> str:
    """The deepest layer with rows and columns.

    Raises:
        ConfigError: there is none.
    """
    names = [info.name for info in list_layers(network, spatial=True)]
    if not names:
        raise ConfigError(f"{network.name}: expected a layer with rows and columns, found none; use a pixel method")
    return names[-1]


def convolution_before(network: Any, name: str) -> tuple[str, bool]:
    """The last convolution up to a layer, in the order of the network, and whether it is a depthwise one.

    Raises:
        NotFoundError: no such layer.
        ConfigError: no convolution comes before it.
    """
    path, _ = find_layer(network, name)
    found = None
    for at, layer in all_layers(network).items():
        if type(layer).__name__ in ("Conv2D", "DepthwiseConv2D"):
            found = (at, type(layer).__name__ == "DepthwiseConv2D")
        if at == path:
            break
    if found is None:
        raise ConfigError(f"layer {name!r}: expected a convolution, or one before it, found none")
    return found


def stations(layers: Sequence[LayerInfo]) -> tuple[str, ...]:
    """The last layer of every block, in the order of the network: where people look first, a few dozen at most.

    A block is what the names call one (``block_3_…``, ``conv4_block2_…``); between blocks, a run of layers of one
    shape.

    Args:
        layers: those with rows and columns, see ``list_layers``.
    """
    last: dict[tuple[object, ...], str] = {}
    for info in layers:
        block = _BLOCK.match(info.name)
        if info.kind != "ZeroPadding2D":  # a rim of zeros, at a size of its own
            last[(block[0],) if block else info.shape] = info.name
    return tuple(last.values())


def _info(name: str, layer: Any) -> LayerInfo:
    try:
        shape = tuple(layer.output.shape)[1:]
    except (AttributeError, ValueError):  # not called yet, or called in several places
        shape = ()
    return LayerInfo(name, type(layer).__name__, shape, int(layer.count_params()) if layer.built else 0)
