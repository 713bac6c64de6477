"""Photo files made for tests."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image


def scene(height_px: int = 120, width_px: int = 200, seed: int = 0) -> NDArray[np.uint8]:
    """A smooth RGB picture without symmetry, so that every turn and flip of it differs."""
    rng = np.random.default_rng(seed)
    coarse = Image.fromarray(rng.integers(0, 256, (6, 10, 3), dtype=np.uint8))
    return np.asarray(coarse.resize((width_px, height_px), Image.Resampling.BICUBIC))


def save(path: Path, image: NDArray[Any] | Image.Image, **options: Any) -> Path:
    """Write a picture by the ending of its path."""
    picture = image if isinstance(image, Image.Image) else Image.fromarray(image)
    picture.save(path, **options)
    return path


def jpeg_bytes(image: NDArray[Any], **options: Any) -> bytes:
    """A picture as a JPEG file's bytes."""
    buffer = BytesIO()
    Image.fromarray(image).save(buffer, "JPEG", **({"quality": 95} | options))
    return buffer.getvalue()


def bomb_png(path: Path, side_px: int = 30_000) -> Path:
    """A PNG whose header promises side × side pixels, with next to no data."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", side_px, side_px, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\x00" * 1000)) + chunk(b"IEND", b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + body)
    return path
