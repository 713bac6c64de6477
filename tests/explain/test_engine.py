"""Maps against gradients worked out by hand, against tf-keras-vis, and by what must hold for any network."""

import dataclasses
import threading

import numpy as np
import pytest

from core.errors import ArrayShapeError, ConfigError, NotFoundError
from core.explain import METHODS, explain, explain_layers, subject_of
from core.explain.compiled import MAX_COMPILED, compiled_count, forget
from core.explain.passes import layer_maps
from core.explain.perturbed_maps import drise, occlusion, scorecam
from core.explain.pixel_maps import integrated_gradients, saliency
from core.explain.view import view_photo

import keras  # isort: skip — core.networks first: see core/networks/load_order.py
from keras import layers

from tests.explain import toys

PHOTO = toys.noise_photo()
LAYER_METHODS = [method.name for method in METHODS.values() if method.place == "layer"]


@pytest.fixture(scope="module")
def small():
    return toys.small_cnn()


def raw(explanation):
    return explanation.map_hw * explanation.peak


def test_every_layer_method_by_hand():
    """answer_k = mean(photo) @ kernel[:, k]; so the gradient at every cell is kernel[:, k] / 16."""
    kernel = np.array([[1.0, -1.0], [0.5, 2.0]], np.float32)
    network, photo = toys.by_hand(kernel), np.abs(toys.noise_photo(1, 4, 2))
    a, b = photo[..., 0], photo[..., 1]
    # Class 1: weights −1 and 2. Grad-CAM averages gradients, HiResCAM multiplies: the same where they are constant.
    wanted = {
        "cam": np.maximum(-a + 2 * b, 0),
        "gradcam": np.maximum(-a + 2 * b, 0) / 16,
        "hirescam": np.maximum(-a + 2 * b, 0) / 16,
        "layercam": 2 * b / 16,
    }
    g = 2 / 16
    alpha = g**2 / (2 * g**2 + b.sum() * g**3)
    wanted["gradcam++"] = 16 * alpha * g * b
    for method, map_hw in wanted.items():
        found = explain(network, photo, method, "look", 1)
        np.testing.assert_allclose(raw(found), map_hw, rtol=1e-4, atol=1e-6, err_msg=method)
        assert (found.target, found.layer, found.signed, found.reason) == ("1", "look", False, None)
        np.testing.assert_allclose(found.answer, (photo.mean(axis=(0, 1)) @ kernel)[1], rtol=1e-5)
        assert found.map_hw.dtype == np.float32
        assert 0 <= found.map_hw.min() <= found.map_hw.max() == 1


def test_saliency_and_integrated_gradients_by_hand():
    network, photo = toys.by_hand(), toys.noise_photo(1, 4, 2)
    found = explain(network, photo, "saliency", target=1)
    np.testing.assert_allclose(raw(found), np.full((4, 4), 2 / 16), rtol=1e-5)
    found = explain(network, photo, "integrated_gradients", target=1, signed=True)
    np.testing.assert_allclose(raw(found), (-photo[..., 0] + 2 * photo[..., 1]) / 16, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("method", ["gradcam", "layercam"])
def test_equal_to_tf_keras_vis(small, method):
    from tf_keras_vis.gradcam import Gradcam
    from tf_keras_vis.layercam import Layercam
    from tf_keras_vis.utils.scores import CategoricalScore

    oracle = {"gradcam": Gradcam, "layercam": Layercam}[method](small, clone=True)
    for layer in ("conv1", "conv2"):
        theirs = oracle(
            CategoricalScore(2), PHOTO[None], penultimate_layer=layer, expand_cam=False, normalize_cam=False
        )
        np.testing.assert_allclose(raw(explain(small, PHOTO, method, layer, 2)), theirs[0], atol=1e-6, rtol=1e-4)


# It gives a list where the network takes one tensor.
@pytest.mark.filterwarnings("ignore:.*structure of `inputs` doesn't match:UserWarning")
@pytest.mark.filterwarnings("ignore:Exception encountered when calling:UserWarning")
def test_saliency_equal_to_tf_keras_vis(small):
    from tf_keras_vis.saliency import Saliency
    from tf_keras_vis.utils.scores import CategoricalScore

    gradients = Saliency(small, clone=True)(CategoricalScore(1), PHOTO[None], keepdims=True, normalize_map=False)[0]
    np.testing.assert_allclose(raw(explain(small, PHOTO, "saliency", target=1)), np.abs(gradients).max(-1), rtol=1e-4)


def test_cam_is_gradcam_times_the_number_of_cells(small):
    for signed in (False, True):
        cam, grad = (explain(small, PHOTO, m, "conv2", 0, signed=signed) for m in ("cam", "gradcam"))
        np.testing.assert_allclose(raw(cam), raw(grad) * cam.map_hw.size, rtol=1e-4, atol=1e-5)
    head = small.get_layer("head")
    np.testing.assert_allclose(raw(cam).mean() + head.bias.numpy()[0], cam.answer, rtol=1e-4)


def test_cam_where_attention_weighs_the_features_before_the_mean():
    """Cells (1, 0) and (0, 3), weighed 1 and 2; class 0 adds both channels, class 1 takes the second off."""
    photo = keras.Input((1, 2, 2))
    weighed = layers.Multiply(name="attended")(
        [photo, layers.Lambda(lambda x: x[..., :1] * 0 + [[[1.0], [2.0]]])(photo)]
    )
    answer = layers.Dense(2, use_bias=False, name="answer")
    network = keras.Model(photo, answer(layers.GlobalAveragePooling2D()(weighed)))
    answer.set_weights([np.array([[1, 1], [1, -1]], np.float32)])
    x = np.array([[[1, 0], [0, 3]]], np.float32)
    np.testing.assert_allclose(raw(explain(network, x, "cam", "attended", 0)), [[1, 6]])
    np.testing.assert_allclose(raw(explain(network, x, "cam", "attended", 1, signed=True)), [[1, -6]])


def test_integrated_gradients_are_complete(small):
    subject = subject_of(small)
    view = view_photo(subject, PHOTO, 1)
    total = integrated_gradients(subject, view.x_nhwc, view.target, signed=True, steps=64).sum()
    grey = subject.ask(np.zeros_like(view.x_nhwc))[0, 1]
    assert total == pytest.approx(subject.ask(view.x_nhwc)[0, 1] - grey, abs=2e-3)


def test_occlusion_of_a_linear_network_sums_to_what_is_hidden():
    """Windows of one pixel: a pixel's fall is its contribution, and all of them sum to the whole rise from grey."""
    network = keras.Sequential([keras.Input((4, 4, 2)), layers.GlobalAveragePooling2D(), layers.Dense(1)])
    subject, photo = subject_of(network), toys.noise_photo(2, 4, 2)
    view = view_photo(subject, photo, None)
    found = occlusion(subject, view.x_nhwc, view.target, signed=True, window_share=1 / 4)
    weights = network.layers[-1].kernel.numpy()[:, 0]
    np.testing.assert_allclose(found, photo @ weights / 16, rtol=1e-4, atol=1e-6)


def test_scorecam_against_one_pass_a_channel(small):
    import cv2

    subject = subject_of(small)
    view = view_photo(subject, PHOTO, 1)
    act = keras.Model(small.input, small.get_layer("conv2").output)(view.x_nhwc)[0].numpy()

    def probability(x):
        return keras.ops.softmax(small(x))[0, 1].numpy()

    wanted = np.zeros(act.shape[:2])
    for k in range(act.shape[2]):
        spread = act[..., k].max() - act[..., k].min()
        if spread > 0:
            mask = cv2.resize((act[..., k] - act[..., k].min()) / spread, (32, 32))
            gain = probability(view.x_nhwc * mask[None, ..., None]) - probability(view.x_nhwc * 0)
            wanted += gain * act[..., k]
    found = scorecam(subject, view.x_nhwc, act, view.target, signed=True)
    np.testing.assert_allclose(found, wanted, atol=1e-5)


def test_drise_finds_the_only_corner_that_counts():
    weights = np.zeros((32 * 32 * 3, 1), np.float32)
    weights.reshape(32, 32, 3)[:8, :8] = 1
    network = keras.Sequential([keras.Input((32, 32, 3)), layers.Flatten(), layers.Dense(1, use_bias=False)])
    network.layers[-1].set_weights([weights])
    subject = subject_of(network)
    x = np.ones((1, 32, 32, 3), np.float32)
    found = drise(subject, x, view_photo(subject, x[0], None).target, signed=False, mask_count=200)
    assert found[:8, :8].mean() > 5 * found[12:, 12:].mean()
    again = drise(subject, x, view_photo(subject, x[0], None).target, signed=False, mask_count=200)
    np.testing.assert_array_equal(found, again)


@pytest.mark.parametrize("method", [name for name in METHODS if name != "drise"])
def test_a_value_and_its_opposite_differ_in_sign(method):
    network = toys.small_cnn(outputs=1)
    layer = "conv2" if method in LAYER_METHODS else None
    up = explain(network, PHOTO, method, layer, "value")
    down = explain(network, PHOTO, method, layer, "-value")
    assert up.signed
    assert up.has_evidence
    assert np.abs(up.map_hw).max() == pytest.approx(1)
    np.testing.assert_allclose(raw(up), -raw(down), atol=1e-5 * up.peak)
    assert (up.target, down.target) == ("value", "-value")


@pytest.mark.parametrize("method", LAYER_METHODS)
def test_nested_and_sequential_networks_say_what_the_flat_one_says(small, method):
    flat = explain(small, PHOTO, method, "conv2", 1)
    np.testing.assert_allclose(raw(flat), raw(explain(toys.sequential(), PHOTO, method, "conv2", 1)), atol=1e-5)
    inside = explain(toys.nested(small), PHOTO, method, "conv2", 1)
    assert inside.layer == "body/conv2"
    np.testing.assert_allclose(raw(flat), raw(inside), atol=1e-5)


def test_several_layers_and_photos_in_one_pass_are_those_of_single_ones(small):
    photos = [toys.noise_photo(seed) for seed in range(3)]
    together = explain_layers(small, photos, "layercam", ["conv1", "conv2"], [0, 1, 2])
    for n, photo in enumerate(photos):
        for found, layer in zip(together[n], ("conv1", "conv2"), strict=True):
            alone = explain(small, photo, "layercam", layer, n)
            assert (found.layer, found.target) == (layer, str(n))
            np.testing.assert_allclose(raw(found), raw(alone), atol=1e-6)


def test_each_output_of_a_network_with_two():
    network = toys.two_answers()
    kind, wear = subject_of(network, output="kind"), subject_of(network, output="wear")
    assert (kind.family, wear.family) == ("classification", "regression")
    column = network.get_layer("wear").kernel.numpy()[:, 0]
    act = keras.Model(network.input, network.get_layer("conv1").output)(PHOTO[None])[0].numpy()
    np.testing.assert_allclose(raw(explain(wear, PHOTO, "cam", "conv1")), act @ column, atol=1e-5)
    assert explain(kind, PHOTO, "gradcam", "conv1", 2).target == "2"
    with pytest.raises(ConfigError, match="output: expected one of kind, wear of two, got 'age'"):
        subject_of(network, output="age")


def test_wrong_layers_methods_targets_and_photos_are_named(small):
    with pytest.raises(NotFoundError, match="layer 'conv3': expected a layer of small, such as conv2, conv1"):
        explain(small, PHOTO, "gradcam", "conv3")
    with pytest.raises(ConfigError, match=r"layer 'pool': expected rows and columns, got .* \(8,\) .* conv1, conv2"):
        explain(small, PHOTO, "gradcam", "pool")
    with pytest.raises(NotFoundError, match="method 'gradcamm': expected one of gradcam"):
        explain(small, PHOTO, "gradcamm")
    with pytest.raises(ConfigError, match="target 3: expected a class from 0 to 2"):
        explain(small, PHOTO, "gradcam", target=3)
    with pytest.raises(ConfigError, match="target 'STEEL': expected one of 0, 1, 2"):
        explain(small, PHOTO, "gradcam", target="STEEL")
    with pytest.raises(ArrayShapeError, match=r"expected float32 \(32, 32, 3\), got \(16, 16, 3\)"):
        explain(small, PHOTO[:16, :16], "gradcam")
    with pytest.raises(ConfigError, match="cam: expected the layer whose mean over space the head head reads"):
        explain(small, PHOTO, "cam", "conv1")
    with pytest.raises(ConfigError, match="saliency: expected no layer"):
        explain(small, PHOTO, "saliency", "conv1")


def test_a_network_without_a_gradient_says_so():
    photo = keras.Input((8, 8, 3))
    x = layers.Conv2D(2, 3, name="conv")(photo)
    x = layers.Lambda(lambda t: keras.ops.cast(keras.ops.argmax(t, axis=-1, keepdims=True), "float32"), name="step")(x)
    network = keras.Model(photo, layers.Dense(2)(layers.GlobalAveragePooling2D()(x)))
    with pytest.raises(ConfigError, match="layer 'conv': the answer has no gradient there"):
        explain(network, PHOTO[:8, :8], "gradcam", "conv")
    assert "call" not in network.get_layer("conv").__dict__
    assert explain(network, PHOTO[:8, :8], "occlusion").method == "occlusion"


def test_no_evidence_has_a_reason_and_an_empty_map():
    network = toys.small_cnn()
    head = network.get_layer("head")
    kernel, bias = head.get_weights()
    head.set_weights([kernel * 0, bias])
    found = explain(network, PHOTO, "gradcam", "conv2", 0)
    assert found.reason == "nothing at layer conv2 moves 0: all its gradients or differences are zero"
    assert not found.map_hw.any()
    assert found.scores == {}
    head.set_weights([-np.abs(kernel), bias])
    assert "nothing at layer conv2 speaks for 0" in explain(network, PHOTO, "cam", "conv2", 0).reason
    assert explain(network, PHOTO, "cam", "conv2", 0, signed=True).map_hw.min() == -1
    conv = network.get_layer("conv1")
    weights, conv_bias = conv.get_weights()
    conv.set_weights([weights * np.nan, conv_bias])
    for method in ("gradcam", "eigencam", "saliency"):
        assert explain(network, PHOTO, method, "conv2" if method != "saliency" else None, 0).reason == (
            "NaN or infinity at layer conv1"
        )


@pytest.mark.parametrize("method", METHODS)
def test_a_photo_without_anything_on_it_has_no_evidence(small, method):
    shipped = dataclasses.replace(subject_of(small), folder=toys.model_folder())
    for level in (0, 128, 255):  # black, grey, white
        found = explain(shipped, np.full((60, 40, 3), level, np.uint8), method, target=1)
        assert found.reason == "the photo is the same everywhere here, so that no part of it can be the reason"
        assert not found.map_hw.any()
    faint = np.zeros((60, 40, 3), np.uint8)
    faint[30:, :, 0] = 60
    assert explain(shipped, faint, method, target=1, signed=True).reason != found.reason


def test_a_failure_leaves_the_network_as_it_was(small, monkeypatch):
    trainable = [layer.trainable for layer in small.layers]
    weights = small.get_weights()
    monkeypatch.setattr(small.get_layer("head"), "call", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        explain_layers(subject_of(small), [PHOTO], "hirescam", ["conv1"], [0])
    monkeypatch.undo()
    assert [layer.trainable for layer in small.layers] == trainable
    assert all("call" not in layer.__dict__ for layer in small.layers)
    for before, after in zip(weights, small.get_weights(), strict=True):
        np.testing.assert_array_equal(before, after)
    assert explain(small, PHOTO, "hirescam", "conv1", 0).has_evidence


def test_another_class_compiles_nothing_and_the_cache_is_bounded(small):
    explain(small, PHOTO, "gradcam", "conv1", 0)
    before = compiled_count()
    explain(small, PHOTO, "gradcam", "conv1", 1)
    assert compiled_count() == before
    forget(small)
    assert compiled_count() < before
    subject = subject_of(small)
    view = view_photo(subject, PHOTO, 0)
    index, sign = np.zeros((1, 1), np.int32), np.ones(1, np.float32)
    networks = [toys.small_cnn(seed=seed, side_px=8) for seed in range(MAX_COMPILED + 2)]
    for network in networks:
        layer_maps(network, "", ["conv2"], "gradcam", view.x_nhwc[:, :8, :8], index, sign, signed=False)
    assert compiled_count() == MAX_COMPILED


def test_four_people_at_once_get_their_own_maps(small):
    wanted = [raw(explain(small, PHOTO, "layercam", "conv1", k % 3)) for k in range(4)]
    forget(small)
    found = [None] * 4

    def ask(k):
        found[k] = raw(explain(small, PHOTO, "layercam", "conv1", k % 3))

    threads = [threading.Thread(target=ask, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for k in range(4):
        np.testing.assert_array_equal(found[k], wanted[k])


def test_saliency_does_not_depend_on_the_batch(small):
    subject = subject_of(small)
    view = view_photo(subject, PHOTO, 1)
    assert saliency(subject, view.x_nhwc, view.target, signed=False).shape == (32, 32)
    smooth = explain(small, PHOTO, "smoothgrad", target=1)
    np.testing.assert_array_equal(smooth.map_hw, explain(small, PHOTO, "smoothgrad", target=1).map_hw)
