"""Networks have the promised outputs, and a shipped version answers alike in both engines."""

import numpy as np
import pytest

from core.config import read_settings
from core.errors import ConfigError, ModelError, NotFoundError
from core.networks import Architecture, build, load
from core.networks.weights import assign_weights, save_weights
from core.runtime.model_config import find_models
from core.runtime.session import Session


def test_pooled_head_is_linear_in_the_last_feature_map():
    network = build(Architecture("mobilenet_v2", "pooled", 3, 64, 96))
    x = np.random.default_rng(0).uniform(-1, 1, (2, 64, 96, 3)).astype(np.float32)
    outputs = network(x, training=False)
    feature_map = np.asarray(outputs["feature_map"])
    assert feature_map.shape == (2, 2, 3, 1280)
    kernel, bias = network.get_layer("head").get_weights()
    np.testing.assert_allclose(feature_map.mean(axis=(1, 2)) @ kernel + bias, outputs["answer"], atol=1e-5)


def test_centre_head_answers_at_stride_8_with_positive_sides_and_few_centres():
    network = build(Architecture("mobilenet_v2", "centre", 2, 64, 96))
    x = np.random.default_rng(0).uniform(-1, 1, (1, 64, 96, 3)).astype(np.float32)
    answer = np.asarray(network(x, training=False)["answer"])
    assert answer.shape == (1, 8, 12, 6)
    assert (answer[..., 2:] > 0).all()
    assert (answer[..., :2] < 0).all()  # an untrained detector calls nothing a cap


def test_unknown_names_are_refused_with_the_known_ones():
    with pytest.raises(ConfigError, match=r"expected one of csrn, .*mobilenet_v2, .*, got 'mobilenet_v9'"):
        build(Architecture("mobilenet_v9", "pooled", 3, 64, 64))
    with pytest.raises(ConfigError, match=r"architecture: .*depth"):
        Architecture.from_mapping({"depth": 3})
    with pytest.raises(NotFoundError, match="model 'nosuch': expected one of"):
        load("nosuch")


def test_weights_round_trip_and_wrong_shapes_are_named(tmp_path):
    architecture = Architecture("mobilenet_v2", "pooled", 3, 64, 64)
    network, twin = build(architecture), build(architecture)
    save_weights(network, tmp_path / "w.safetensors", {})
    assign_weights(twin, tmp_path / "w.safetensors")
    for ours, theirs in zip(network.get_weights(), twin.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-3, rtol=1e-3)
    other = build(Architecture("mobilenet_v2", "pooled", 4, 64, 64))
    with pytest.raises(ModelError, match=r"head/kernel: expected shape \(1280, 4\), found shape \(1280, 3\)"):
        assign_weights(other, tmp_path / "w.safetensors")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["polecat", "topcap", "shackle"])
def test_shipped_versions_answer_alike_in_both_engines(name):
    """Tolerance: 0.1 logits, or 0.02 worn fraction. Only batch normalisation is folded at another precision."""
    folder = find_models(read_settings().models_dir)[name]
    network = load(name)
    x = np.random.default_rng(0).uniform(-1, 1, (1, *network.input_shape[1:])).astype(np.float32)
    answer, feature_map = Session(folder.path / "model.tflite").run(x)
    outputs = network(x, training=False)
    tolerance = 0.02 if folder.config.family == "regression" else 0.1
    np.testing.assert_allclose(answer, outputs["answer"], atol=tolerance)
    assert feature_map.shape == outputs["feature_map"].shape
    assert network.get_layer(folder.config.feature_layer).output.shape[1:] == feature_map.shape[1:]
