"""Bytes → upright RGB pixels, at the scale that is needed and no larger.

A JPEG holds its picture in 8 × 8 blocks of frequencies; libjpeg can leave the high ones out and give
1/2, 1/4 or 1/8 of the size directly, which is several times faster than decoding all and shrinking.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from core.errors import ArrayShapeError, PhotoError
from core.imaging.exif import read_camera_notes
from core.imaging.photo import open_picture
from core.imaging.sniff import HEAD_BYTES, identify
from core.types import UInt8Image

_SCALED_READ = {2: cv2.IMREAD_REDUCED_COLOR_2, 4: cv2.IMREAD_REDUCED_COLOR_4, 8: cv2.IMREAD_REDUCED_COLOR_8}
_WIDE_MODES = ("I;16", "I;16L", "I;16B", "I;16N")


def decode_upright(path: Path, name: str, *, at_least_px: int | None = None) -> UInt8Image:
    """Decode a photo as a person would see it.

    Args:
        path: the file; checked by ``describe`` before, so that its size is within the limits.
        name: what the person calls it; named in every message.
        at_least_px: the long side that is needed, pixels. A JPEG is then decoded at 1/2, 1/4 or 1/8 of
            its size (rounded up) as long as its long side stays at least this; other formats, and None, in full.
            Where 8 does not divide the size, the last row or column reaches up to 7 px over the photo's edge.

    Returns:
        uint8, shape (H, W, 3), RGB, 0 to 255, contiguous, EXIF orientation applied. Transparent parts lie
        over white; 16-bit photos are scaled to 8 bit; animations give their first picture.

    Raises:
        PhotoError: not a photo, cut off, or damaged.
    """
    with path.open("rb") as file:
        media_type = identify(file.read(HEAD_BYTES), name)
    with open_picture(path, name, media_type) as picture:
        if media_type == "image/jpeg" and picture.mode in ("RGB", "L"):
            orientation = read_camera_notes(picture).orientation
            denominator = scale_denominator(max(picture.size), at_least_px)
            return _turn_upright(_decode_jpeg(path, name, denominator), orientation)
        return _decode_other(picture, name, media_type)


def scale_denominator(long_side_px: int, at_least_px: int | None) -> int:
    """The strongest JPEG reduction, 1, 2, 4 or 8, that keeps the long side at or above a length in pixels."""
    if at_least_px is None:
        return 1
    return next((d for d in (8, 4, 2) if -(-long_side_px // d) >= at_least_px), 1)


def resize_to_long_side(image_hwc: UInt8Image, long_side_px: int) -> UInt8Image:
    """Shrink an image so that its long side has a length; a smaller image is returned as it is.

    Args:
        image_hwc: uint8, shape (H, W, 3).
        long_side_px: wanted long side, pixels, at least 1.

    Returns:
        uint8, shape (h, w, 3), area-averaged; the short side is at least 1 px.

    Raises:
        ArrayShapeError: image_hwc is not uint8 (H, W, 3).
    """
    _check_image(image_hwc)
    height_px, width_px = image_hwc.shape[:2]
    if max(height_px, width_px) <= long_side_px:
        return image_hwc
    scale = long_side_px / max(height_px, width_px)
    return resize_to(image_hwc, max(1, round(height_px * scale)), max(1, round(width_px * scale)))


def resize_to(image_hwc: UInt8Image, height_px: int, width_px: int) -> UInt8Image:
    """Bring an image to an exact size by area averaging (linear where it grows).

    Args:
        image_hwc: uint8, shape (H, W, 3).
        height_px, width_px: wanted size, pixels, at least 1; the aspect ratio may change.

    Returns:
        uint8, shape (height_px, width_px, 3).

    Raises:
        ArrayShapeError: image_hwc is not uint8 (H, W, 3).
    """
    _check_image(image_hwc)
    if image_hwc.shape[:2] == (height_px, width_px):
        return image_hwc
    return np.asarray(cv2.resize(image_hwc, (width_px, height_px), interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _check_image(image_hwc: UInt8Image) -> None:
    if image_hwc.ndim != 3 or image_hwc.shape[2] != 3 or image_hwc.dtype != np.uint8:
        raise ArrayShapeError(
            f"image_hwc: expected uint8 (H, W, 3), received {image_hwc.dtype} {image_hwc.shape}; "
            "decode photos with decode_upright"
        )


def _decode_jpeg(path: Path, name: str, denominator: int) -> UInt8Image:
    data = np.fromfile(path, np.uint8)
    flag = _SCALED_READ.get(denominator, cv2.IMREAD_COLOR) | cv2.IMREAD_IGNORE_ORIENTATION
    try:
        image_bgr = cv2.imdecode(data, flag)
    except cv2.error as error:
        raise PhotoError(f"{name}: the photo is damaged; copy it from the camera again") from error
    # OpenCV gives nothing back when the data end before the end-of-image marker.
    if image_bgr is None:
        raise PhotoError(f"{name}: the file is cut off before the end of the photo; copy it from the camera again")
    return np.asarray(cv2.cvtColor(image_bgr, cv2.COLOR_BGR2RGB, dst=image_bgr), dtype=np.uint8)


def _decode_other(picture: Image.Image, name: str, media_type: str) -> UInt8Image:
    try:
        # Pillow turns a TIFF upright while loading; the tag must be read before.
        orientation = 1 if media_type == "image/tiff" else read_camera_notes(picture).orientation
        picture.load()
        image = _to_rgb(picture, name)
    except (OSError, SyntaxError, ValueError, EOFError, IndexError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise PhotoError(f"{name}: the file is cut off or damaged ({error}); copy it from the camera again") from error
    return _turn_upright(image, orientation)


def _to_rgb(picture: Image.Image, name: str) -> UInt8Image:
    if picture.mode in _WIDE_MODES:
        grey = (np.asarray(picture).astype(np.uint32) * 255 + 32767) // 65535
        return np.repeat(grey.astype(np.uint8)[:, :, None], 3, axis=2)
    if picture.mode in ("I", "F"):
        raise PhotoError(
            f"{name}: expected a photo of 8 or 16 bits a channel, received 32-bit measurements; export it as 8-bit"
        )
    if picture.has_transparency_data:
        coloured = picture.convert("RGBA")
        white = Image.new("RGBA", coloured.size, (255, 255, 255, 255))
        picture = Image.alpha_composite(white, coloured)
    return np.array(picture if picture.mode == "RGB" else picture.convert("RGB"), dtype=np.uint8)


def _turn_upright(image: UInt8Image, orientation: int) -> UInt8Image:
    """Undo how the camera was held. Source: Exif 3.0, tag 0x0112."""
    if orientation == 2:
        image = cv2.flip(image, 1)
    elif orientation == 3:
        image = cv2.rotate(image, cv2.ROTATE_180)
    elif orientation == 4:
        image = cv2.flip(image, 0)
    elif orientation == 5:
        image = cv2.transpose(image)
    elif orientation == 6:
        image = cv2.rotate(image, cv2.ROTATE_90_CLOCKWISE)
    elif orientation == 7:
        image = cv2.rotate(cv2.transpose(image), cv2.ROTATE_180)
    elif orientation == 8:
        image = cv2.rotate(image, cv2.ROTATE_90_COUNTERCLOCKWISE)
    return np.ascontiguousarray(image, dtype=np.uint8)
