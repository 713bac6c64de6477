"""The network that learns: its starting weights, which layers move, what it is taught, by which rule."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from safetensors.numpy import load_file

from core.config import read_settings
from core.errors import ConfigError
from core.networks.architecture import Architecture, Head, build
from core.networks.learning import set_learning
from core.runtime.model_config import find_model
from core.training.batches import Extras, standardisation
from core.training.config import TrainConfig
from core.training.examples import Example
from core.training.losses import attention_loss, loss_of
from core.training.optimisers import make_optimizer
from core.training.sections import ModelSection

# keras.applications' 0.999 forgets ImageNet's statistics only over tens of thousands of steps; a run here
# has one or two thousand.
_BATCH_NORM_MOMENTUM = 0.98
_SHIPPED = "model:"


@dataclass(frozen=True, slots=True, eq=False)
class Learner:
    """A network and the Keras model that fits it.

    Attributes:
        network: outputs as ``core.networks.build`` gives them.
        model: compiled; the same layers, and an output for each thing that is taught.
        extras: what is taught besides the answer.
    """

    network: keras.Model
    model: keras.Model
    extras: Extras


def architecture_of(model: ModelSection, dropout: float, size_px: int) -> Architecture:
    """The network that a config asks for, at one input size."""
    head: Head = model.head or ("centre" if model.family == "detection" else "pooled")
    return Architecture(model.backbone, head, len(model.classes), size_px, size_px, dropout)


def make_learner(config: TrainConfig, train: list[Example], steps_per_epoch: int) -> Learner:
    """Build and compile what a config asks for, with seeded weights.

    Raises:
        ConfigError: a backbone, layer, model or weights file is not there, or no weight of a shipped
            version fits.
    """
    keras.utils.set_random_seed(config.fit.seed)
    with _computing_in(config.fit.precision):
        network = _network(config)
        outputs = {"answer": network.output["answer"]}
        mean, deviation = standardisation(train)
        if mean.size:
            pooled = keras.ops.mean(network.output["feature_map"], axis=(1, 2))
            outputs["also"] = keras.layers.Dense(mean.size, dtype="float32", name="also")(pooled)
        grid = (0, 0)
        if config.data.masks:
            outputs["attention"] = network.output["attention"]
            grid = tuple(outputs["attention"].shape[1:3])
        extras = Extras(mean, deviation, config.data.masks, grid)
        model = keras.Model(network.input, outputs["answer"] if extras.is_empty else outputs)
        model.compile(make_optimizer(config.fit, steps_per_epoch), **_objective(config, extras))
    return Learner(network, model, extras)


@contextmanager
def _computing_in(precision: str) -> Iterator[None]:
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(precision)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def _network(config: TrainConfig) -> keras.Model:
    model, fit = config.model, config.fit
    architecture = architecture_of(model, fit.dropout, model.example_px)
    start = "" if fit.learn == "scratch" else model.pretrained
    network = build(architecture, None if start.startswith(_SHIPPED) else start or None)
    if start.startswith(_SHIPPED):
        _start_from(network, start.removeprefix(_SHIPPED))
    set_learning(network, architecture, fit.learn, fit.learn_from)
    for layer in network.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = _BATCH_NORM_MOMENTUM
    return network


def _start_from(network: keras.Model, name: str) -> None:
    """Take a shipped version's weights where name and shape agree.

    Raises:
        ConfigError: none does.
        NotFoundError: no such model.
    """
    folder = find_model(read_settings().models_dir, name)
    arrays = load_file(str(folder.path / "weights.safetensors"))
    fitting = [v for v in network.weights if v.path in arrays and arrays[v.path].shape == tuple(v.shape)]
    if not fitting:
        raise ConfigError(
            f'[model] pretrained = "{_SHIPPED}{name}": expected weights of {network.name}, '
            f"received those of {folder.config.architecture.get('backbone')}"
        )
    for variable in fitting:
        variable.assign(arrays[variable.path].astype(np.float32))


def _objective(config: TrainConfig, extras: Extras) -> dict[str, Any]:
    """Losses and metrics, by output where there are several."""
    model, fit = config.model, config.fit
    loss, metrics = loss_of(model, fit), _metrics(config)
    if extras.is_empty:
        return {"loss": loss, "metrics": metrics}
    losses: dict[str, Any] = {"answer": loss}
    weights = {"answer": 1.0}
    if extras.also_mean.size:
        losses["also"], weights["also"] = keras.losses.mean_absolute_error, fit.also_learn_weight
    if extras.masks:
        losses["attention"], weights["attention"] = attention_loss, fit.mask_weight
    # Keras means the losses of single outputs over batches, the last and smaller one among them; this over photos.
    own = keras.metrics.MeanMetricWrapper(loss, name="own_loss")
    by_output = {"metrics": {"answer": metrics}, "weighted_metrics": {"answer": [own]}}
    return {"loss": losses, "loss_weights": weights, **by_output}


def _metrics(config: TrainConfig) -> list[Any]:
    model = config.model
    if model.family == "regression":
        return [keras.metrics.MeanAbsoluteError(name="mae")]
    if model.family == "classification" and model.multi_label:
        return [keras.metrics.BinaryAccuracy(name="accuracy", threshold=0.0)]
    if model.family == "classification":
        return [keras.metrics.SparseCategoricalAccuracy(name="accuracy")]
    return []
