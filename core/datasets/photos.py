"""What a labelled photo's file tells without decoding a pixel: upright size and time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from core.errors import PhotoError
from core.imaging import identify
from core.imaging.photo import read_header
from core.imaging.sniff import HEAD_BYTES


@dataclass(frozen=True, slots=True)
class PhotoFacts:
    """Upright size in pixels, and capture time in UTC (None where the file does not tell)."""

    width_px: int
    height_px: int
    captured_at: datetime | None


def photo_facts(path: Path, name: str) -> PhotoFacts:
    """Read a photo's header.

    Args:
        path: the file.
        name: what the person calls it, for messages.

    Raises:
        PhotoError: no such file, not a photo, or damaged in its header.
    """
    try:
        with path.open("rb") as file:
            media_type = identify(file.read(HEAD_BYTES), name)
        width_px, height_px, notes = read_header(path, name, media_type)
    except FileNotFoundError as error:
        raise PhotoError(f"{name}: expected a photo, found no such file") from error
    except OSError as error:
        raise PhotoError(f"{name}: cannot be read ({error.strerror or error})") from error
    return PhotoFacts(width_px, height_px, notes.captured_at)
