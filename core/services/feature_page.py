"""What the Feature maps page makes of a layer's channels: a sorted sheet, and one channel as maps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from core.services.context import Context
from core.services.explain_orders import PhotoFile
from core.services.explain_page import photo_file
from core.services.feature_orders import Channels, Filters
from core.store import PhotoFilter
from core.types import FloatImage, Photo, UInt8Image

if TYPE_CHECKING:
    from core.explain.features import ChannelHealth

Order = Literal["energy", "mask", "name"]
SHOWN = 240
HEALTH_PHOTOS = 24
_CELL_PX = 72
_WEIGHTS_SHOWN = 144


@dataclass(frozen=True, slots=True, eq=False)
class ChannelSheet:
    """Channels as pictures.

    Attributes:
        numbers: of the channels, in the order asked for, the first ``SHOWN``.
        values: what they were sorted by, one each; their energy where by name.
        count: all channels of the layer.
        sheet_hwc: uint8 RGB, their pictures below each other.
    """

    numbers: tuple[int, ...]
    values: tuple[float, ...]
    count: int
    sheet_hwc: UInt8Image


def channel_sheet(channels: Channels, order: Order) -> ChannelSheet:
    """Channels sorted by energy, by response in the mask (by energy where there is none), or by number."""
    from core.explain.picture import channel_tiles, tile_sheet

    values = channels.response if order == "mask" and channels.response is not None else channels.energy
    numbers = np.arange(len(values)) if order == "name" else np.argsort(-values, kind="stable")
    shown = numbers[:SHOWN]
    tiles = channel_tiles(channels.maps_hwc.astype(np.float32), shown, _CELL_PX)
    return ChannelSheet(tuple(shown.tolist()), tuple(float(values[k]) for k in shown), len(values), tile_sheet(tiles))


def channel_maps(found: Sequence[Channels], channel: int) -> tuple[list[FloatImage], bool]:
    """One channel over each photo, all on one scale, so that photos can be compared.

    Returns:
        float32 (h, w) each, divided by the largest size in any of them, and whether the scale has two directions.
    """
    planes = [channels.on_photo(channel) for channels in found]
    peak = max(float(np.abs(plane).max()) for plane in planes)
    scaled = [np.asarray(plane / (peak or 1.0), np.float32) for plane in planes]
    return scaled, any(float(plane.min()) < -1e-3 for plane in scaled)


def health_marks(health: ChannelHealth) -> dict[int, str]:
    """Channel → ``dead`` or ``saturated``; healthy ones are left out."""
    marks = {int(k): "dead" for k in np.flatnonzero(health.dead)}
    return marks | {int(k): "saturated" for k in np.flatnonzero(health.saturated)}


def health_photos(context: Context, photo: Photo) -> tuple[PhotoFile, ...]:
    """The photos that channels are looked at over: this one and the newest of the store.

    Raises:
        NotFoundError: an original was taken away.
    """
    rows = context.store.photos(PhotoFilter(order="newest", limit=HEALTH_PHOTOS))
    photos = {photo.sha256: photo, **{row.photo.sha256: row.photo for row in rows}}
    return tuple(photo_file(context, one) for one in list(photos.values())[:HEALTH_PHOTOS])


def filter_sheet(filters: Filters, channel: int) -> tuple[UInt8Image, tuple[int, ...]]:
    """A convolution's weights as pictures below each other, and the number of each.

    First layer: every filter as a small photo. Depthwise: the kernel of every channel. Others: the kernels of one
    channel, one for each channel that it reads, the strongest first.

    Args:
        filters: the weights.
        channel: whose kernels, for others; beyond the last one, the last.
    """
    from core.explain.picture import grown, kernel_tiles, tile_sheet

    weights: NDArray[np.float32] = filters.weights
    if filters.kind == "colour":
        return np.concatenate([grown(image, _CELL_PX) for image in filters.weights]), tuple(range(len(weights)))
    if filters.kind == "depthwise":
        return tile_sheet(kernel_tiles(weights[..., :SHOWN], _CELL_PX)), tuple(range(min(weights.shape[2], SHOWN)))
    mine = weights[..., min(channel, weights.shape[3] - 1)]
    strongest: Sequence[int] = np.argsort(-np.square(mine).sum(axis=(0, 1)), kind="stable")[:_WEIGHTS_SHOWN].tolist()
    return tile_sheet(kernel_tiles(mine[..., list(strongest)], _CELL_PX // 2)), tuple(strongest)
