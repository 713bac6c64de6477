"""Search by a part of a photo."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from core.compare.regions import CELL_LENGTH, GRID, cell_descriptors, find_region, region_descriptor


def meadow(seed: int) -> NDArray[np.uint8]:
    noise = np.random.default_rng(seed).normal(0, 4, (384, 512, 3))
    return np.clip(np.array([70, 120, 50]) + noise, 0, 255).astype(np.uint8)


def with_sign(image: NDArray[np.uint8], left: int, top: int) -> NDArray[np.uint8]:
    """A red sign with white bars across."""
    image = image.copy()
    image[top : top + 96, left : left + 128] = (200, 20, 30)
    for y in range(top + 8, top + 96, 16):
        image[y : y + 5, left : left + 128] = 250
    return image


def test_a_part_is_found_in_the_photo_that_has_it_and_where() -> None:
    query = with_sign(meadow(0), 60, 40)
    photos = [meadow(1), with_sign(meadow(2), 256, 192), meadow(3)]
    cells = np.stack([cell_descriptors(photo) for photo in photos])
    values, boxes = find_region(region_descriptor(query[40:136, 60:188]), cells)
    assert values.argmax() == 1
    assert values[1] > 0.9 > 0.5 > max(values[0], values[2])
    x0, y0, x1, y1 = boxes[1] * (512, 384, 512, 384)
    assert x0 >= 256
    assert x1 <= 384
    assert y0 >= 192
    assert y1 <= 288


def test_a_whole_photo_is_found_in_itself() -> None:
    photo = cv2.resize(np.random.default_rng(0).integers(0, 256, (12, 16, 3), dtype=np.uint8), (512, 384))
    cells = cell_descriptors(photo)
    assert cells.shape == (GRID, GRID, CELL_LENGTH)
    values, _ = find_region(region_descriptor(photo), cells[None])
    assert values[0] > 0.9


def test_descriptors_are_shares_of_colours_and_directions() -> None:
    stripes = np.zeros((64, 64, 3), np.uint8)
    stripes[:, ::8] = stripes[:, 1::8] = stripes[:, 2::8] = stripes[:, 3::8] = 255
    descriptor = region_descriptor(stripes)
    assert descriptor[:12].sum() == pytest.approx(1)
    assert descriptor[8] == descriptor[11] == pytest.approx(0.5)  # black and white
    assert descriptor[12] == pytest.approx(1)  # every gradient lies across
    assert region_descriptor(np.ascontiguousarray(stripes.transpose(1, 0, 2)))[16] == pytest.approx(1)
    red = region_descriptor(np.full((16, 16, 3), (255, 0, 0), np.uint8))
    assert red[0] == 1
    assert red[1:-1].sum() == 0
    assert red[-1] == 1  # not an edge
    assert find_region(red, cell_descriptors(np.full((16, 16, 3), (255, 0, 0), np.uint8))[None])[0][0] == 1
    assert find_region(red, np.zeros((0, 8, 8, 20), np.uint8))[0].shape == (0,)
