"""Video files made for tests."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

CODECS = {".mp4": "mp4v", ".avi": "MJPG"}


def write_video(path: Path, frames: Sequence[NDArray[np.uint8]], frames_per_s: float = 10.0) -> Path:
    """Write RGB frames of one size; the ending decides the format."""
    path.parent.mkdir(parents=True, exist_ok=True)
    height_px, width_px = frames[0].shape[:2]
    fourcc = cv2.VideoWriter.fourcc(*CODECS[path.suffix])
    writer = cv2.VideoWriter(str(path), fourcc, frames_per_s, (width_px, height_px))
    assert writer.isOpened()
    for frame in frames:
        writer.write(cv2.cvtColor(frame, cv2.COLOR_RGB2BGR))
    writer.release()
    return path


def stamp_mp4(path: Path, moment: datetime) -> None:
    """Write the time of recording into an MP4's movie header, as cameras do."""
    data = bytearray(path.read_bytes())
    start = data.index(b"mvhd") + 4
    assert data[start] == 0  # the short form
    seconds = int((moment - datetime(1904, 1, 1, tzinfo=UTC)).total_seconds())
    data[start + 4 : start + 8] = struct.pack(">I", seconds)
    path.write_bytes(bytes(data))
