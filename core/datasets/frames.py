"""Frames of a video as photo files, near-duplicates left out."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from core.datasets.files import write_whole
from core.errors import ConfigError
from core.imaging.perceptual_hash import HASH_BITS, hash_distance, perceptual_hash
from core.imaging.variants import encode_jpeg
from core.imaging.video import video_facts, video_frames

FRAME_QUALITY = 92
_UNFIT = re.compile(r"[^\w.-]+")


@dataclass(frozen=True, slots=True)
class FrameRules:
    """Which frames of a video become photos.

    Attributes:
        per_second: frames looked at, a second of video.
        least_distance: bits of 64 in which a frame's perceptual hash differs at least from that of every
            frame kept before; 0 keeps all.
        max_pixels: largest accepted frame, width × height.
    """

    per_second: float = 1.0
    least_distance: int = 6
    max_pixels: int = 300_000_000


@dataclass(frozen=True, slots=True)
class KeptFrame:
    """A frame that became a photo.

    Attributes:
        file: the JPEG.
        captured_at: UTC; None where the video does not tell.
    """

    file: Path
    captured_at: datetime | None


@dataclass(frozen=True, slots=True)
class KeptFrames:
    """The photos that a video became, and how many frames were left out as near-duplicates."""

    frames: tuple[KeptFrame, ...]
    dropped: int


def keep_frames(
    video: Path, folder: Path, rules: FrameRules, on_frame: Callable[[int, int], None] | None = None
) -> KeptFrames:
    """Write the frames of a video that differ from each other.

    They lie in ``FOLDER/HASH/NAME_00012.500s.jpg``: the hash is the video file's, the number the time in it. A
    frame that is there is not written again, so that the work can be taken up and versions share frames.

    Args:
        video: the file.
        folder: where frames lie; made if need be.
        rules: which frames.
        on_frame: called with (frames looked at, frames to look at or 0 where unknown).

    Raises:
        ConfigError: the rate is not over 0, or the distance not 0 to 64.
        PhotoError: not a video that can be read.
        StoreError: disk full.
    """
    if not 0 <= rules.least_distance <= HASH_BITS:
        raise ConfigError(f"least distance: expected 0 to {HASH_BITS} bits, received {rules.least_distance}")
    facts = video_facts(video, video.name)
    with video.open("rb") as file:
        own_folder = folder / hashlib.file_digest(file, "sha256").hexdigest()[:10]
    stem = _UNFIT.sub("_", video.stem)[:80] or "video"
    expected = round(facts.frame_count / facts.frames_per_s * min(rules.per_second, facts.frames_per_s))
    kept: list[KeptFrame] = []
    hashes: list[int] = []
    looked_at = 0
    for frame in video_frames(video, video.name, rules.per_second, rules.max_pixels):
        looked_at += 1
        if on_frame:
            on_frame(looked_at, expected)
        fingerprint = perceptual_hash(frame.image_hwc)
        if min((hash_distance(fingerprint, other) for other in hashes), default=HASH_BITS + 1) < rules.least_distance:
            continue
        hashes.append(fingerprint)
        target = own_folder / f"{stem}_{frame.time_s:09.3f}s.jpg"
        if not target.exists():
            write_whole(target, encode_jpeg(frame.image_hwc, FRAME_QUALITY))
        moment = facts.captured_at + timedelta(seconds=frame.time_s) if facts.captured_at else None
        kept.append(KeptFrame(target, moment))
    return KeptFrames(tuple(kept), looked_at - len(kept))
