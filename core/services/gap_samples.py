"""A gap to look at on the first start: the sample poles against stand-ins for field photos, named as such."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from core.config import Settings
from core.imaging import decode_upright, encode_jpeg
from core.render.camera_stage import photograph
from core.services.file_list import find_photo_files
from core.services.gap import GapOrder
from core.services.photo_sets import stand_ins_dir
from core.services.samples import SAMPLE_DATA
from core.types import UInt8Image
from core.whole_files import write_whole

MODEL = "polecat"
_SIDE_PX = 448
_DEFOCUS_PX, _NOISE, _JPEG_QUALITY = 1.6, 0.05, 55


def sample_gap_order(settings: Settings, folder: Path = SAMPLE_DATA / "poles") -> GapOrder:
    """Make the stand-ins where they are not there yet, and say what to measure.

    Args:
        settings: the stand-ins go into ``home``.
        folder: renders.

    Raises:
        PhotoError: a sample photo cannot be read.
        StoreError: a stand-in cannot be written.
    """
    place = stand_ins_dir(settings)
    for number, file in enumerate(find_photo_files([folder])):
        target = place / f"{file.stem}.jpg"
        if not target.is_file():
            image = decode_upright(file, file.name, at_least_px=_SIDE_PX)
            write_whole(target, encode_jpeg(stand_in(image, seed=number), 95))
    return GapOrder(MODEL, str(folder), str(place))


def stand_in(image_hwc: UInt8Image, *, seed: int) -> UInt8Image:
    """A render as a poor camera would have taken it: out of focus, with sensor noise and strong JPEG.

    Args:
        image_hwc: uint8 RGB (H, W, 3).
        seed: of the noise.

    Returns:
        uint8 RGB, long side 448 px.
    """
    scale = _SIDE_PX / max(image_hwc.shape[:2])
    size = round(image_hwc.shape[1] * scale), round(image_hwc.shape[0] * scale)
    encoded = cv2.resize(image_hwc, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    rng = np.random.default_rng(seed)
    return photograph(encoded, rng, defocus_px=_DEFOCUS_PX, noise=_NOISE, jpeg_quality=_JPEG_QUALITY)
