"""Every measure between two photos: its name, what it means, which way is nearer, and its range."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from core.compare.hashes import HASHES
from core.compare.histograms import COLOUR_SPACES
from core.compare.pixels import MAX_PSNR_DB
from core.errors import NotFoundError

EMBEDDING = "embedding_"


@dataclass(frozen=True, slots=True)
class Measure:
    """How near two photos are, in one sense.

    Attributes:
        name: as on the command line and in JSON.
        meaning: what a person reads.
        nearer: whether a higher or a lower value says that two photos are nearer.
        low, high: smallest and largest value there can be; two equal photos get the nearer end.
        indexed: whether it can be read off an index; else both photos have to be opened.
    """

    name: str
    meaning: str
    nearer: Literal["higher", "lower"]
    low: float
    high: float
    indexed: bool = True


_SPACES = {"rgb": "red, green and blue", "hsv": "hue, saturation and value", "grey": "luminance"}


def _histograms() -> list[Measure]:
    measures = []
    for space in COLOUR_SPACES:
        of = f"of the histograms of {_SPACES[space]}, 32 bins a channel"
        measures += [
            Measure(f"{space}_correlation", f"Correlation {of}", "higher", -1, 1),
            Measure(f"{space}_chi_square", f"Chi-square distance {of}", "lower", 0, 4),
            Measure(f"{space}_intersection", f"Intersection {of}", "higher", 0, 1),
            Measure(f"{space}_bhattacharyya", f"Bhattacharyya (Hellinger) distance {of}", "lower", 0, 1),
        ]
    return measures


def _hashes() -> list[Measure]:
    return [
        Measure(name, f"Bits in which the {name.replace('_', ' ')}es differ", "lower", 0, bits)
        for name, (_, bits) in HASHES.items()
    ]


_PIXELS = [
    Measure("ssim", "Structural similarity of luminance at the common size", "higher", -1, 1, False),
    Measure("mse", "Mean squared error of luminance (0 to 1) at the common size", "lower", 0, 1, False),
    Measure(
        "psnr", "Peak signal-to-noise ratio at the common size, dB; 100 for equal", "higher", 0, MAX_PSNR_DB, False
    ),
    Measure("thumbnail_ssim", "Structural similarity of layout, 32 × 32 px", "higher", -1, 1),
    Measure("thumbnail_mse", "Mean squared error of layout, 32 × 32 px", "lower", 0, 1),
    Measure("thumbnail_psnr", "Peak signal-to-noise ratio of layout, 32 × 32 px, dB", "higher", 0, MAX_PSNR_DB),
]
_EDGES = [
    Measure("edge_density", "Difference between the shares of pixels on Canny's edges", "lower", 0, 1),
    Measure("sharpness", "Difference in sharpness", "lower", 0, 1),
    Measure("edge_straightness", "Difference in how straight edges are", "lower", 0, 1),
]
FIXED_MEASURES: tuple[Measure, ...] = (*_histograms(), *_hashes(), *_PIXELS, *_EDGES)


def measures(embeddings: Sequence[str] = ()) -> tuple[Measure, ...]:
    """All measures, with the cosine of each of these embeddings."""
    cosines = (
        Measure(f"{EMBEDDING}{name}", f"Cosine between the features of {name}", "higher", -1, 1) for name in embeddings
    )
    return (*FIXED_MEASURES, *cosines)


def measure_named(name: str, embeddings: Sequence[str] = ()) -> Measure:
    """A measure by its name.

    Raises:
        NotFoundError: there is none; the message lists all.
    """
    known = {measure.name: measure for measure in measures(embeddings)}
    if name not in known:
        raise NotFoundError(f"measure {name!r}: expected one of {', '.join(known)}")
    return known[name]
