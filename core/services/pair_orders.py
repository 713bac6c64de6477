"""An order about two photos at once: what a layer gives for both, channel by channel, on one scale."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from core.services.explain_orders import PhotoFile, model_folder, read_photo
from core.types import FloatImage, UInt8Image

_PICTURE_PX = 156


@dataclass(frozen=True, slots=True, eq=False)
class PairChannel:
    """One channel of a layer for both photos.

    Attributes:
        channel: its number.
        difference: of its means, the second photo's less the first's, over the sum of the mean sizes: −1 to 1.
        first, second: float16 (H', W').
    """

    channel: int
    difference: float
    first: NDArray[np.float16]
    second: NDArray[np.float16]

    def pictures(self) -> tuple[UInt8Image, UInt8Image]:
        """Both maps in viridis, uint8 RGB, from the smaller lowest to the larger highest value of the two."""
        both = [one.astype(np.float32) for one in (self.first, self.second)]
        low, high = min(float(one.min()) for one in both), max(float(one.max()) for one in both)
        first, second = (_viridis((one - low) / max(high - low, 1e-9)) for one in both)
        return first, second


@dataclass(frozen=True, slots=True, eq=False)
class PairMaps:
    """What a layer gives for two photos.

    Attributes:
        layer: its path.
        cosine: between the means of its channels, −1 to 1.
        channels: those that differ most, first.
    """

    layer: str
    cosine: float
    channels: tuple[PairChannel, ...]


@dataclass(frozen=True, slots=True)
class PairMapsOrder:
    """Asks for the channels of a layer that differ most between two photos; of a detector in the photos' middles."""

    model: Path
    first: PhotoFile
    second: PhotoFile
    layer: str
    count: int = 8

    def work(self) -> PairMaps:
        """Raises PhotoError, NotFoundError, ConfigError."""
        from core.explain import subject_of
        from core.explain.features import feature_maps
        from core.explain.view import plain_input

        subject = subject_of(model_folder(self.model))
        inputs = (plain_input(subject, read_photo(photo)[1]) for photo in (self.first, self.second))
        one, other = (feature_maps(subject, x, [self.layer])[0] for x in inputs)
        return pair_maps(one.layer, one.maps_hwc, other.maps_hwc, self.count)


def pair_maps(layer: str, first_hwc: FloatImage, second_hwc: FloatImage, count: int) -> PairMaps:
    """Compare a layer's output for two photos, float32 (H', W', C) each, of one shape."""
    means = [maps.mean(axis=(0, 1), dtype=np.float64) for maps in (first_hwc, second_hwc)]
    sizes = sum(np.abs(maps).mean(axis=(0, 1), dtype=np.float64) for maps in (first_hwc, second_hwc))
    difference = np.divide(means[1] - means[0], sizes, out=np.zeros_like(means[0]), where=sizes > 0)
    lengths = float(np.linalg.norm(means[0]) * np.linalg.norm(means[1]))
    # By the difference itself: a channel that hardly answers differs by much of little.
    order = np.argsort(-np.abs(means[1] - means[0]), kind="stable")[:count].tolist()
    largest = np.float32(np.finfo(np.float16).max)
    small = [np.clip(maps, -largest, largest).astype(np.float16) for maps in (first_hwc, second_hwc)]
    channels = tuple(PairChannel(k, float(difference[k]), small[0][..., k], small[1][..., k]) for k in order)
    return PairMaps(layer, float(means[0] @ means[1]) / lengths if lengths > 0 else 0.0, channels)


def _viridis(map_hw: FloatImage) -> UInt8Image:
    grey = np.asarray(np.clip(map_hw, 0, 1) * 255, np.uint8)
    wide = cv2.resize(grey, (_PICTURE_PX, _PICTURE_PX), interpolation=cv2.INTER_NEAREST)
    return np.asarray(cv2.cvtColor(cv2.applyColorMap(wide, cv2.COLORMAP_VIRIDIS), cv2.COLOR_BGR2RGB), np.uint8)
