"""Augmentation keeps photos photos, boxes on their things, and a seed's result."""

import cv2
import numpy as np
import pytest

from core.training.augment import augment_pixels, plain_affine, random_affine, warp, warp_boxes
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
