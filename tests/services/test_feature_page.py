"""What the Feature maps page makes of channels whose answers are known."""

import numpy as np

from core.services.feature_orders import Channels
from core.services.feature_page import channel_maps, channel_sheet


def channels(values: list[list[float]], response: list[float] | None = None) -> Channels:
    """Channels of one row of cells, each given as its values."""
    maps = np.array(values, np.float16).T[None]
    energy = np.square(maps.astype(np.float32)).mean(axis=(0, 1))
    return Channels("conv1", maps, energy, None if response is None else np.array(response, np.float32), None)


def test_a_channel_of_two_photos_is_on_one_scale() -> None:
    bright, dark = channels([[0, 4], [1, 1]]), channels([[-1, 2], [1, 1]])
    (first, second), diverging = channel_maps([bright, dark], 0)
    assert diverging  # one photo goes below 0: the scale has two directions for both
    np.testing.assert_allclose(first, [[0, 1]])
    np.testing.assert_allclose(second, [[-0.25, 0.5]])
    (first, second), diverging = channel_maps([bright, dark], 1)
    assert not diverging
    np.testing.assert_allclose(first, second)
    (nothing,), diverging = channel_maps([channels([[0, 0]])], 0)
    assert not nothing.any()
    assert not diverging


def test_channels_are_sorted_by_energy_response_and_number() -> None:
    found = channels([[1, 1], [3, 0], [0, 0]], [0.1, -0.5, 0.9])
    assert channel_sheet(found, "energy").numbers == (1, 0, 2)
    assert channel_sheet(found, "mask").numbers == (2, 0, 1)
    assert channel_sheet(found, "name").numbers == (0, 1, 2)
    assert channel_sheet(channels([[1, 1], [3, 0]]), "mask").numbers == (1, 0)  # by energy where there is no mask
