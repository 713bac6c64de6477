"""Which frames of a video become photos: by rate, sharpness and scene."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from core.datasets.frames import FrameRules, KeptFrames, keep_frames
from core.errors import ConfigError
from tests.imaging.videos import write_video


def detailed(seed: int) -> NDArray[np.uint8]:
    rng = np.random.default_rng(seed)
    coarse = cv2.resize(rng.integers(0, 256, (5, 8, 3), dtype=np.uint8), (160, 120), interpolation=cv2.INTER_CUBIC)
    grain = rng.integers(-40, 40, (30, 40, 1)).repeat(4, axis=0).repeat(4, axis=1)
    return np.clip(coarse.astype(int) + grain, 0, 255).astype(np.uint8)


def blurred(image: NDArray[np.uint8], sigma: float) -> NDArray[np.uint8]:
    return np.asarray(cv2.GaussianBlur(image, (0, 0), sigma), np.uint8) if sigma else image


def kept(tmp_path: Path, frames: list[NDArray[np.uint8]], **rules: object) -> KeptFrames:
    video = write_video(tmp_path / "v.avi", frames, 10)
    return keep_frames(video, tmp_path / "frames", FrameRules(**rules))  # type: ignore[arg-type]


def times(found: KeptFrames) -> list[float]:
    return [float(frame.file.stem.split("_")[1].rstrip("s")) for frame in found.frames]


def test_the_sharpest_of_each_turn_is_kept(tmp_path: Path) -> None:
    sharp_at = (3, 17, 22)
    frames = [blurred(detailed(k // 10), 0 if k in sharp_at else 3) for k in range(30)]
    found = kept(tmp_path, frames, per_second=1, sharpest_of=10)
    assert times(found) == [0.3, 1.7, 2.2]
    assert (found.dropped, found.blurred) == (0, 0)
    assert times(kept(tmp_path, frames, per_second=1)) == [0, 1, 2]


def test_frames_that_are_too_blurred_are_counted_and_left_out(tmp_path: Path) -> None:
    frames = [blurred(detailed(k // 10), 6 if k // 10 == 1 else 0) for k in range(30)]
    found = kept(tmp_path, frames, per_second=1, most_blur=0.6)
    assert times(found) == [0, 2]
    assert (found.dropped, found.blurred) == (0, 1)


def test_a_scene_gives_its_sharpest_frame(tmp_path: Path) -> None:
    lengths, sharp_at = (7, 15, 8), (4, 20, 22)
    scenes = np.repeat(np.arange(3), lengths)
    frames = [blurred(detailed(int(scene)), 0 if k in sharp_at else 3) for k, scene in enumerate(scenes)]
    found = kept(tmp_path, frames, per_second=10, one_a_scene=True)
    assert times(found) == [0.4, 2.0, 2.2]


def test_a_scene_that_comes_again_is_a_near_duplicate(tmp_path: Path) -> None:
    frames = [detailed(scene) for scene in (0, 0, 0, 1, 1, 1, 0, 0, 0)]
    found = kept(tmp_path, frames, per_second=10, one_a_scene=True)
    assert (len(found.frames), found.dropped) == (2, 1)


def test_a_broken_end_loses_nothing_that_came_before(tmp_path: Path) -> None:
    video = write_video(tmp_path / "v.avi", [detailed(k // 5) for k in range(30)], 10)
    video.write_bytes(video.read_bytes()[: video.stat().st_size * 7 // 10])
    found = keep_frames(video, tmp_path / "frames", FrameRules(per_second=10, one_a_scene=True))
    assert 2 <= len(found.frames) < 6


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ({"sharpest_of": 0}, "sharpest of: expected 1 to 30 frames, received 0"),
        ({"most_blur": 0.0}, "most blur: expected over 0 to 1, received 0"),
        ({"most_blur": float("nan")}, "received nan"),
        ({"least_distance": 65}, "least distance: expected 0 to 64 bits, received 65"),
    ],
)
def test_rules_out_of_range_are_refused(tmp_path: Path, rules: dict[str, float], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        kept(tmp_path, [detailed(0)], **rules)
