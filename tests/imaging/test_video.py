"""Frames of videos, and fingerprints of pictures."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from core.errors import ArrayShapeError, ConfigError, PhotoError
from core.imaging.perceptual_hash import hash_distance, perceptual_hash
from core.imaging.video import recorded_at, video_facts, video_frames
from tests.imaging.pictures import jpeg_bytes, scene
from tests.imaging.videos import stamp_mp4, write_video

MANY = 1_000_000
GREYS = [np.full((48, 64, 3), 10 * i, np.uint8) for i in range(25)]


def times(path: Path, per_second: float) -> list[float]:
    return [round(frame.time_s, 3) for frame in video_frames(path, path.name, per_second, MANY)]


@pytest.mark.parametrize("ending", [".mp4", ".avi"])
def test_frames_come_at_the_wanted_rate(tmp_path: Path, ending: str) -> None:
    path = write_video(tmp_path / f"v{ending}", GREYS, 10)
    assert times(path, 1) == [0.0, 1.0, 2.0]
    assert times(path, 5) == [round(0.2 * i, 3) for i in range(13)]
    assert times(path, 1000) == [round(0.1 * i, 3) for i in range(25)]
    assert times(path, 0.1) == [0.0]
    values = [float(frame.image_hwc.mean()) for frame in video_frames(path, "v", 1, MANY)]
    assert values == pytest.approx([0, 100, 200], abs=4)


def test_colours_are_rgb_and_the_size_is_the_videos(tmp_path: Path) -> None:
    red = np.zeros((48, 64, 3), np.uint8)
    red[..., 0] = 220
    (frame,) = video_frames(write_video(tmp_path / "v.avi", [red]), "v.avi", 1, MANY)
    assert frame.image_hwc.shape == (48, 64, 3)
    assert frame.image_hwc[24, 32, 0] > 180 > 60 > frame.image_hwc[24, 32, 2]


def test_the_time_of_recording_is_read_from_the_movie_header(tmp_path: Path) -> None:
    path = write_video(tmp_path / "v.mp4", GREYS)
    assert recorded_at(path) is None
    moment = datetime(2026, 6, 12, 9, 4, 30, tzinfo=UTC)
    stamp_mp4(path, moment)
    assert video_facts(path, "v.mp4").captured_at == moment
    assert recorded_at(write_video(tmp_path / "v.avi", GREYS)) is None


def test_what_is_no_video_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "v.mp4").write_bytes(b"not a video at all" * 100)
    (tmp_path / "empty.avi").write_bytes(b"")
    for name in ("v.mp4", "empty.avi"):
        with pytest.raises(PhotoError, match=rf"{name}: expected a video \(MP4"):
            list(video_frames(tmp_path / name, name, 1, MANY))
    with pytest.raises(PhotoError, match="found no such file"):
        video_facts(tmp_path / "none.mp4", "none.mp4")


def test_a_video_that_is_cut_off_gives_what_can_be_read(tmp_path: Path) -> None:
    path = write_video(tmp_path / "v.avi", [scene(48, 64, i) for i in range(25)])
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 6 // 10])
    assert 1 <= len(times(path, 10)) < 25


def test_large_frames_and_odd_rates_are_refused(tmp_path: Path) -> None:
    path = write_video(tmp_path / "v.avi", GREYS[:2])
    with pytest.raises(PhotoError, match="expected frames of at most"):
        list(video_frames(path, "v.avi", 1, 3000))
    for rate in (0, -1, float("nan")):
        with pytest.raises(ConfigError, match="expected a number over 0"):
            list(video_frames(path, "v.avi", rate, MANY))


def test_a_fingerprint_survives_size_brightness_noise_and_compression() -> None:
    image = scene(240, 400, 3)
    own = perceptual_hash(image)
    from PIL import Image

    half = np.asarray(Image.fromarray(image).resize((200, 120)))
    brighter = np.clip(image.astype(int) + 12, 0, 255).astype(np.uint8)
    noisy = np.clip(image + np.random.default_rng(1).normal(0, 6, image.shape), 0, 255).astype(np.uint8)
    import io

    packed = np.asarray(Image.open(io.BytesIO(jpeg_bytes(image, quality=40))))
    assert max(hash_distance(own, perceptual_hash(other)) for other in (half, brighter, noisy, packed)) <= 4
    others = [hash_distance(own, perceptual_hash(scene(240, 400, seed))) for seed in range(10, 30)]
    assert min(others) > 10
    assert 26 < np.mean(others) < 38


def test_a_picture_without_structure_has_no_bits_noise_or_not() -> None:
    grey = np.full((300, 400, 3), 120.0)
    noisy = grey + np.random.default_rng(2).normal(0, 5, grey.shape)
    assert perceptual_hash(grey.astype(np.uint8)) == 0
    assert hash_distance(0, perceptual_hash(np.clip(noisy, 0, 255).astype(np.uint8))) <= 2
    with pytest.raises(ArrayShapeError, match="expected uint8"):
        perceptual_hash(grey)  # type: ignore[arg-type]


def test_distance_counts_bits() -> None:
    assert hash_distance(0b1011, 0b0001) == 2
    assert hash_distance(0, 2**64 - 1) == 64
