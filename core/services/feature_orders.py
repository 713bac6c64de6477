"""Orders about what a network sees on the way: channels, their health, depth, filters, and what a channel likes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from core.services.explain_masks import ObjectPlace, place_mask
from core.services.explain_orders import PhotoFile, model_folder, read_photo
from core.types import FloatImage, UInt8Image

if TYPE_CHECKING:
    from core.explain.features import ChannelHealth
    from core.explain.subject import Subject
    from core.explain.view import View

FilterKind = Literal["colour", "kernels", "depthwise"]


@dataclass(frozen=True, slots=True, eq=False)
class Channels:
    """A layer's output for one photo.

    Attributes:
        layer: its path.
        maps_hwc: float16 (H', W', C).
        energy: mean square of every channel, float32 (C,).
        response: how much more each answers in the mask than beside it, −1 to 1, float32 (C,); None without a mask,
            or where the network sees nothing of it, or nothing else.
        tile: (left, top, width, height) of what the network saw, as shares of the photo; None for all of it.
    """

    layer: str
    maps_hwc: NDArray[np.float16]
    energy: NDArray[np.float32]
    response: NDArray[np.float32] | None
    tile: tuple[float, float, float, float] | None

    def on_photo(self, channel: int) -> FloatImage:
        """One channel over the whole photo: float32 (h, w)."""
        from core.explain.view import tile_on_photo

        plane = self.maps_hwc[..., channel].astype(np.float32)
        return plane if self.tile is None else tile_on_photo(plane, self.tile)


@dataclass(frozen=True, slots=True)
class ChannelsOrder:
    """Asks for a layer's channels; of a detector for the tile around the place, or in the photo's middle."""

    model: Path
    photo: PhotoFile
    layer: str
    place: ObjectPlace | None = None

    def work(self) -> Channels:
        """Raises PhotoError, NotFoundError, ConfigError."""
        from core.explain.features import feature_maps

        subject, view, mask = _seen(self.model, self.photo, self.place)
        (maps,) = feature_maps(subject, view.x_nhwc, [self.layer])
        usable = mask is not None and 0 < mask.mean() < 1
        response = maps.mask_response(mask) if usable and mask is not None else None
        largest = np.float32(np.finfo(np.float16).max)
        small = np.clip(maps.maps_hwc, -largest, largest).astype(np.float16)
        return Channels(maps.layer, small, maps.energy(), response, view.tile)


@dataclass(frozen=True, slots=True)
class HealthOrder:
    """Asks for dead and saturated channels over photos."""

    model: Path
    photos: tuple[PhotoFile, ...]
    layer: str

    def work(self) -> ChannelHealth:
        """Raises PhotoError, NotFoundError, ConfigError."""
        from core.explain import subject_of
        from core.explain.features import channel_health
        from core.explain.view import plain_input

        subject = subject_of(model_folder(self.model))
        inputs = (plain_input(subject, read_photo(photo)[1]) for photo in self.photos)
        return channel_health(subject, inputs, self.layer)


@dataclass(frozen=True, slots=True)
class DepthPoint:
    """A layer's energy on the object and beside it.

    Attributes:
        layer: its path.
        object_energy, background_energy: mean square of the activations there, each as a share of their sum: 0.5
            where the layer answers alike on both.
        share: of all the layer's energy that lies on the object, 0 to 1.
        area: the object's share of what the network saw.
    """

    layer: str
    object_energy: float
    background_energy: float
    share: float
    area: float


@dataclass(frozen=True, slots=True)
class DepthOrder:
    """Asks how energy moves to the object along the layers."""

    model: Path
    photo: PhotoFile
    layers: tuple[str, ...]
    place: ObjectPlace

    def work(self) -> tuple[DepthPoint, ...]:
        """Raises PhotoError, NotFoundError, ConfigError; () where the network sees nothing of it, or nothing else."""
        from core.explain.features import feature_maps, object_share

        subject, view, mask = _seen(self.model, self.photo, self.place)
        assert mask is not None
        area = float(mask.mean())
        if not 0 < area < 1:
            return ()
        points = []
        for maps in feature_maps(subject, view.x_nhwc, self.layers):
            share = object_share(maps, mask)
            dense = np.array([share / area, (1 - share) / (1 - area)])
            on, beside = (dense / max(float(dense.sum()), 1e-12)).tolist()
            points.append(DepthPoint(maps.layer, on, beside, share, area))
        return tuple(points)


@dataclass(frozen=True, slots=True, eq=False)
class Filters:
    """A convolution's weights.

    Attributes:
        layer: the convolution: the layer asked for, or the last one before it.
        kind: ``colour``: small photos, uint8 (C, h, w, 3); ``kernels``: float32 (h, w, C in, C out);
            ``depthwise``: float32 (h, w, C), one kernel a channel.
        weights: see ``kind``.
    """

    layer: str
    kind: FilterKind
    weights: NDArray[Any]


@dataclass(frozen=True, slots=True)
class FiltersOrder:
    """Asks for the weights of a convolution, or of the last one before a layer."""

    model: Path
    layer: str

    def work(self) -> Filters:
        """Raises NotFoundError; ConfigError where no convolution comes before."""
        from core.explain import subject_of
        from core.explain.features import filter_images, kernel_weights
        from core.explain.layers import convolution_before

        subject = subject_of(model_folder(self.model))
        layer, is_depthwise = convolution_before(subject.network, self.layer)
        kernel = kernel_weights(subject, layer)
        if is_depthwise:
            return Filters(layer, "depthwise", kernel[..., 0])
        if kernel.shape[2] == 3:
            return Filters(layer, "colour", filter_images(kernel))
        return Filters(layer, "kernels", kernel)


@dataclass(frozen=True, slots=True)
class LikesOrder:
    """Asks for the picture that a channel answers to most."""

    model: Path
    layer: str
    channel: int

    def work(self) -> UInt8Image:
        """uint8 (H, W, 3), the network's input size. Raises NotFoundError, ConfigError."""
        from core.explain import subject_of
        from core.explain.maximise import liked_picture

        return liked_picture(subject_of(model_folder(self.model)), self.layer, self.channel)


def _seen(model: Path, file: PhotoFile, place: ObjectPlace | None) -> tuple[Subject, View, NDArray[np.bool_] | None]:
    from core.explain import subject_of
    from core.explain.view import masked_view

    subject = subject_of(model_folder(model))
    photo, image_hwc = read_photo(file)
    mask = None if place is None else place_mask(place, (photo.width_px, photo.height_px), image_hwc.shape)
    return subject, *masked_view(subject, image_hwc, mask)
