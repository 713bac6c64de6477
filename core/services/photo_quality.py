"""Quality of stored photos: measured once, kept in their metadata, where filters and breakdowns find it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from core.errors import PhotoError
from core.imaging.decode import decode_upright
from core.imaging.quality import QUALITY_LONG_SIDE_PX, PhotoQuality, photo_quality
from core.services.context import Context

WRITER = "plugin:photo quality"
QUALITY_KEYS = ("brightness", "contrast", "blur", "dark_share", "bright_share")


def measured_quality(
    context: Context, shas: Sequence[str], on_progress: Callable[[int, int], None] | None = None
) -> dict[str, PhotoQuality | None]:
    """Quality of photos; what was measured before is read from their metadata.

    Args:
        context: the store.
        shas: photos.
        on_progress: called with (done, count).

    Returns:
        None for a photo whose pixels cannot be read any more.

    Raises:
        NotFoundError: no such photo, or its file was taken away.
        StoreError: the store cannot do it now.
    """
    known = context.store.metadata_of(shas)
    found: dict[str, PhotoQuality | None] = {}
    for done, sha256 in enumerate(known, start=1):
        found[sha256] = _kept(known[sha256]) or _measure(context, sha256)
        if on_progress:
            on_progress(done, len(known))
    return found


def kept_quality(context: Context, shas: Sequence[str]) -> dict[str, PhotoQuality | None]:
    """Quality of photos that was measured before; None for the others."""
    return {sha256: _kept(metadata) for sha256, metadata in context.store.metadata_of(shas).items()}


def _kept(metadata: Mapping[str, Any]) -> PhotoQuality | None:
    values = [metadata.get(f"quality.{name}") for name in QUALITY_KEYS]
    if not all(isinstance(value, int | float) for value in values):
        return None
    return PhotoQuality(*(float(value) for value in values if value is not None))


def _measure(context: Context, sha256: str) -> PhotoQuality | None:
    store = context.store
    try:
        path = store.original_path(sha256)
        quality = photo_quality(decode_upright(path, store.photo(sha256).name, at_least_px=QUALITY_LONG_SIDE_PX))
    except PhotoError:
        return None
    with store.transaction():
        for name, value in asdict(quality).items():
            store.set_metadata(sha256, f"quality.{name}", round(value, 5), WRITER)
    return quality
