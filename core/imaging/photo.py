"""A file on disk → what we know of the photo, without decoding a pixel."""

from __future__ import annotations

import hashlib
import warnings
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from core.errors import PhotoError
from core.imaging.exif import CameraNotes, read_camera_notes
from core.imaging.sniff import HEAD_BYTES, identify
from core.types import Photo

MIN_SIDE_PX = 32
_DNG_VERSION_TAG = 50706
_PILLOW_FORMATS = {
    "image/jpeg": ("JPEG", "MPO"),
    "image/png": ("PNG",),
    "image/tiff": ("TIFF",),
    "image/webp": ("WEBP",),
}

# Pillow's own bomb guard warns at 89 megapixels, which a good aerial camera exceeds;
# ours refuses by the settings' limit, from the header, before any decode.
Image.MAX_IMAGE_PIXELS = None
# Damaged EXIF is common and counts as not told; a warning a photo would bury what matters.
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.TiffImagePlugin")


def describe(path: Path, name: str, settings_max_pixels: int, *, sha256: str | None = None) -> Photo:
    """Read what a photo file tells about itself: its hash, size, time, position and camera.

    Args:
        path: the file.
        name: what the person calls it; kept for display and named in every message.
        settings_max_pixels: largest accepted width × height, in pixels.
        sha256: hex digest of the file where it is known already (an upload hashed as it came).

    Returns:
        The photo, with its upright size in pixels. Pixels are not decoded: a photo whose end is
        missing passes here and is refused by ``decode_upright``.

    Raises:
        PhotoError: not a JPEG, PNG, TIFF or WebP photo, damaged in its header, under 32 px a side,
            or over the limit.
    """
    with path.open("rb") as file:
        media_type = identify(file.read(HEAD_BYTES), name)
        if sha256 is None:
            file.seek(0)
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    width_px, height_px, notes = read_header(path, name, media_type)
    _check_size(name, width_px, height_px, settings_max_pixels)
    return Photo(
        sha256=sha256,
        name=name,
        media_type=media_type,
        byte_count=path.stat().st_size,
        width_px=width_px,
        height_px=height_px,
        captured_at=notes.captured_at,
        gps=notes.gps,
        camera=notes.camera,
    )


def read_header(path: Path, name: str, media_type: str) -> tuple[int, int, CameraNotes]:
    """Upright width and height in pixels, and the camera's notes, from the header alone.

    Raises:
        PhotoError: the header is damaged, or the file is a raw negative.
    """
    with open_picture(path, name, media_type) as picture:
        if media_type == "image/tiff" and _DNG_VERSION_TAG in getattr(picture, "tag_v2", {}):
            raise PhotoError(f"{name}: expected a photo, received a raw negative (DNG); export it as JPEG")
        notes = read_camera_notes(picture)
        width_px, height_px = picture.size
    # Pillow gives a TIFF's size upright already; the other formats' as stored.
    if notes.orientation >= 5 and media_type != "image/tiff":
        width_px, height_px = height_px, width_px
    return width_px, height_px, notes


def open_picture(path: Path, name: str, media_type: str) -> Image.Image:
    """Open with Pillow, as the format that the bytes say and no other.

    Raises:
        PhotoError: the header is damaged.
    """
    try:
        return Image.open(path, formats=_PILLOW_FORMATS[media_type])
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, TypeError, KeyError, OverflowError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        kind = media_type.removeprefix("image/").upper()
        raise PhotoError(
            f"{name}: it begins like a {kind} photo but cannot be opened (cut off, damaged, or of an unusual kind); "
            "copy it from the camera again, or export it as JPEG"
        ) from error


def _check_size(name: str, width_px: int, height_px: int, max_pixels: int) -> None:
    if min(width_px, height_px) < MIN_SIDE_PX:
        raise PhotoError(
            f"{name}: expected at least {MIN_SIDE_PX} × {MIN_SIDE_PX} px, received {width_px} × {height_px} px; "
            "too small to show anything"
        )
    if width_px * height_px > max_pixels:
        raise PhotoError(
            f"{name}: expected at most {max_pixels / 1e6:.0f} megapixels, received {width_px:,} × {height_px:,} px "
            f"({width_px * height_px / 1e6:.0f} megapixels); make it smaller, or raise GRIDLENS_MAX_MEGAPIXELS"
        )
