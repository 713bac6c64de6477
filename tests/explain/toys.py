"""Tiny networks whose maps can be worked out by hand, and shapes of networks that exist in the field."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

import core.networks  # noqa: F401
from core.runtime.model_config import InputConfig, ModelConfig, ModelFolder

import keras  # isort: skip — core.networks first: see core/networks/load_order.py
from keras import layers


def by_hand(kernel: Any = ((1.0, -1.0), (0.5, 2.0))) -> keras.Model:
    """4 × 4 × 2 photo → identity ``look`` → mean → linear: every gradient at ``look`` is the kernel over 16."""
    photo = keras.Input((4, 4, 2))
    look = layers.Activation("linear", name="look")(photo)
    pooled = layers.GlobalAveragePooling2D(name="pool")(look)
    answer = layers.Dense(2, name="answer", use_bias=False)
    network = keras.Model(photo, answer(pooled), name="by_hand")
    answer.set_weights([np.array(kernel, np.float32)])
    return network


def small_cnn(outputs: int = 3, side_px: int = 32, seed: int = 0) -> keras.Model:
    """Two convolutions, mean, linear; random weights."""
    keras.utils.set_random_seed(seed)
    photo = keras.Input((side_px, side_px, 3))
    x = layers.Conv2D(6, 3, strides=2, padding="same", activation="relu", name="conv1")(photo)
    x = layers.Conv2D(8, 3, strides=2, padding="same", activation="relu", name="conv2")(x)
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    return keras.Model(photo, layers.Dense(outputs, name="head")(x), name="small")


def sequential(seed: int = 0) -> keras.Model:
    keras.utils.set_random_seed(seed)
    return keras.Sequential(
        [
            keras.Input((32, 32, 3)),
            layers.Conv2D(6, 3, strides=2, padding="same", activation="relu", name="conv1"),
            layers.Conv2D(8, 3, strides=2, padding="same", activation="relu", name="conv2"),
            layers.GlobalAveragePooling2D(name="pool"),
            layers.Dense(3, name="head"),
        ],
        name="sequential",
    )


def nested(inner: keras.Model) -> keras.Model:
    """A flat network of ``small_cnn``'s layers put inside another one."""
    photo = keras.Input((32, 32, 3))
    body = keras.Model(inner.input, inner.get_layer("conv2").output, name="body")
    x = layers.GlobalAveragePooling2D(name="outer_pool")(body(photo))
    head = layers.Dense(3, name="outer_head")
    network = keras.Model(photo, head(x), name="nested")
    head.set_weights(inner.get_layer("head").get_weights())
    return network


def two_answers(seed: int = 0) -> keras.Model:
    keras.utils.set_random_seed(seed)
    photo = keras.Input((32, 32, 3))
    x = layers.Conv2D(6, 3, strides=4, padding="same", activation="relu", name="conv1")(photo)
    pooled = layers.GlobalAveragePooling2D(name="pool")(x)
    outputs = {"kind": layers.Dense(3, name="kind")(pooled), "wear": layers.Dense(1, name="wear")(pooled)}
    return keras.Model(photo, outputs, name="two")


def model_folder() -> ModelFolder:
    """What ``small_cnn`` would be shipped as."""
    config = ModelConfig(
        name="small", number=1, title="Small", family="classification", labels=("0", "1", "2"),
        input=InputConfig(32, 32, "stretch"), feature_layer="conv2", architecture={}, calibration={}, conformal={},
        recognition={}, thresholds={}, training={},
    )  # fmt: skip
    return ModelFolder(Path("small-v1"), config, "v1")


def noise_photo(seed: int = 0, side_px: int = 32, channels: int = 3) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-1, 1, (side_px, side_px, channels)).astype(np.float32)
