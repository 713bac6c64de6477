"""Frames of a video as photo files: by rate or one a scene, the sharpest, near-duplicates left out."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from core.errors import ConfigError
from core.imaging.perceptual_hash import HASH_BITS, hash_distance, perceptual_hash
from core.imaging.quality import photo_quality
from core.imaging.variants import encode_jpeg
from core.imaging.video import VideoFacts, VideoFrame, video_facts, video_frames
from core.whole_files import write_whole

FRAME_QUALITY = 92
SCENE_BITS = 20  # unrelated pictures differ in about 32, frames of one flight in a few
MAX_SHARPEST_OF = 30
_UNFIT = re.compile(r"[^\w.-]+")


@dataclass(frozen=True, slots=True)
class FrameRules:
    """Which frames of a video become photos.

    Attributes:
        per_second: frames looked at, a second of video.
        least_distance: bits of 64 in which a frame's perceptual hash differs at least from that of every
            frame kept before; 0 keeps all.
        max_pixels: largest accepted frame, width × height.
        sharpest_of: of so many frames a turn, spread evenly over it, the least blurred is taken.
        most_blur: a frame more blurred than this (``core.imaging.quality``, 0 to 1) is left out; 1 leaves out none.
        one_a_scene: a scene gives one frame and not one a turn. A scene ends where two frames looked at one after the
            other differ in at least 20 of the 64 bits of their hashes.
    """

    per_second: float = 1.0
    least_distance: int = 6
    max_pixels: int = 300_000_000
    sharpest_of: int = 1
    most_blur: float = 1.0
    one_a_scene: bool = False

    @property
    def looks_at_blur(self) -> bool:
        """Whether frames are told apart by how blurred they are."""
        return self.sharpest_of > 1 or self.most_blur < 1 or self.one_a_scene


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
    """The photos that a video became, and how many frames were left out as near-duplicates and as too blurred."""

    frames: tuple[KeptFrame, ...]
    dropped: int
    blurred: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class _Candidate:
    """The best frame of a turn or scene so far."""

    frame: VideoFrame
    fingerprint: int
    blur: float


def keep_frames(
    video: Path, folder: Path, rules: FrameRules, on_frame: Callable[[int, int], None] | None = None
) -> KeptFrames:
    """Write the frames of a video that differ from each other, the sharpest ones where the rules ask for it.

    They lie in ``FOLDER/HASH/NAME_00012.500s.jpg``: the hash is the video file's, the number the time in it. A
    frame that is there is not written again, so that the work can be taken up and versions share frames.

    Args:
        video: the file.
        folder: where frames lie; made if need be.
        rules: which frames.
        on_frame: called with (frames looked at, frames to look at or 0 where unknown).

    Raises:
        ConfigError: a rule is out of its range.
        PhotoError: not a video that can be read.
        StoreError: disk full.
    """
    _check(rules)
    facts = video_facts(video, video.name)
    with video.open("rb") as file:
        own_folder = folder / hashlib.file_digest(file, "sha256").hexdigest()[:10]
    stem = _UNFIT.sub("_", video.stem)[:80] or "video"
    kept: list[KeptFrame] = []
    hashes: list[int] = []
    dropped = blurred = 0
    for best in _best_frames(video, rules, facts, on_frame):
        nearest = min((hash_distance(best.fingerprint, other) for other in hashes), default=HASH_BITS + 1)
        if best.blur > rules.most_blur:
            blurred += 1
            continue
        if nearest < rules.least_distance:
            dropped += 1
            continue
        hashes.append(best.fingerprint)
        target = own_folder / f"{stem}_{best.frame.time_s:09.3f}s.jpg"
        if not target.exists():
            write_whole(target, encode_jpeg(best.frame.image_hwc, FRAME_QUALITY))
        moment = facts.captured_at + timedelta(seconds=best.frame.time_s) if facts.captured_at else None
        kept.append(KeptFrame(target, moment))
    return KeptFrames(tuple(kept), dropped, blurred)


def _check(rules: FrameRules) -> None:
    if not 0 <= rules.least_distance <= HASH_BITS:
        raise ConfigError(f"least distance: expected 0 to {HASH_BITS} bits, received {rules.least_distance}")
    if not 1 <= rules.sharpest_of <= MAX_SHARPEST_OF:
        raise ConfigError(f"sharpest of: expected 1 to {MAX_SHARPEST_OF} frames, received {rules.sharpest_of}")
    if not 0 < rules.most_blur <= 1:
        raise ConfigError(f"most blur: expected over 0 to 1, received {rules.most_blur:g}")


def _best_frames(
    video: Path, rules: FrameRules, facts: VideoFacts, on_frame: Callable[[int, int], None] | None
) -> Iterator[_Candidate]:
    """The least blurred frame of each turn or scene, in the order of the video."""
    rate = rules.per_second * rules.sharpest_of
    expected = round(facts.frame_count / facts.frames_per_s * min(rate, facts.frames_per_s))
    best: _Candidate | None = None
    group, scene, last = -1, 0, 0
    for looked_at, frame in enumerate(video_frames(video, video.name, rate, rules.max_pixels), start=1):
        if on_frame:
            on_frame(looked_at, expected)
        fingerprint = perceptual_hash(frame.image_hwc)
        scene += looked_at > 1 and hash_distance(fingerprint, last) >= SCENE_BITS
        last = fingerprint
        # Half a frame of slack, as in ``video_frames``: 0.9999 s begins the turn of 1 s.
        turn = math.floor((frame.time_s + 0.5 / facts.frames_per_s) * rules.per_second)
        blur = photo_quality(frame.image_hwc).blur if rules.looks_at_blur else 0.0
        mine = scene if rules.one_a_scene else turn if rules.sharpest_of > 1 else looked_at
        if best is not None and mine != group:
            yield best
            best = None
        group = mine
        if best is None or blur < best.blur:
            best = _Candidate(frame, fingerprint, blur)
    if best is not None:
        yield best
