"""Augmentation keeps photos photos, boxes on their things, and a seed's result."""

import cv2
import numpy as np
import pytest

from core.training.augment import (
    augment_pixels,
    change_colour,
    plain_affine,
    random_affine,
    shake,
    warp,
    warp_boxes,
)
from core.training.config import AugmentSection


def test_plain_affine_is_the_stretch():
    affine = plain_affine(100, 200, 50)
    np.testing.assert_allclose(warp_boxes(np.array([[20.0, 10, 60, 30]]), affine, 50), [[5, 5, 15, 15]])


@pytest.mark.parametrize("seed", range(8))
def test_boxes_follow_the_pixels(seed):
    image = np.zeros((120, 160, 3), np.uint8)
    cv2.rectangle(image, (60, 40), (89, 69), (255, 255, 255), -1)
    rng = np.random.default_rng(seed)
    affine = random_affine(120, 160, 96, AugmentSection(rotation_deg=0, scale=0.3, shift=0.05), rng)
    warped = warp(image, affine, 96)[..., 0] > 127
    rows, columns = np.nonzero(warped)
    box = warp_boxes(np.array([[60.0, 40, 90, 70]]), affine, 96)[0]
    found = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
    np.testing.assert_allclose(np.clip(box, 0, 96), found, atol=1.5)


def test_same_seed_same_pixels_and_strength_zero_changes_nothing():
    image = np.random.default_rng(0).integers(0, 256, (40, 50, 3)).astype(np.uint8)
    strong = AugmentSection(colour=1.0, sensor=1.0, erase=1.0)
    first = augment_pixels(image, strong, np.random.default_rng(5))
    np.testing.assert_array_equal(first, augment_pixels(image, strong, np.random.default_rng(5)))
    assert first.dtype == np.uint8
    assert first.shape == image.shape
    assert np.abs(first.astype(int) - image).mean() > 5
    off = AugmentSection(colour=0.0, sensor=0.0, erase=0.0)
    np.testing.assert_array_equal(augment_pixels(image, off, np.random.default_rng(5)), image)


@pytest.mark.parametrize("seed", range(5))
def test_colours_change_as_their_formula_says(seed):
    """Against the plain formula, pixel by pixel: gamma, gain, contrast and brightness, saturation."""
    strength = 0.35  # under this seed's hue threshold often enough; seeds that turn the hue are left out
    image = np.random.default_rng(seed).integers(0, 256, (20, 30, 3)).astype(np.uint8)
    rng = np.random.default_rng(seed)
    x = (image / 255) ** np.exp(rng.uniform(-0.7, 0.7) * strength)
    x = x * np.exp(rng.uniform(-0.2, 0.2, 3) * strength)
    x = (x - 0.5) * np.exp(rng.uniform(-0.5, 0.5) * strength) + 0.5 + rng.uniform(-0.2, 0.2) * strength
    saturation = 0.0 if rng.random() < 0.1 * strength else np.exp(rng.uniform(-0.9, 0.6) * strength)
    grey = x.mean(axis=2, keepdims=True)
    expected = np.clip((grey + (x - grey) * saturation) * 255, 0, 255)
    if rng.random() < 0.4 * strength:
        pytest.skip("this seed turns the hue as well")
    found = change_colour(image, strength, np.random.default_rng(seed))
    assert np.abs(found - expected).max() <= 1.0


def test_a_shaken_photo_is_smeared_along_one_line_and_keeps_its_brightness():
    image = np.zeros((41, 41, 3), np.uint8)
    image[20, 20] = 255
    shaken = shake(image, np.random.default_rng(1))[..., 0].astype(float)
    assert shaken.sum() == pytest.approx(255, rel=0.1)
    rows, columns = np.nonzero(shaken)
    spread = np.linalg.svd(np.stack([rows - rows.mean(), columns - columns.mean()]))[1]
    assert spread[0] > 3 * spread[1]
