"""A render beside the photo that belongs to it: which pairs there are, their pictures, edges and histograms."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from core.compare.edges import canny_edges
from core.compare.histograms import BINS, COLOUR_SPACES, ColourSpace, colour_histogram
from core.compare.index import read_picture
from core.errors import ConfigError
from core.imaging import encode_jpeg, resize_to_long_side
from core.services.samples import SAMPLE_DATA
from core.types import UInt8Image

SHOWN_PX = 1280
CHANNELS: dict[ColourSpace, tuple[str, ...]] = {
    "rgb": ("red", "green", "blue"), "hsv": ("hue", "saturation", "value"), "grey": ("luminance",),
}  # fmt: skip
SAMPLE_WORDS = ("render", "high-fidelity render with defocus, sensor noise and JPEG")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two photo files, and what they are called: ``words`` say what each of them is."""

    name: str
    first: Path
    second: Path
    words: tuple[str, str]


@dataclass(frozen=True, slots=True, eq=False)
class ShownPicture:
    """A picture for the browser.

    Attributes:
        data: JPEG or PNG.
        media_type: which.
        width_px, height_px: of what is shown; long side 1,280 px at most.
    """

    data: bytes
    media_type: str
    width_px: int
    height_px: int


@dataclass(frozen=True, slots=True, eq=False)
class ChannelHistograms:
    """One channel of both pictures: float64 (32,) each, sum 1."""

    channel: str
    first: NDArray[np.float64]
    second: NDArray[np.float64]


def sample_pairs(folder: Path = SAMPLE_DATA / "pairs") -> tuple[Pair, ...]:
    """The pairs that ship: photos of one name in ``render`` and ``high_fidelity_render``."""
    renders = sorted((folder / "render").glob("*.jpg"))
    fine = {path.name: path for path in (folder / "high_fidelity_render").glob("*.jpg")}
    return tuple(
        Pair(path.stem, path, fine[path.name], SAMPLE_WORDS) for path in renders if path.name in fine
    )  # fmt: skip


def shown_photo(path: Path, max_pixels: int) -> ShownPicture:
    """A photo as the browser shows it.

    Raises:
        PhotoError: it cannot be read.
    """
    image_hwc = _picture(path, max_pixels)
    return ShownPicture(encode_jpeg(image_hwc, 90), "image/jpeg", image_hwc.shape[1], image_hwc.shape[0])


def shown_edges(path: Path, max_pixels: int, low: float, high: float) -> ShownPicture:
    """Canny's edges of a photo at 1,280 px, white on black.

    Args:
        path: the photo.
        max_pixels: largest photo that is opened.
        low, high: gradients from which an edge goes on, and from which it begins; see ``canny_edges``.

    Raises:
        PhotoError: it cannot be read.
        ConfigError: the thresholds are the wrong way round.
    """
    if not 0 <= low <= high:
        raise ConfigError(f"thresholds: expected 0 up to the upper one, received {low:g} and {high:g}")
    edges_hw = canny_edges(_picture(path, max_pixels), low, high)
    data = bytes(cv2.imencode(".png", edges_hw)[1].tobytes())
    return ShownPicture(data, "image/png", edges_hw.shape[1], edges_hw.shape[0])


def pair_histograms(first: Path, second: Path, space: ColourSpace, max_pixels: int) -> tuple[ChannelHistograms, ...]:
    """Histograms of both photos, 32 bins a channel.

    Raises:
        PhotoError: one of them cannot be read.
        ConfigError: an unknown colour space.
    """
    if space not in COLOUR_SPACES:
        raise ConfigError(f"colours: expected one of {', '.join(COLOUR_SPACES)}, received {space!r}")
    both = [
        colour_histogram(_picture(path, max_pixels), space).astype(np.float64).reshape(-1, BINS)
        for path in (first, second)
    ]
    return tuple(
        ChannelHistograms(name, one / one.sum(), other / other.sum())
        for name, one, other in zip(CHANNELS[space], *both, strict=True)
    )


def _picture(path: Path, max_pixels: int) -> UInt8Image:
    return resize_to_long_side(read_picture(path, max_pixels, SHOWN_PX)[0], SHOWN_PX)
