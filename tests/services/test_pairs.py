"""Pairs: pictures, edges, histograms, and what layers give for both."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from core.errors import ConfigError, NotFoundError, PhotoError
from core.services.context import Context
from core.services.own_pairs import dropped_pair, own_pair
from core.services.pair_orders import pair_maps
from core.services.pairs import pair_histograms, sample_pairs, shown_edges, shown_photo
from tests.imaging.pictures import save, scene
from tests.services.toys import write_photo

MOST = 50_000_000


def test_five_pairs_ship_and_the_second_is_named_what_it_is() -> None:
    pairs = sample_pairs()
    assert len(pairs) == 5
    for pair in pairs:
        assert pair.second.parent.name == "high_fidelity_render"
        assert "defocus, sensor noise and JPEG" in pair.words[1]
        first, second = (shown_photo(path, MOST) for path in (pair.first, pair.second))
        assert (first.width_px, first.height_px) == (second.width_px, second.height_px)


def test_pictures_are_no_larger_than_a_screen_and_edges_follow_the_thresholds(tmp_path: Path) -> None:
    photo = save(tmp_path / "large.jpg", scene(1500, 3000, 1))
    found = shown_photo(photo, MOST)
    assert (found.width_px, found.height_px, found.media_type) == (1280, 640, "image/jpeg")
    square = np.zeros((200, 200, 3), np.uint8)
    square[50:150, 50:150] = 255
    many, few = (shown_edges(save(tmp_path / "square.png", square), MOST, *ends) for ends in ((50, 100), (4000, 5000)))
    decoded = [cv2.imdecode(np.frombuffer(one.data, np.uint8), cv2.IMREAD_GRAYSCALE) for one in (many, few)]
    assert (decoded[0] > 0).any()
    assert not decoded[1].any()
    with pytest.raises(ConfigError, match="received 200 and 100"):
        shown_edges(photo, MOST, 200, 100)
    with pytest.raises(PhotoError, match="no such file"):
        shown_photo(tmp_path / "gone.jpg", MOST)


def test_histograms_of_plain_colours_by_hand(tmp_path: Path) -> None:
    red = np.zeros((40, 60, 3), np.uint8)
    red[..., 0] = 255
    first, second = save(tmp_path / "red.png", red), save(tmp_path / "black.png", np.zeros((50, 50, 3), np.uint8))
    found = pair_histograms(first, second, "rgb", MOST)
    assert [one.channel for one in found] == ["red", "green", "blue"]
    assert (found[0].first[-1], found[0].second[0]) == pytest.approx((1, 1))
    assert found[1].first[0] == pytest.approx(1)
    assert [one.channel for one in pair_histograms(first, second, "grey", MOST)] == ["luminance"]
    with pytest.raises(ConfigError, match="expected one of rgb, hsv, grey, received 'cmyk'"):
        pair_histograms(first, second, "cmyk", MOST)  # type: ignore[arg-type]


def test_dropped_photos_are_a_pair_in_the_order_in_which_they_came(context: Context, tmp_path: Path) -> None:
    batch_id = context.store.create_batch("Pair", ("pair",))
    with pytest.raises(NotFoundError, match="expected two photos"):
        dropped_pair(context.store, batch_id)
    for seed, name in enumerate(("render.jpg", "photo.jpg")):
        context.store.add_photo(write_photo(tmp_path / f"{seed}.jpg", seed), name, batch_id=batch_id)
    pair = own_pair(context.store, *dropped_pair(context.store, batch_id))
    assert pair.words == ("render.jpg", "photo.jpg")
    assert pair.first.is_file()
    with pytest.raises(NotFoundError):
        own_pair(context.store, "0" * 64, "1" * 64)


def test_channels_that_differ_most_come_first_on_one_scale() -> None:
    first = np.zeros((2, 2, 3), np.float32)
    second = first.copy()
    first[..., 0], second[..., 0] = 1.0, 3.0  # differs by 2, half of the sum of sizes
    first[..., 1] = 0.5  # is gone on the right
    found = pair_maps("last", first, second, count=2)
    assert [one.channel for one in found.channels] == [0, 1]
    assert [one.difference for one in found.channels] == pytest.approx([0.5, -1.0])
    assert found.cosine == pytest.approx(1 / np.hypot(1, 0.5))
    left, right = found.channels[0].pictures()
    assert left.shape == right.shape == (156, 156, 3)
    assert tuple(left[0, 0]) == tuple(left[-1, -1]) != tuple(right[0, 0])
    assert pair_maps("last", first * 0, second * 0, 1).cosine == 0
