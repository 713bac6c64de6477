"""Means of layers in one pass, held against the layers' full maps."""

from __future__ import annotations

import numpy as np
import pytest

from core.errors import ConfigError, NotFoundError
from core.explain.passes import layer_activations
from core.explain.pooling import PooledLayers, spread_layers
from core.explain.subject import subject_of
from core.runtime.preprocess import network_input
from tests.explain.toys import by_hand, nested, small_cnn


def _photo(seed: int, height_px: int = 40, width_px: int = 60) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height_px, width_px, 3), np.uint8)


def test_means_are_those_of_the_full_maps() -> None:
    subject = subject_of(small_cnn())
    photos = [_photo(1), _photo(2, 90, 30)]
    found = PooledLayers(subject, ["conv1", "conv2"]).read(photos, [None, None])
    x = np.concatenate([network_input(photo, 32, 32) for photo in photos])
    for name, maps in layer_activations(subject.network, ["conv1", "conv2"], x).items():
        np.testing.assert_allclose(found.means[name], maps.mean(axis=(1, 2)), rtol=1e-4, atol=1e-6)
        assert not found.inside[name].any()


def test_the_object_gives_its_part_and_object_and_background_give_the_whole() -> None:
    pooled = PooledLayers(subject_of(small_cnn()), ["conv1"])
    photo = _photo(3)
    left = np.zeros((40, 60), np.bool_)
    left[:, :30] = True
    parts = [pooled.read([photo], [mask]).inside["conv1"] for mask in (left, ~left, np.ones_like(left))]
    whole = pooled.read([photo], [None]).means["conv1"]
    np.testing.assert_allclose(parts[0] + parts[1], whole, rtol=1e-3, atol=1e-5)
    np.testing.assert_allclose(parts[2], whole, rtol=1e-4, atol=1e-6)
    assert not np.allclose(parts[0], parts[1])


def test_layers_of_networks_inside_are_read_and_unfit_ones_refused() -> None:
    subject = subject_of(nested(small_cnn()))
    found = PooledLayers(subject, ["body/conv2"]).read([_photo(1)], [None])
    assert found.means["body/conv2"].shape == (1, 8)
    with pytest.raises(ConfigError, match="rows and columns"):
        PooledLayers(subject, ["outer_pool"])
    with pytest.raises(NotFoundError, match="conv9"):
        PooledLayers(subject, ["conv9"])
    with pytest.raises(ConfigError, match="expected at least one"):
        PooledLayers(subject, [])


def test_layers_are_spread_from_the_first_to_the_last() -> None:
    assert spread_layers(subject_of(small_cnn())) == ("conv1", "conv2")
    assert spread_layers(subject_of(by_hand())) == ("look",)
