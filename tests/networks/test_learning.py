"""What learns and what stands still, seen in one step of training."""

import numpy as np
import pytest

from core.errors import ConfigError
from core.networks import Architecture, build
from core.networks.learning import backbone_layers, set_learning

import keras  # isort: skip — core.networks first: see core/networks/load_order.py

ARCHITECTURE = Architecture("mobilenet_v2", "attended", 2, 32, 32)


@pytest.fixture(scope="module")
def network() -> keras.Model:
    return build(ARCHITECTURE)


def _changed(network: keras.Model) -> set[str]:
    """Layers whose weights, statistics of batch normalisation among them, one step changes."""
    before = {layer.name: layer.get_weights() for layer in network.layers if layer.weights}
    learner = keras.Model(network.input, network.output["answer"])
    # Two steps do not pay for compiling them.
    learner.compile(keras.optimizers.SGD(0.1), "mean_squared_error", run_eagerly=True)
    rng = np.random.default_rng(0)
    photos = rng.uniform(-1, 1, (4, 32, 32, 3)).astype(np.float32)
    learner.fit(photos, rng.normal(size=(4, 2)), epochs=2, verbose=0)
    return {
        name
        for name, weights in before.items()
        if any((a != b).any() for a, b in zip(weights, network.get_layer(name).get_weights(), strict=True))
    }


@pytest.mark.slow
def test_whole_frozen_and_from_one_layer_on(network):
    trunk = backbone_layers(network, ARCHITECTURE)
    assert (trunk[0], trunk[-1], len(trunk)) == ("Conv1", "Conv_1_bn", 104)
    set_learning(network, ARCHITECTURE, "frozen")
    changed = _changed(network)
    assert not changed & set(trunk)
    assert "head" in changed
    set_learning(network, ARCHITECTURE, "whole", "block_16_project")
    first = trunk.index("block_16_project")
    changed = _changed(network)
    assert not changed & set(trunk[:first])
    assert changed >= {"block_16_project", "block_16_project_BN", "Conv_1", "Conv_1_bn", "head"}
    for learn in ("whole", "scratch"):
        set_learning(network, ARCHITECTURE, learn)
        assert set(trunk) | {"head"} == {layer.name for layer in network.layers if layer.trainable_weights} - {
            "attention_logits"
        }
    assert _changed(network) >= {"Conv1", "bn_Conv1", "Conv_1", "head"}


def test_wrong_choices_name_what_is_there(network):
    with pytest.raises(ConfigError, match=r"\[fit\] learn: expected one of whole, frozen, scratch, got 'some'"):
        set_learning(network, ARCHITECTURE, "some")
    with pytest.raises(
        ConfigError, match=r"learn_from: expected a layer of mobilenet_v2.* block_16_project.*, got 'blo"
    ):
        set_learning(network, ARCHITECTURE, "whole", "block16_project")
    with pytest.raises(ConfigError, match=r"learn_from: expected a layer .* got 'head'"):
        set_learning(network, ARCHITECTURE, "whole", "head")
    with pytest.raises(ConfigError, match=r"learn_from: expected \"\" with learn = 'frozen', got 'Conv_1'"):
        set_learning(network, ARCHITECTURE, "frozen", "Conv_1")
