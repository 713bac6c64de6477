"""Means of many layers for batches of photos, read in one pass: the layers' full maps never leave it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from core.errors import ConfigError
from core.explain.compiled import tracing
from core.explain.layers import LayerInfo, find_spatial_layer, list_layers
from core.explain.pooled_batch import PooledBatch
from core.explain.recording import recording
from core.explain.subject import Subject
from core.explain.view import plain_input
from core.types import BoolMask, FloatImage, UInt8Image


class PooledLayers:
    """One compiled pass from photos to the means of several layers. Thread-safe."""

    def __init__(self, subject: Subject, layers: Sequence[str]) -> None:
        """Compile.

        Args:
            subject: the network.
            layers: paths of layers with rows and columns, at least one.

        Raises:
            NotFoundError: no such layer.
            ConfigError: none given, one without rows and columns, or one that does not run.
        """
        if not layers:
            raise ConfigError("layers: expected at least one, got none")
        self.subject = subject
        found = dict(find_spatial_layer(subject.network, name) for name in layers)
        self.layers = tuple(found)
        height_px, width_px = subject.input_size_px

        def run(x: Any, mask: Any) -> Any:
            with recording(found) as taken:
                subject.network(x, training=False)
            for name in found:
                if name not in taken:
                    raise ConfigError(f"layer {name!r}: it does not run when this network answers; choose another")
            return {name: _pooled(tf.cast(taken[name].given, tf.float32), mask) for name in found}

        specs = (
            tf.TensorSpec((None, height_px, width_px, 3), tf.float32),
            tf.TensorSpec((None, height_px, width_px, 1), tf.float32),
        )
        with tracing():
            self._run: Any = tf.function(run, input_signature=specs, autograph=False).get_concrete_function()

    def read(self, images: Sequence[UInt8Image], masks: Sequence[BoolMask | None]) -> PooledBatch:
        """Pool a batch; its size bounds the memory.

        Args:
            images: uint8 RGB (H, W, 3), upright, of any sizes. A detector sees the tile in a photo's middle.
            masks: one a photo, bool (H, W) of any size with the photo's proportions, where the object is; None.
        """
        x = np.concatenate([plain_input(self.subject, image) for image in images])
        mask = np.zeros((*x.shape[:3], 1), np.float32)
        for k, one in enumerate(masks):
            if one is not None:
                mask[k] = self._mask_input(one)
        given = self._run(tf.constant(x), tf.constant(mask))
        means = {name: np.asarray(given[name][0]) for name in self.layers}
        return PooledBatch(means, {name: np.asarray(given[name][1]) for name in self.layers})

    def _mask_input(self, mask_hw: BoolMask) -> FloatImage:
        # The same way as the photo, so that both see the same tile.
        as_photo = np.repeat(mask_hw.astype(np.uint8)[..., None] * np.uint8(255), 3, axis=2)
        return np.asarray((plain_input(self.subject, as_photo)[0, ..., :1] + 1) / 2, np.float32)


def spread_layers(subject: Subject, count: int = 12) -> tuple[str, ...]:
    """Layers evenly through a network's depth: its first convolution, ends of blocks, and the head's own layer.

    Raises:
        ConfigError: no layer with rows and columns.
    """
    infos = list_layers(subject.network, spatial=True)
    if not infos:
        raise ConfigError(f"{subject.name}: expected layers with rows and columns, found none")
    last = subject.folder.config.feature_layer if subject.folder else infos[-1].name
    names = [name for name in _candidates(infos) if name != last]
    places = np.unique(np.linspace(0, len(names) - 1, min(count - 1, len(names))).round().astype(int))
    return (*(names[k] for k in places), last)


def _candidates(infos: Sequence[LayerInfo]) -> list[str]:
    convolutions = [info.name for info in infos if info.kind == "Conv2D"]
    # Inside an inverted residual block channels are many and raw; what a block gives on is its projection.
    ends = [name for name in convolutions if name.endswith(("project", "_3_conv"))]
    return (
        [convolutions[0], *(name for name in ends if name != convolutions[0])]
        if ends
        else (convolutions or [info.name for info in infos])
    )


def _pooled(maps: Any, mask: Any) -> tuple[Any, Any]:
    share = tf.image.resize(mask, tf.shape(maps)[1:3], method="area")
    return tf.reduce_mean(maps, axis=(1, 2)), tf.reduce_mean(maps * share, axis=(1, 2))
