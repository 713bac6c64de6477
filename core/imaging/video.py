"""Frames of a video, at a chosen rate, upright."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

import cv2
import numpy as np

from core.errors import ConfigError, PhotoError
from core.types import UInt8Image

VIDEO_ENDINGS = frozenset({".mp4", ".mov", ".m4v", ".avi", ".mkv", ".webm", ".mpg", ".mpeg", ".mts"})
_MP4_EPOCH = datetime(1904, 1, 1, tzinfo=UTC)
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, eq=False)
class VideoFrame:
    """One picture of a video.

    Attributes:
        time_s: seconds from the video's begin.
        image_hwc: uint8, shape (H, W, 3), RGB, upright.
    """

    time_s: float
    image_hwc: UInt8Image


@dataclass(frozen=True, slots=True)
class VideoFacts:
    """What a video tells about itself.

    Attributes:
        width_px, height_px: upright size.
        frame_count: as the file states it; 0 where it does not.
        frames_per_s: as the file states it.
        captured_at: when recording began, UTC; None where the file does not tell.
    """

    width_px: int
    height_px: int
    frame_count: int
    frames_per_s: float
    captured_at: datetime | None


def video_facts(path: Path, name: str) -> VideoFacts:
    """Read what a video tells about itself.

    Raises:
        PhotoError: not a video that can be read.
    """
    with _opened(path, name) as video:
        return _facts(video, path)


def video_frames(path: Path, name: str, per_second: float, max_pixels: int) -> Iterator[VideoFrame]:
    """The frames nearest after 0, 1/rate, 2/rate … seconds.

    Frames in between are stepped over without being turned into pixels. A rate above the video's own gives
    every frame once. A video that is cut off gives what can be read of it.

    Args:
        path: the file.
        name: what the person calls it, for messages.
        per_second: frames wanted a second of video, over 0.
        max_pixels: largest accepted frame, width × height.

    Raises:
        ConfigError: the rate is not over 0.
        PhotoError: not a video that can be read, no frame in it, or too large ones.
    """
    if not (math.isfinite(per_second) and per_second > 0):
        raise ConfigError(f"frames a second: expected a number over 0, received {per_second}")
    with _opened(path, name) as video:
        facts = _facts(video, path)
        if facts.width_px * facts.height_px > max_pixels:
            raise PhotoError(
                f"{name}: expected frames of at most {max_pixels / 1e6:.0f} megapixels, received "
                f"{facts.width_px:,} × {facts.height_px:,} px; make it smaller, or raise GRIDLENS_MAX_MEGAPIXELS"
            )
        taken = 0
        for index, time_s in _grabbed(video, facts.frames_per_s):
            # Half a frame of slack: a time of 0.9999 s is meant to be 1 s.
            if time_s + 0.5 / facts.frames_per_s < taken / per_second and index > 0:
                continue
            is_read, image_bgr = video.retrieve()
            if not is_read:
                continue
            # The next wanted time lies after this frame, also where the video has a gap.
            taken = max(taken + 1, math.floor((time_s + 0.5 / facts.frames_per_s) * per_second) + 1)
            yield VideoFrame(time_s, np.ascontiguousarray(cv2.cvtColor(image_bgr, cv2.COLOR_BGR2RGB)))
        if taken == 0:
            raise PhotoError(f"{name}: expected a video with frames, received none; copy it from the camera again")


@contextmanager
def _opened(path: Path, name: str) -> Iterator[Any]:
    if not path.is_file():
        raise PhotoError(f"{name}: expected a video, found no such file")
    # FFmpeg alone: OpenCV's other readers take numbered pictures and network addresses for videos.
    video = cv2.VideoCapture(str(path.absolute()), cv2.CAP_FFMPEG)
    try:
        if not video.isOpened():
            raise PhotoError(
                f"{name}: expected a video (MP4, MOV, AVI, MKV, WebM …), received a file that cannot be opened as one; "
                "copy it from the camera again"
            )
        yield video
    finally:
        video.release()


def _facts(video: Any, path: Path) -> VideoFacts:
    rate = video.get(cv2.CAP_PROP_FPS)
    count = video.get(cv2.CAP_PROP_FRAME_COUNT)
    return VideoFacts(
        int(video.get(cv2.CAP_PROP_FRAME_WIDTH)),
        int(video.get(cv2.CAP_PROP_FRAME_HEIGHT)),
        int(count) if math.isfinite(count) and count > 0 else 0,
        rate if math.isfinite(rate) and 0 < rate < 10_000 else 25.0,
        recorded_at(path),
    )


def _grabbed(video: Any, frames_per_s: float) -> Iterator[tuple[int, float]]:
    """Step through the frames: (index, time in seconds), times rising."""
    index, last_s = 0, -1.0
    while video.grab():
        stamp_s = video.get(cv2.CAP_PROP_POS_MSEC) / 1000
        # A stamp that stands still or runs back (broken index, AVI without one) gives way to counting.
        time_s = stamp_s if stamp_s > last_s and math.isfinite(stamp_s) else index / frames_per_s
        last_s = max(time_s, last_s)
        yield index, time_s
        index += 1


def recorded_at(path: Path) -> datetime | None:
    """When an MP4 or MOV recording began, UTC, from its movie header; None where the file does not tell.

    Cameras write this in UTC, as the standard asks; some write local time, which cannot be told apart.

    Source: ISO/IEC 14496-12, 8.2.2 (``mvhd``).
    """
    try:
        with path.open("rb") as file:
            header = _find_box(file, b"mvhd", path.stat().st_size)
    except (OSError, struct.error):
        return None
    if header is None or len(header) < 12:
        return None
    is_long = header[0] == 1
    seconds = struct.unpack(">Q", header[4:12])[0] if is_long else struct.unpack(">I", header[4:8])[0]
    try:
        moment = _MP4_EPOCH + timedelta(seconds=seconds)
    except OverflowError:
        return None
    return moment if moment > _EARLIEST else None


def _find_box(file: BinaryIO, wanted: bytes, end: int) -> bytes | None:
    """The first bytes of a box's content, looked for from the file's position to ``end``."""
    while file.tell() + 8 <= end:
        start = file.tell()
        size, kind = struct.unpack(">I4s", file.read(8))
        if size == 1:
            size = struct.unpack(">Q", file.read(8))[0]
        size = size or end - start
        if kind == wanted:
            return file.read(20)
        if kind == b"moov":
            return _find_box(file, wanted, min(end, start + size))
        if size < 8:
            return None
        file.seek(start + size)
    return None
