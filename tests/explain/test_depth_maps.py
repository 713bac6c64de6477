"""LayerCAM agreed over depths: a product whose factors are known."""

import numpy as np
import pytest

from core.errors import ConfigError
from core.explain import explain, subject_of
from core.explain.depth_maps import depth_layers
from tests.explain import toys

import keras  # isort: skip — core.networks first: see core/networks/load_order.py
from keras import layers


def halving(weight: float = 1.0, side_px: int = 32) -> keras.Model:
    """Photo → mean of 2 × 2, four times → mean → linear: LayerCAM at any depth is the photo shrunk to it."""
    photo = keras.Input((side_px, side_px, 1))
    x = photo
    for depth in range(4):
        x = layers.AveragePooling2D(2, name=f"depth{depth}")(x)
    head = layers.Dense(1, use_bias=False, name="answer")
    network = keras.Model(photo, head(layers.GlobalAveragePooling2D()(x)))
    head.set_weights([np.full((1, 1), weight, np.float32)])
    return network


def test_an_even_photo_is_agreed_on_everywhere():
    found = explain(halving(), np.ones((32, 32, 1), np.float32), "layercam_depths")
    assert found.map_hw.shape == (16, 16)
    np.testing.assert_allclose(found.map_hw, 1, rtol=1e-5)


def test_three_depths_multiply_so_half_the_strength_is_an_eighth():
    photo = np.ones((32, 32, 1), np.float32)
    photo[:, 16:] = 0.5
    found = explain(halving(), photo, "layercam_depths").map_hw * explain(halving(), photo, "layercam_depths").peak
    np.testing.assert_allclose(found[:, :4], 1, rtol=1e-4)
    np.testing.assert_allclose(found[:, -4:], 1 / 8, rtol=1e-4)


def test_what_lowers_a_value_is_negative():
    found = explain(halving(-1), np.ones((32, 32, 1), np.float32), "layercam_depths")
    assert found.signed
    np.testing.assert_allclose(found.map_hw, -1, rtol=1e-5)


def test_layers_are_the_last_of_every_resolution():
    assert depth_layers(subject_of(halving())) == ("depth0", "depth1", "depth2", "depth3")
    assert depth_layers(subject_of(toys.small_cnn())) == ("conv1", "conv2")


def test_a_network_without_rows_and_columns_has_no_depths():
    network = keras.Sequential([keras.Input((4, 4, 1)), layers.Flatten(), layers.Dense(1)])
    with pytest.raises(ConfigError, match="rows and columns"):
        explain(network, np.ones((4, 4, 1), np.float32), "layercam_depths")
