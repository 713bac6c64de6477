"""Photo → one record of fixed length, from which every indexed measure is read. The same record for pair and index."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from core.compare.catalogue import EMBEDDING
from core.compare.edges import EDGE_MEASURES, edge_values
from core.compare.hashes import HASHES, picture_hashes
from core.compare.histograms import COLOUR_SPACES, colour_histogram, histogram_length
from core.compare.pixels import WINDOW_PX, WINDOWS, thumbnail, thumbnail_sums
from core.compare.regions import CELL_LENGTH, GRID, cell_descriptors
from core.errors import ConfigError
from core.imaging.decode import resize_to
from core.types import UInt8Image

Records = NDArray[np.void]

STANDARD_LONG_SIDE_PX = 512
MAX_RECORD_BYTES = 7680  # 8 KB a photo, less its path
_LAYOUT = "2"  # changes when a field's meaning does


class Embedder(Protocol):
    """A network's view of a photo."""

    @property
    def identity(self) -> str:
        """What names weights and layer, so that an index never mixes two of them."""
        ...

    @property
    def length(self) -> int:
        """How many features ``read`` gives."""
        ...

    def read(self, image_hwc: UInt8Image) -> NDArray[np.float64]:
        """Features of a photo, uint8 (H, W, 3): (D,)."""
        ...


class Describer:
    """Makes records; thread-safe as far as its embedders are."""

    def __init__(self, embedders: Mapping[str, Embedder] | None = None) -> None:
        """Fix what a record holds.

        Args:
            embedders: name → network; measures are called ``embedding_NAME``.

        Raises:
            ConfigError: the embeddings need more than 8 KB a photo.
        """
        self.embedders = dict(embedders or {})
        fields: list[tuple[Any, ...]] = [(space, "<f4", (histogram_length(space),)) for space in COLOUR_SPACES]
        fields += [
            ("hashes", "<u8", (len(HASHES),)),
            ("edges", "<f4", (len(EDGE_MEASURES),)),
            ("thumbnail", "u1", (WINDOWS, WINDOW_PX**2)),
            ("thumbnail_sums", "<f4", (2, WINDOWS)),
            ("cells", "u1", (GRID, GRID, CELL_LENGTH)),
        ]
        fields += [(f"{EMBEDDING}{name}", "i1", (embedder.length,)) for name, embedder in self.embedders.items()]
        self.dtype = np.dtype(fields)
        if self.dtype.itemsize > MAX_RECORD_BYTES:
            raise ConfigError(
                f"{', '.join(self.embedders)}: expected at most {MAX_RECORD_BYTES} bytes a photo, these features "
                f"make it {self.dtype.itemsize}; take fewer models or a narrower layer"
            )

    @property
    def version(self) -> str:
        """Twelve hex digits that change with everything that a record depends on."""
        embedders = [(name, embedder.identity) for name, embedder in self.embedders.items()]
        return hashlib.sha256(repr((_LAYOUT, self.dtype.descr, embedders)).encode()).hexdigest()[:12]

    def describe(self, image_hwc: UInt8Image) -> Records:
        """One record of a photo.

        Args:
            image_hwc: uint8 RGB, shape (H, W, 3), upright; all but embeddings are taken from it at a long side
                of exactly 512 px, so that photos of different sizes can be compared.
        """
        record = np.zeros((), dtype=self.dtype)
        standard = to_standard(image_hwc)
        for space in COLOUR_SPACES:
            record[space] = colour_histogram(standard, space)
        record["hashes"] = picture_hashes(standard)
        record["edges"] = edge_values(standard)
        record["thumbnail"] = thumbnail(standard)
        record["thumbnail_sums"] = thumbnail_sums(record["thumbnail"])
        record["cells"] = cell_descriptors(standard)
        for name, embedder in self.embedders.items():
            record[f"{EMBEDDING}{name}"] = quantised(embedder.read(image_hwc))
        return record


def embedding_names(dtype: np.dtype[np.void]) -> list[str]:
    """The embeddings that records of a kind hold."""
    return [name.removeprefix(EMBEDDING) for name in dtype.names or () if name.startswith(EMBEDDING)]


def to_standard(image_hwc: UInt8Image) -> UInt8Image:
    """A picture, uint8 (H, W, 3), with a long side of 512 px; a smaller one is enlarged, and is less sharp then."""
    height_px, width_px = image_hwc.shape[:2]
    scale = STANDARD_LONG_SIDE_PX / max(height_px, width_px)
    return resize_to(image_hwc, max(GRID, round(height_px * scale)), max(GRID, round(width_px * scale)))


def quantised(features: NDArray[np.float64]) -> NDArray[np.int8]:
    """(D,) features as whole numbers from −127 to 127: their direction to about 0.005, their length lost.

    A feature vector that is not finite, or nothing but 0, has no direction and becomes 0.
    """
    largest = float(np.abs(features).max(initial=0))
    if not np.isfinite(largest) or largest == 0:
        return np.zeros(features.shape, np.int8)
    return np.asarray(np.rint(features * (127 / largest)), dtype=np.int8)
