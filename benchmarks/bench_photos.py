"""Large photos for the benchmarks: as many bytes and as much detail as a drone's, and all different."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np


def large_jpeg(width_px: int, height_px: int, *, noise: float = 2.0, quality: int = 90, seed: int = 0) -> bytes:
    """A JPEG with coarse structure, fine texture and sensor noise; 24 megapixels come to about 4 MB.

    Args:
        width_px, height_px: size.
        noise: standard deviation, grey levels; decides the bytes a pixel, and so the time of a decode.
        quality: JPEG quality.
        seed: another one gives another picture.
    """
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 255, (height_px // 16, width_px // 16, 3), dtype=np.uint8)
    coarse = cv2.GaussianBlur(coarse, (0, 0), 1.5)
    image = cv2.resize(coarse, (width_px, height_px), interpolation=cv2.INTER_CUBIC).astype(np.float32)
    image += rng.normal(0, noise, image.shape).astype(np.float32)
    encoded = cv2.imencode(".jpg", np.clip(image, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return encoded.tobytes()


def write_photos(folder: Path, count: int, data: bytes) -> list[Path]:
    """The same pixels under different hashes: a few bytes behind the end marker tell the files apart."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{number:05d}.jpg" for number in range(count)]
    for number, path in enumerate(paths):
        path.write_bytes(data + number.to_bytes(4, "big"))
    return paths
