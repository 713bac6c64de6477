"""Which layers of a network learn: all of them, the head alone, or those from one layer on."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Literal

import keras

from core.errors import ConfigError
from core.networks.architecture import Architecture
from core.networks.backbones import last_layer

Learn = Literal["whole", "frozen", "scratch"]
LEARN_CHOICES: tuple[Learn, ...] = ("whole", "frozen", "scratch")


def backbone_layers(network: keras.Model, architecture: Architecture) -> list[str]:
    """Names of the backbone's layers that have weights, from the photo on.

    Args:
        network: what ``build`` made.
        architecture: what it was made from.
    """
    end = network.get_layer(last_layer(architecture.backbone))
    trunk = keras.Model(network.input, end.output)
    return [layer.name for layer in trunk.layers if layer.weights]


def set_learning(network: keras.Model, architecture: Architecture, learn: str, learn_from: str = "") -> None:
    """Say which layers learn, in place; call it before ``compile``.

    A layer that does not learn keeps its weights, and a batch normalisation among them answers with its
    stored mean and variance while training too (Keras does that for ``trainable = False``): statistics
    that drift under weights that stand still would undo what the backbone has learned.

    Args:
        network: what ``build`` made.
        architecture: what it was made from.
        learn: ``whole`` (everything), ``frozen`` (head and neck alone) or ``scratch`` (everything; the
            caller builds with random weights).
        learn_from: with ``whole``, the first layer of the backbone that learns; "" for the first of all.

    Raises:
        ConfigError: an unknown choice or layer, or a layer where the choice leaves none.
    """
    if learn not in LEARN_CHOICES:
        raise ConfigError(f"[fit] learn: expected one of {', '.join(LEARN_CHOICES)}, got {learn!r}")
    if learn_from and learn != "whole":
        raise ConfigError(f'[fit] learn_from: expected "" with learn = {learn!r}, got {learn_from!r}')
    trunk = backbone_layers(network, architecture)
    if learn_from and learn_from not in trunk:
        near = get_close_matches(learn_from, trunk, n=3, cutoff=0.4) or [trunk[0], "…", trunk[-1]]
        raise ConfigError(
            f"[fit] learn_from: expected a layer of {architecture.backbone} with weights, "
            f"such as {', '.join(near)}, got {learn_from!r}"
        )
    first = len(trunk) if learn == "frozen" else trunk.index(learn_from) if learn_from else 0
    still = set(trunk[:first])
    for layer in network.layers:
        layer.trainable = layer.name not in still
