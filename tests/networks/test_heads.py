"""Attention pooling by hand, and answers that stay float32 under mixed precision."""

import numpy as np
import pytest

from core.networks import Architecture, build
from core.networks.backbones import BackboneTaps
from core.networks.heads import attended_head, centre_head, pooled_head

import keras  # isort: skip — core.networks first: see core/networks/load_order.py


def _attended(height: int = 2, width: int = 3, filters: int = 4) -> keras.Model:
    features = keras.Input((height, width, filters))
    return keras.Model(features, attended_head(features, 2, dropout=0.5))


def test_an_untrained_attended_head_is_a_pooled_one():
    attended = _attended()
    features = keras.Input((2, 3, 4))
    pooled = keras.Model(features, pooled_head(features, 2, dropout=0.5))
    pooled.get_layer("head").set_weights(attended.get_layer("head").get_weights())
    x = np.random.default_rng(0).normal(size=(5, 2, 3, 4)).astype(np.float32)
    outputs, expected = attended(x), pooled(x)
    np.testing.assert_allclose(outputs["answer"], expected["answer"], atol=1e-6)
    np.testing.assert_allclose(outputs["feature_map"], x, atol=1e-6)
    np.testing.assert_array_equal(outputs["attention"], np.zeros((5, 2, 3, 1)))


def test_the_answer_is_the_attention_weighted_mean_through_the_head():
    model = _attended()
    rng = np.random.default_rng(1)
    query, kernel, bias = rng.normal(size=4), rng.normal(size=(4, 2)), np.array([0.3, -0.2])
    model.get_layer("attention_logits").set_weights([query.reshape(1, 1, 4, 1)])
    model.get_layer("head").set_weights([kernel, bias])
    x = rng.normal(size=(2, 2, 3, 4)).astype(np.float32)
    outputs = {name: np.asarray(value) for name, value in model(x).items()}
    cells = x.reshape(2, 6, 4).astype(np.float64)
    logits = cells @ query
    weights = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(outputs["attention"].reshape(2, 6), logits, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(outputs["answer"], (weights[..., None] * cells).sum(axis=1) @ kernel + bias, rtol=1e-4)
    # What is handed out keeps the closed form: its mean through the head is the answer.
    closed_form = outputs["feature_map"].mean(axis=(1, 2)) @ kernel + bias
    np.testing.assert_allclose(outputs["answer"], closed_form, rtol=1e-4)


def test_attention_learns_to_look_where_the_answer_is():
    """One cell of six says the value, the others are noise; pooling alone cannot tell which."""
    rng = np.random.default_rng(2)
    x = rng.normal(size=(256, 2, 3, 4)).astype(np.float32)
    x[..., 3] = 0.0
    place = rng.integers(0, 6, 256)
    x.reshape(256, 6, 4)[np.arange(256), place, 3] = 1.0  # marks the cell that counts
    value = x.reshape(256, 6, 4)[np.arange(256), place, :1]
    features = keras.Input((2, 3, 4))
    heads = attended_head(features, 1, dropout=0.0)
    model = keras.Model(features, heads["answer"])
    model.compile(keras.optimizers.Adam(0.1), "mean_squared_error")
    model.fit(x, value, epochs=20, batch_size=32, verbose=0)
    attention = np.asarray(keras.Model(features, heads["attention"])(x)).reshape(256, 6)
    assert (attention.argmax(axis=1) == place).mean() > 0.99
    assert model.evaluate(x, value, verbose=0) < 0.05 * value.var()


@pytest.mark.parametrize("head", ["pooled", "attended", "centre"])
def test_answers_are_float32_under_mixed_precision(head):
    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        network = build(Architecture("mobilenet_v2", head, 2, 32, 32))
    finally:
        keras.config.set_dtype_policy(policy)
    outputs = network(np.zeros((1, 32, 32, 3), np.float32), training=False)
    assert {name: str(o.dtype).split("'")[-2] for name, o in outputs.items() if name != "feature_map"} == dict.fromkeys(
        (name for name in outputs if name != "feature_map"), "float32"
    )
    assert network.get_layer("Conv1").compute_dtype == "bfloat16"


def test_centre_head_raises_the_coarse_maps_to_stride_8():
    maps = [keras.Input((16 // s, 32 // s, 5)) for s in (1, 2, 4)]
    outputs = centre_head(BackboneTaps(maps[2], *maps), labels=3, filters=8)
    assert outputs["answer"].shape == (None, 16, 32, 7)
    assert outputs["feature_map"].shape == (None, 16, 32, 8)
