"""Five fingerprints of a picture, by the library ``imagehash``, and in how many bits two of them differ.

``core.imaging.perceptual_hash`` is another one, for frames of videos: it gives no bits to pictures without structure.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import imagehash
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.imaging.decode import resize_to
from core.types import UInt8Image

Hashes = NDArray[np.uint64]

HASHES: dict[str, tuple[Callable[[Image.Image], Any], int]] = {
    "colour_hash": (imagehash.colorhash, 42),
    "average_hash": (imagehash.average_hash, 64),
    "wavelet_hash": (imagehash.whash, 64),
    "perceptual_hash": (imagehash.phash, 64),
    "difference_hash": (imagehash.dhash, 64),
}
"""Name → (its function, how many bits it has)."""

HASHED_PX = 128


def picture_hashes(image_hwc: UInt8Image) -> Hashes:
    """All hashes of a picture, of 128 × 128 px of it: no hash looks closer, and all cost the same for any photo.

    Args:
        image_hwc: uint8, shape (H, W, 3), RGB.

    Returns:
        uint64, shape (5,), in the order of ``HASHES``; the colour hash fills the upper 42 bits.

    Source: https://github.com/JohannesBuchner/imagehash, version 4.3.
    """
    picture = Image.fromarray(resize_to(image_hwc, HASHED_PX, HASHED_PX))
    bits = np.zeros((len(HASHES), 64), dtype=np.bool_)
    for row, (hashed, count) in zip(bits, HASHES.values(), strict=True):
        row[:count] = hashed(picture).hash.ravel()
    return np.asarray(np.packbits(bits, axis=1).view(">u8")[:, 0], dtype=np.uint64)


def differing_bits(one: np.uint64, many: Hashes) -> NDArray[np.float32]:
    """In how many bits each of (N,) hashes differs from one: (N,), whole numbers, 0 for equal ones."""
    return np.bitwise_count(np.bitwise_xor(many, one)).astype(np.float32)
