"""What a layer sees: its channels as pictures, sorted, and those that see nothing or everything."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from core.errors import ArrayShapeError, ConfigError
from core.explain.layers import find_layer, find_spatial_layer
from core.explain.scores import resized
from core.explain.subject import Subject
from core.types import BoolMask, FloatImage, UInt8Image

Order = Literal["energy", "mask", "name"]
ORDERS: tuple[Order, ...] = ("energy", "mask", "name")
FIELD_LAYERS = {
    "mobilenet_v2": (
        "Conv1",
        "block_1_project",
        "block_2_project",
        "block_3_project",
        "block_4_project",
        "block_5_project",
    ),
    "resnet50": (
        "conv1_conv",
        "conv2_block3_3_conv",
        "conv3_block4_3_conv",
        "conv4_block6_3_conv",
        "conv5_block3_3_conv",
    ),
    "vgg16": ("block1_conv1", "block2_conv1", "block3_conv1", "block4_conv1", "block5_conv1"),
}
"""The layers that people of the field look at first, by backbone."""


@dataclass(frozen=True, slots=True, eq=False)
class FeatureMaps:
    """One layer's output for one photo: ``maps_hwc`` float32 (H', W', C)."""

    layer: str
    maps_hwc: FloatImage

    def energy(self) -> NDArray[np.float32]:
        """Mean square of every channel: float32 (C,)."""
        return np.asarray(np.square(self.maps_hwc).mean(axis=(0, 1)), np.float32)

    def mask_response(self, mask_hw: BoolMask) -> NDArray[np.float32]:
        """How much more each channel answers in the mask than beside it, −1 to 1: float32 (C,).

        Difference of the mean sizes over their sum; 0 for a channel that answers nowhere.

        Raises:
            ArrayShapeError: the mask is not bool (H, W), or covers nothing or all.
        """
        if mask_hw.ndim != 2 or mask_hw.dtype != np.bool_ or not 0 < mask_hw.mean() < 1:
            raise ArrayShapeError(f"mask_hw: expected bool (H, W), neither empty nor full, got {mask_hw.dtype}")
        share = cv2.resize(mask_hw.astype(np.float32), self.maps_hwc.shape[1::-1], interpolation=cv2.INTER_AREA)
        size = np.abs(self.maps_hwc)
        inside = np.tensordot(share, size, axes=2) / share.sum()
        outside = np.tensordot(1 - share, size, axes=2) / (1 - share).sum()
        total = inside + outside
        return np.asarray(np.divide(inside - outside, total, out=np.zeros_like(total), where=total > 0), np.float32)

    def sorted_channels(self, by: Order = "energy", mask_hw: BoolMask | None = None) -> NDArray[np.intp]:
        """Channel numbers, the strongest first (``name``: in their order).

        Raises:
            ConfigError: by the mask, and there is none; or an unknown order.
        """
        if by == "name":
            return np.arange(self.maps_hwc.shape[2])
        if by == "energy":
            return np.argsort(-self.energy(), kind="stable")
        if by != "mask" or mask_hw is None:
            raise ConfigError(f"order: expected one of {', '.join(ORDERS)}, and a mask for mask, got {by!r}")
        return np.argsort(-self.mask_response(mask_hw), kind="stable")


@dataclass(frozen=True, slots=True, eq=False)
class ChannelHealth:
    """Channels over a set of photos.

    Attributes:
        layer: the layer.
        dead: bool (C,), the same everywhere in every photo.
        saturated: bool (C,), at its highest value in nearly every cell of every photo (a clipped ReLU, a sigmoid).
        count: photos looked at.
    """

    layer: str
    dead: NDArray[np.bool_]
    saturated: NDArray[np.bool_]
    count: int


def feature_maps(subject: Subject, x_nhwc: FloatImage, layers: Sequence[str]) -> tuple[FeatureMaps, ...]:
    """Outputs of several layers for one photo in one pass.

    Args:
        subject: the network.
        x_nhwc: float32 (1, H, W, 3), its input.
        layers: paths of layers with rows and columns.

    Raises:
        NotFoundError: no such layer.
        ConfigError: a layer without spatial extent.
    """
    from core.explain.passes import layer_activations

    names = [find_spatial_layer(subject.network, name)[0] for name in layers]
    given = layer_activations(subject.network, names, x_nhwc)
    return tuple(FeatureMaps(name, given[name][0]) for name in names)


def channel_health(subject: Subject, inputs: Iterable[FloatImage], layer: str) -> ChannelHealth:
    """Count dead and saturated channels of a layer over photos, one at a time.

    Args:
        subject: the network.
        inputs: float32 (1, H, W, 3) each.
        layer: its path.

    Raises:
        ConfigError: no photo, or a layer without spatial extent.
    """
    low = high = at_top = None
    count = cells = 0
    for x in inputs:
        maps = feature_maps(subject, x, [layer])[0].maps_hwc
        top = maps.max(axis=(0, 1))
        # Photos before this one had another highest value: their cells at it are no longer at the top.
        here = np.where(high is None or top >= (top if high is None else high), (maps >= top).sum(axis=(0, 1)), 0)
        if low is None or high is None or at_top is None:
            low, high, at_top = maps.min(axis=(0, 1)), top, here
        else:
            at_top = np.where(top > high, here, at_top + here)
            low, high = np.minimum(low, maps.min(axis=(0, 1))), np.maximum(high, top)
        count, cells = count + 1, cells + maps.shape[0] * maps.shape[1]
    if low is None or high is None or at_top is None:
        raise ConfigError("photos: expected at least one, got none")
    dead = high - low <= 1e-6 * np.maximum(1, np.abs(high))
    return ChannelHealth(layer, dead, ~dead & (at_top >= 0.95 * cells), count)


def kernel_weights(subject: Subject, layer: str) -> FloatImage:
    """A convolution's kernels, float32 (height, width, channels in, channels out).

    Raises:
        NotFoundError: no such layer.
        ConfigError: a layer without kernels over rows and columns.
    """
    path, found = find_layer(subject.network, layer)
    kernel: Any = getattr(found, "kernel", None)
    if kernel is None or len(kernel.shape) != 4:
        raise ConfigError(f"layer {path!r}: expected a convolution, got {type(found).__name__}")
    return np.asarray(kernel, np.float32)


def filter_images(kernel_hwio: FloatImage) -> UInt8Image:
    """Kernels that read a photo's three colours, as small photos: uint8 (channels out, height, width, 3).

    Grey is 0; each is stretched by its own largest weight.

    Raises:
        ArrayShapeError: they do not read three colours.
    """
    if kernel_hwio.ndim != 4 or kernel_hwio.shape[2] != 3:
        raise ArrayShapeError(f"kernel_hwio: expected (height, width, 3, count), got {kernel_hwio.shape}")
    peak = np.abs(kernel_hwio).max(axis=(0, 1, 2), keepdims=True)
    scaled = np.divide(kernel_hwio, peak, out=np.zeros_like(kernel_hwio), where=peak > 0)
    return np.moveaxis((scaled * 127.5 + 127.5).round().astype(np.uint8), -1, 0)


def object_share(maps: FeatureMaps, mask_hw: BoolMask) -> float:
    """Share of the layer's energy on the object, 0 to 1; over layers it shows the background fade."""
    energy = resized(np.square(maps.maps_hwc).mean(axis=2), mask_hw.shape)
    total = float(energy.sum())
    return float(energy[mask_hw].sum()) / total if total > 0 else 0.0
