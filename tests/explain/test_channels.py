"""What a channel likes, which layers are offered, and where a tile's channels lie on the photo."""

import numpy as np
import pytest

from core.errors import ArrayShapeError, ConfigError
from core.explain import subject_of
from core.explain.features import FIELD_LAYERS, feature_maps
from core.explain.layers import LayerInfo, convolution_before, list_layers, stations
from core.explain.maximise import liked_picture
from core.explain.target import Target
from core.explain.view import View, masked_view
from core.networks import Architecture, build
from tests.explain import toys


@pytest.fixture(scope="module")
def small():
    return toys.small_cnn()


def mean_answer(network, picture, layer: str, channel: int) -> float:
    x = (np.asarray(picture, np.float32) / 127.5 - 1)[None]
    return float(feature_maps(subject_of(network), x, [layer])[0].maps_hwc[..., channel].mean())


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # tf-keras-vis's own modules
def test_a_liked_picture_is_held_against_that_of_tf_keras_vis(small):
    import tensorflow as tf
    from tf_keras_vis.activation_maximization import ActivationMaximization
    from tf_keras_vis.utils.model_modifiers import ExtractIntermediateLayer

    noise = (toys.noise_photo() * 127.5 + 127.5).round()
    channel = int(np.argmax([mean_answer(small, noise, "conv2", k) for k in range(8)]))
    ours = liked_picture(subject_of(small), "conv2", channel)
    assert (ours.shape, ours.dtype) == ((32, 32, 3), np.uint8)
    assert np.array_equal(ours, liked_picture(subject_of(small), "conv2", channel))
    tf.keras.utils.set_random_seed(0)
    theirs = ActivationMaximization(small, model_modifier=ExtractIntermediateLayer("conv2"), clone=True)(
        lambda output: tf.reduce_mean(output[..., channel]), steps=20, input_range=(-1.0, 1.0)
    )
    reached, other = (mean_answer(small, p, "conv2", channel) for p in (ours, (np.asarray(theirs[0]) + 1) * 127.5))
    assert reached > 2 * mean_answer(small, noise, "conv2", channel)
    assert reached >= 0.5 * other, (reached, other)  # both jitter, each in its own way


def test_a_channel_of_a_network_within_a_network(small):
    inner = toys.nested(small)
    assert np.array_equal(
        liked_picture(subject_of(inner), "body/conv2", 3, steps=4),
        liked_picture(subject_of(small), "conv2", 3, steps=4),
    )
    with pytest.raises(ConfigError, match=r"channel 8: expected 0 to 7 of layer 'conv2'"):
        liked_picture(subject_of(small), "conv2", 8)


def test_stations_are_the_ends_of_blocks_and_of_runs_of_one_shape():
    def info(name: str, side: int, channels: int, kind: str = "Conv2D") -> LayerInfo:
        return LayerInfo(name, kind, (side, side, channels), 0)

    layers = (
        info("Conv1", 112, 32), info("bn_Conv1", 112, 32), info("Conv1_relu", 112, 32),
        info("block_1_expand", 112, 96), info("block_1_pad", 113, 96, "ZeroPadding2D"),
        info("block_1_project_BN", 56, 24),
        info("block_2_expand", 56, 144), info("block_2_add", 56, 24),
        info("conv4_block2_out", 14, 1024), info("out_relu", 7, 1280),
    )  # fmt: skip
    assert stations(layers) == ("Conv1_relu", "block_1_project_BN", "block_2_add", "conv4_block2_out", "out_relu")


def test_the_convolution_that_makes_a_layer(small):
    assert [info.name for info in list_layers(small, spatial=True)] == ["conv1", "conv2"]
    assert convolution_before(small, "pool") == ("conv2", False)
    assert convolution_before(small, "conv1") == ("conv1", False)
    with pytest.raises(ConfigError, match="expected a convolution, or one before it, found none"):
        convolution_before(toys.by_hand(), "look")


def test_a_tile_sees_its_part_of_the_mask_and_lies_where_it_was_cut():
    mask = np.zeros((100, 200), bool)
    mask[50:75, 100:150] = True
    view = View(np.zeros((1, 8, 8, 3), np.float32), Target("", ()), (0.5, 0.5, 0.5, 0.5), 2.0)
    seen = view.of_photo(mask)
    assert seen.shape == (50, 100)
    assert seen[:25, :50].all()
    assert seen.sum() == mask.sum()
    placed = view.on_photo(np.ones((4, 4), np.float32))
    rows, columns = placed.shape
    assert placed[rows // 2 + 2 :, columns // 2 + 2 :].min() == 1
    assert placed[: rows // 2 - 2].max() == 0


def test_what_the_network_sees_of_a_mask(small):
    image = np.zeros((64, 96, 3), np.uint8)
    mask = np.zeros((64, 96), bool)
    mask[:16] = True
    view, seen = masked_view(subject_of(small), image, mask)
    np.testing.assert_array_equal(seen, mask)
    assert view.tile is None
    assert masked_view(subject_of(small), image, None)[1] is None
    with pytest.raises(ArrayShapeError, match="the photo's 96 × 64 px, got 48 × 64 px"):
        masked_view(subject_of(small), image, mask[:, :48])


@pytest.mark.slow
@pytest.mark.parametrize("backbone", FIELD_LAYERS)
def test_the_field_s_layers_are_in_our_backbones(backbone):
    network = build(Architecture(backbone, "pooled", 3, 64, 64))
    spatial = [info.name for info in list_layers(network, spatial=True)]
    assert [name for name in spatial if name in FIELD_LAYERS[backbone]] == list(FIELD_LAYERS[backbone])
