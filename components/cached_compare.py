"""What comparing photos keeps longer than one run of a page; see ``components.cached``."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from core.config import Settings

if TYPE_CHECKING:
    from core.compare.descriptors import Describer
    from core.compare.pairs import Comparison
    from core.services.pairs import ShownPicture
    from core.services.photo_library import Library


def pair_photo(path: Path, max_pixels: int) -> ShownPicture:
    """A photo for the pair viewer.

    Raises:
        PhotoError: it cannot be read.
    """
    return _pair_picture(path, _changed_ns(path), max_pixels, None)


def pair_edges(path: Path, max_pixels: int, low: int, high: int) -> ShownPicture:
    """Its edges at these thresholds.

    Raises:
        PhotoError: it cannot be read.
    """
    return _pair_picture(path, _changed_ns(path), max_pixels, (low, high))


def pair_measures(settings: Settings, first: Path, second: Path) -> tuple[Comparison, ...]:
    """All measures between two photos.

    Raises:
        PhotoError: one of them cannot be read.
    """
    return _pair_measures(settings, first, second, (_changed_ns(first), _changed_ns(second)))


@lru_cache(maxsize=1)
def describer(settings: Settings) -> Describer:
    """Makes records of photos with every installed model's features; its sessions are opened once."""
    from core.services.compare import make_describer

    return make_describer(settings)


@lru_cache(maxsize=12)  # half a megabyte each
def _pair_picture(path: Path, changed_ns: int, max_pixels: int, edges: tuple[int, int] | None) -> ShownPicture:
    from core.services.pairs import shown_edges, shown_photo

    return shown_photo(path, max_pixels) if edges is None else shown_edges(path, max_pixels, *edges)


@lru_cache(maxsize=32)
def _pair_measures(
    settings: Settings, first: Path, second: Path, changed_ns: tuple[int, int]
) -> tuple[Comparison, ...]:
    from core.services.compare import compare_files

    return compare_files(settings, first, second, describer(settings))


def _changed_ns(path: Path) -> int:
    return path.stat().st_mtime_ns if path.is_file() else 0


def photo_size(path: Path, max_pixels: int) -> tuple[int, int]:
    """Width and height of an upright photo, pixels.

    Raises:
        PhotoError: it cannot be read.
    """
    return _photo_size(path, _changed_ns(path), max_pixels)


def library(settings: Settings, source: Path, unread: int) -> Library:
    """The photos of a dataset CSV with their records, all of them read.

    Args:
        settings: where the index is.
        source: dataset CSV.
        unread: photos of it that are not in the index yet; they are read now.

    Raises:
        ConfigError, StoreError: see ``core.services.photo_library.open_library``.
    """
    return _library(settings, source, _changed_ns(source), unread)


@lru_cache(maxsize=256)
def _photo_size(path: Path, changed_ns: int, max_pixels: int) -> tuple[int, int]:
    from core.imaging import describe

    photo = describe(path, path.name, max_pixels, sha256="")
    return photo.width_px, photo.height_px


@lru_cache(maxsize=3)
def _library(settings: Settings, source: Path, changed_ns: int, unread: int) -> Library:
    from core.services.photo_library import open_library

    return open_library(settings, source, describer(settings))
