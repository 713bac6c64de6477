"""Every backbone: what published weights expect, how it is built, and the same answers from LiteRT."""

import importlib.util
import os
import subprocess
import sys
from functools import cache

import numpy as np
import pytest

from core.config import REPOSITORY
from core.errors import ConfigError
from core.networks import Architecture, build, feature_layer
from core.networks.backbones import BACKBONE_NAMES, DETECTOR_BACKBONES, backbone_taps
from core.runtime.session import Session
from core.training.export import convert_to_litert, round_weights_to_float16

import keras  # isort: skip — core.networks first: see core/networks/load_order.py

LAST_FILTERS = {
    "mobilenet_v2": 1280,
    "resnet50": 2048,
    "vgg16": 512,
    "efficientnetv2_b0": 1280,
    "csrn": 512,
    "resnet50_layers": 2048,
}


def _photos(height_px: int = 32, width_px: int = 32) -> np.ndarray:
    return np.random.default_rng(0).uniform(-1, 1, (1, height_px, width_px, 3)).astype(np.float32)


def _unsettle(network: keras.Model) -> None:
    """Give batch normalisation statistics of its own: as made, it does next to nothing."""
    rng = np.random.default_rng(1)
    for layer in network.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            ranges = [(0.5, 1.0), (-0.2, 0.2), (-0.2, 0.2), (0.5, 2.0)]  # gamma, beta, mean, variance
            layer.set_weights([rng.uniform(low, high, layer.gamma.shape) for low, high in ranges])


@cache
def _trunk(name: str) -> keras.Model:
    """A backbone by itself, its maps at every tap: RGB in −1…1, 32 × 64 px."""
    photo = keras.Input((32, 64, 3))
    taps = backbone_taps(name, photo, None)
    strides = [t for t in (taps.stride_8, taps.stride_16, taps.stride_32) if t is not None]
    trunk = keras.Model(photo, [*strides, taps.last])
    _unsettle(trunk)
    return trunk


@pytest.mark.slow
@pytest.mark.parametrize("name", BACKBONE_NAMES)
def test_both_engines_answer_alike(name, tmp_path):
    """Tolerance: 2 % of the largest answer, for batch normalisation is folded at another precision."""
    architecture = Architecture(name, "attended", 3, 32, 64)
    network = build(architecture)
    _unsettle(network)
    network.get_layer("attention_logits").set_weights(
        [np.random.default_rng(2).normal(0, 0.01, (1, 1, LAST_FILTERS[name], 1))]
    )
    round_weights_to_float16(network)
    (tmp_path / "m.tflite").write_bytes(convert_to_litert(network))
    photo = _photos(32, 64)
    outputs = network(photo, training=False)
    for lite, key in zip(Session(tmp_path / "m.tflite").run(photo), ("answer", "feature_map"), strict=True):
        expected = np.asarray(outputs[key])
        assert np.abs(expected).max() > 0
        np.testing.assert_allclose(lite, expected, atol=0.02 * np.abs(expected).max())


@pytest.mark.slow
@pytest.mark.parametrize("name", BACKBONE_NAMES)
def test_maps_lie_at_their_strides(name):
    shapes = [tuple(output.shape[1:3]) for output in _trunk(name).outputs]
    if name == "csrn":
        assert shapes == [(4, 8)]
    else:
        assert shapes == [(4, 8), (2, 4), (1, 2), (1, 2)]
    assert _trunk(name).outputs[-1].shape[-1] == LAST_FILTERS[name]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "application", "module"),
    [
        ("resnet50", "ResNet50", "resnet50"),
        ("vgg16", "VGG16", "vgg16"),
        ("mobilenet_v2", "MobileNetV2", "mobilenet_v2"),
    ],
)
def test_published_weights_see_the_colours_they_were_learned_with(name, application, module):
    """The oracle: keras.applications' own preprocessing of the same photo in 0…255."""
    ours = _trunk(name)
    theirs = getattr(keras.applications, application)(include_top=False, weights=None, input_shape=(32, 64, 3))
    theirs.set_weights(ours.get_weights())
    photo = _photos(32, 64)
    prepared = getattr(keras.applications, module).preprocess_input((photo + 1) * 127.5)
    expected = np.asarray(theirs(prepared, training=False))
    np.testing.assert_allclose(ours(photo, training=False)[-1], expected, rtol=1e-4, atol=1e-5 * np.abs(expected).max())


@pytest.mark.slow
def test_efficientnet_sees_what_its_own_preprocessing_layers_make(tmp_path):
    """Its B0 weights were learned with ImageNet's mean and deviation, not with −1…1; and weights load by path."""
    theirs = keras.applications.EfficientNetV2B0(include_top=False, weights=None, input_shape=(32, 64, 3))
    _unsettle(theirs)
    bare = keras.applications.EfficientNetV2B0(
        include_top=False, weights=None, input_shape=(32, 64, 3), include_preprocessing=False
    )
    bare.set_weights(theirs.get_weights()[-len(bare.weights) :])
    bare.save_weights(tmp_path / "w.weights.h5")
    ours = build(Architecture("efficientnetv2_b0", "pooled", 2, 32, 64), tmp_path / "w.weights.h5")
    photo = _photos(32, 64)
    expected = np.asarray(theirs((photo + 1) * 127.5, training=False))
    found = ours(photo, training=False)["feature_map"]
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-4 * np.abs(expected).max())


@pytest.mark.slow
def test_resnet50_from_its_layers_is_resnet50():
    """The oracle: keras.applications' ResNet50, layer by layer the same weights, answers the same."""
    ours = _trunk("resnet50_layers")
    theirs = keras.applications.ResNet50(include_top=False, weights=None, input_shape=(32, 64, 3))
    assert ours.count_params() == theirs.count_params() == 23_587_712
    for layer in theirs.layers:
        if layer.weights:
            name = (
                layer.name.replace("conv1_", "stem_") if layer.name.startswith("conv1_") else "stage" + layer.name[4:]
            )
            layer.set_weights(ours.get_layer(name.replace("_0_", "_shortcut_")).get_weights())
    photo = _photos(32, 64)
    expected = np.asarray(theirs(photo, training=False))
    np.testing.assert_allclose(ours(photo, training=False)[-1], expected, rtol=1e-4, atol=1e-5 * expected.max())


@pytest.mark.slow
def test_csrn_is_sixteen_convolutions_in_four_blocks():
    layers = _trunk("csrn").layers
    convolutions = [layer for layer in layers if isinstance(layer, keras.layers.Conv2D)]
    assert [c.filters for c in convolutions] == [64] * 4 + [128] * 4 + [256] * 4 + [512] * 4
    assert {c.kernel_size for c in convolutions} == {(3, 3)}
    assert sum(isinstance(layer, keras.layers.ReLU) for layer in layers) == 16
    assert sum(isinstance(layer, keras.layers.MaxPooling2D) for layer in layers) == 3
    inputs = [3, *[64] * 4, *[128] * 4, *[256] * 4, *[512] * 3]
    outputs = [64] * 4 + [128] * 4 + [256] * 4 + [512] * 4
    assert _trunk("csrn").count_params() == sum((9 * i + 1) * o for i, o in zip(inputs, outputs, strict=True))
    # He's initial weights: what goes in comes out at a like strength, sixteen layers on.
    assert 0.02 < float(np.asarray(_trunk("csrn")(_photos(32, 64))).std()) < 20


def test_what_cannot_be_built_is_said_with_what_can():
    with pytest.raises(ConfigError, match=r"'centre' reads maps at strides 8, 16 and 32; expected one of .*got 'csrn'"):
        build(Architecture("csrn", "centre", 2, 64, 64))
    assert "csrn" not in DETECTOR_BACKBONES
    with pytest.raises(ConfigError, match=r"head: expected one of pooled, attended, centre, got 'round'"):
        build(Architecture("csrn", "round", 2, 64, 64))  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match=r'pretrained: expected "" for csrn, which has no .* got \'imagenet\''):
        build(Architecture("csrn", "pooled", 2, 32, 32), "imagenet")
    with pytest.raises(ConfigError, match=r"pretrained: expected imagenet or a file of vgg16's weights.*no/such.h5"):
        build(Architecture("vgg16", "pooled", 2, 32, 32), "no/such.h5")


@pytest.mark.parametrize(
    ("head", "backbone", "expected"),
    [
        ("pooled", "resnet50", "conv5_block3_out"),
        ("pooled", "mobilenet_v2", "out_relu"),
        ("attended", "vgg16", "attended"),
        ("centre", "efficientnetv2_b0", "neck_out_relu"),
    ],
)
def test_feature_layer_by_name(head, backbone, expected):
    assert feature_layer(Architecture(backbone, head, 2, 64, 64)) == expected


OTHER_ENGINE = """
import numpy as np
from core.networks import Architecture, build, feature_layer
from core.networks.learning import set_learning
from tests.training.tiny import add_tiny_backbone
import keras, sys
assert keras.backend.backend() == "{engine}"
add_tiny_backbone()
# Every head, and a backbone whose photos are prepared; an engine that compiles op by op is slow with deep ones.
for name, head in (("tiny_steps", "attended"), ("tiny_steps", "centre"), ("vgg16", "pooled")):
    architecture = Architecture(name, head, 2, 32, 32)
    network = build(architecture)
    set_learning(network, architecture, "frozen")
    outputs = network(np.zeros((1, 32, 32, 3), "float32"), training=False)
    assert np.isfinite(keras.ops.convert_to_numpy(outputs["answer"])).all()
    assert network.get_layer(feature_layer(architecture)) is not None
assert "tensorflow" not in sys.modules
print("built")
"""


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["jax", "torch"])
def test_networks_are_built_by_other_engines_without_tensorflow(engine):
    if importlib.util.find_spec(engine) is None:
        pytest.skip(f"{engine} is not installed")
    # What runs once is compiled no better than that is worth.
    environment = {**os.environ, "KERAS_BACKEND": engine, "XLA_FLAGS": "--xla_backend_optimization_level=0"}
    script = OTHER_ENGINE.format(engine=engine)
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=REPOSITORY, capture_output=True, text=True, timeout=240, check=False,
        env=environment,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    assert "built" in done.stdout
