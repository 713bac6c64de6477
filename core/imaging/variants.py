"""Smaller copies of a photo: the standard variant for the viewer, the thumbnail for galleries."""

from __future__ import annotations

from typing import Literal

import cv2

from core.errors import ArrayShapeError
from core.imaging.decode import resize_to_long_side
from core.types import UInt8Image

VariantKind = Literal["standard", "thumbnail"]

STANDARD_LONG_SIDE_PX = 2048
THUMBNAIL_LONG_SIDE_PX = 320
LONG_SIDE_PX: dict[VariantKind, int] = {"standard": STANDARD_LONG_SIDE_PX, "thumbnail": THUMBNAIL_LONG_SIDE_PX}
# JPEG for both: WebP saves a third of a thumbnail's bytes and takes ten times as long to encode.
_QUALITY: dict[VariantKind, int] = {"standard": 88, "thumbnail": 82}


def encode_variant(image_hwc: UInt8Image, kind: VariantKind) -> bytes:
    """Shrink and encode an upright image as one of the stored variants.

    Args:
        image_hwc: uint8, shape (H, W, 3), RGB, upright; at least the variant's long side, or the whole photo.
        kind: ``standard`` (long side 2048 px, quality 88) or ``thumbnail`` (long side 320 px, quality 82).

    Returns:
        A JPEG file without EXIF.

    Raises:
        ArrayShapeError: image_hwc is not uint8 (H, W, 3).
    """
    return encode_jpeg(resize_to_long_side(image_hwc, LONG_SIDE_PX[kind]), _QUALITY[kind])


def encode_jpeg(image_hwc: UInt8Image, quality: int) -> bytes:
    """Encode RGB pixels, uint8 (H, W, 3), as a JPEG of a quality from 1 to 100.

    Raises:
        ArrayShapeError: the image cannot be a JPEG (empty, or a side over 65,535 px).
    """
    try:
        done, data = cv2.imencode(
            ".jpg", cv2.cvtColor(image_hwc, cv2.COLOR_RGB2BGR), (cv2.IMWRITE_JPEG_QUALITY, quality)
        )
    except cv2.error as error:
        raise ArrayShapeError(f"image_hwc: {image_hwc.shape} cannot be encoded as JPEG") from error
    if not done:
        raise ArrayShapeError(f"image_hwc: {image_hwc.shape} cannot be encoded as JPEG")
    return bytes(data.tobytes())
