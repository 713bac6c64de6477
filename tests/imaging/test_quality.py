"""Photo quality moves as its name says, whatever the scene; marks of a camera are told from scenes."""

import cv2
import numpy as np
import pytest

from core.errors import ArrayShapeError, ConfigError
from core.imaging.lasting_marks import find_lasting_marks
from core.imaging.quality import blur_strength, luminance, photo_quality


def _scene(seed: int, height_px: int = 240, width_px: int = 320) -> np.ndarray:
    """Sky above, ground below, always at about the same height, and shapes that differ from photo to photo."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(60, 190, (15, 20, 3), dtype=np.uint8)
    image = cv2.resize(coarse, (width_px, height_px), interpolation=cv2.INTER_CUBIC).astype(np.float32)
    image[: height_px // 2] = image[: height_px // 2] * 0.3 + 150
    for _ in range(6):
        x, y = rng.integers(0, width_px), rng.integers(0, height_px)
        cv2.rectangle(
            image, (int(x), int(y)), (int(x) + 25, int(y) + 40), [float(v) for v in rng.integers(0, 255, 3)], -1
        )
    image += rng.normal(0, 3, image.shape)
    return np.clip(image, 0, 255).astype(np.uint8)


def test_brightness_contrast_and_clipping_by_hand():
    half = np.zeros((40, 40, 3), np.uint8)
    half[:, 20:] = 255
    quality = photo_quality(half)
    assert (quality.brightness, quality.contrast) == (pytest.approx(0.5), pytest.approx(0.5))
    assert (quality.dark_share, quality.bright_share) == (0.5, 0.5)


def test_blur_rises_with_blur_and_is_one_without_an_edge():
    strengths = []
    for sigma in (0, 1, 2, 4):
        image = _scene(0) if sigma == 0 else cv2.GaussianBlur(_scene(0), (0, 0), sigma)
        strengths.append(photo_quality(image).blur)
    assert strengths == sorted(strengths)
    assert strengths[-1] - strengths[0] > 0.3
    assert blur_strength(np.full((20, 20), 0.5, np.float32)) == 1.0
    with pytest.raises(ArrayShapeError, match=r"gray: expected shape \(H, W\)"):
        blur_strength(np.zeros((4, 4, 3), np.float32))


def test_blur_does_not_depend_on_light():
    gray = luminance(_scene(1))
    assert blur_strength(gray * 0.5) == pytest.approx(blur_strength(gray), abs=1e-4)


def test_dead_pixels_and_dirt_are_found_where_they_were_put():
    dead = [(50, 30), (200, 100), (310, 230)]
    yy, xx = np.mgrid[:240, :320]
    shade = 1 - 0.25 * np.exp(-((xx - 90) ** 2 + (yy - 160) ** 2) / (2 * 9**2))
    grays = []
    for seed in range(60):
        gray = luminance(_scene(seed)) * shade.astype(np.float32)
        for x, y in dead:
            gray[y, x] = 1.0
        grays.append(gray)
    marks = find_lasting_marks(grays)
    assert sorted(map(tuple, marks.dead_pixels_xy.tolist())) == sorted(dead)
    assert len(marks.dirt_boxes_xyxy) == 1
    x_min, y_min, x_max, y_max = marks.dirt_boxes_xyxy[0]
    assert x_min < 90 < x_max
    assert y_min < 160 < y_max
    assert x_max - x_min < 60
    assert 0 < marks.dirt_share < 0.05


def test_scenes_without_marks_have_none():
    marks = find_lasting_marks(luminance(_scene(seed)) for seed in range(100, 160))
    assert len(marks.dead_pixels_xy) == 0
    assert len(marks.dirt_boxes_xyxy) == 0
    assert marks.dirt_share == 0


def test_too_few_photos_and_other_sizes_are_named():
    with pytest.raises(ConfigError, match="expected at least 8 of one camera, got 3"):
        find_lasting_marks(luminance(_scene(seed)) for seed in range(3))
    with pytest.raises(ArrayShapeError, match=r"photo 1: expected size \(240, 320\), got \(20, 20\)"):
        find_lasting_marks([luminance(_scene(0)), np.zeros((20, 20), np.float32)])
