"""Fitting one network: optimiser, schedule, checkpoints, and the answers afterwards."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from core.networks.architecture import Architecture, Head, build
from core.training.config import ModelSection, TrainConfig
from core.training.examples import Example, ExampleBatches
from core.training.losses import centre_loss

# keras.applications' 0.999 forgets ImageNet's statistics only over tens of thousands of steps; a run here
# has one or two thousand.
_BATCH_NORM_MOMENTUM = 0.98

OnEvent = Callable[[dict[str, Any]], None]
"""Called after each epoch with ``{"epoch", "epochs", "loss", "val_loss", …}``."""


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """A network's raw outputs for a list of examples.

    Attributes:
        answer: float32 (N, …), as ModelConfig describes.
        pooled: float32 (N, C), the feature map's mean over space.
    """

    answer: NDArray[np.float32]
    pooled: NDArray[np.float32]


def architecture_of(model: ModelSection, dropout: float, size_px: int) -> Architecture:
    """The network that a config asks for, at one input size."""
    outputs = len(model.labels) + (1 if model.reject_label else 0)
    head: Head = "centre" if model.family == "detection" else "pooled"
    return Architecture(model.backbone, head, outputs, size_px, size_px, dropout)


def fit_network(
    config: TrainConfig, train: list[Example], validation: list[Example], run_dir: Path, on_event: OnEvent | None
) -> keras.Model:
    """Fit on ``train``, keep the weights that did best on ``validation``.

    A killed run that is started again goes on after its last whole epoch, with the same order of photos
    and the same augmentation as if it had never stopped.

    Returns:
        The network at serving size, best weights set.
    """
    keras.utils.set_random_seed(config.fit.seed)
    model = config.model
    batches = ExampleBatches(
        train, model, batch_size=config.fit.batch_size, seed=config.fit.seed, augment=config.augment
    )
    held_out = ExampleBatches(validation, model, batch_size=config.fit.batch_size, seed=config.fit.seed)
    network = build(architecture_of(model, config.fit.dropout, model.example_px), model.pretrained or None)
    for layer in network.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = _BATCH_NORM_MOMENTUM
    learner = keras.Model(network.input, network.output["answer"])
    learner.compile(_optimizer(config, len(batches)), **_objective(config))
    best = run_dir / "best.weights.h5"
    learner.fit(
        batches,
        validation_data=held_out,
        epochs=config.fit.epochs,
        verbose=0,
        callbacks=[
            keras.callbacks.BackupAndRestore(str(run_dir / "backup"), delete_checkpoint=False),
            keras.callbacks.ModelCheckpoint(str(best), save_best_only=True, save_weights_only=True),
            keras.callbacks.LambdaCallback(
                on_epoch_begin=lambda epoch, logs: batches.start_at_epoch(epoch),
                on_epoch_end=lambda epoch, logs: _record(run_dir, on_event, epoch, config.fit.epochs, logs),
            ),
        ],
    )
    learner.load_weights(str(best))
    serving = build(architecture_of(model, config.fit.dropout, model.input_px))
    serving.set_weights(network.get_weights())
    return serving


def answer_examples(network: keras.Model, examples: list[Example], model: ModelSection) -> Answers:
    """Run a network over examples as served (no augmentation), in order."""
    batches = ExampleBatches(examples, model, batch_size=32, seed=0)
    pooled = keras.ops.mean(network.output["feature_map"], axis=(1, 2))
    reader = keras.Model(network.input, [network.output["answer"], pooled])
    answers: list[NDArray[np.float32]] = []
    features: list[NDArray[np.float32]] = []
    for i in range(len(batches)):
        answer, feature = reader(batches[i][0], training=False)
        answers.append(np.asarray(answer))
        features.append(np.asarray(feature))
    return Answers(np.concatenate(answers), np.concatenate(features))


def _optimizer(config: TrainConfig, steps: int) -> Any:
    schedule = keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=config.fit.learning_rate / 20,
        decay_steps=max(steps * (config.fit.epochs - 1), 1),
        alpha=0.02,
        warmup_target=config.fit.learning_rate,
        warmup_steps=steps,
    )
    return keras.optimizers.AdamW(schedule, weight_decay=config.fit.weight_decay, clipnorm=5.0)


def _objective(config: TrainConfig) -> dict[str, Any]:
    model = config.model
    if model.family == "detection":
        return {"loss": centre_loss(len(model.labels))}
    if model.family == "regression":
        return {"loss": "mean_absolute_error"}
    classes = len(model.labels) + (1 if model.reject_label else 0)

    def cross_entropy(target: Any, logits: Any) -> Any:
        one_hot = keras.ops.one_hot(keras.ops.cast(keras.ops.reshape(target, (-1,)), "int32"), classes)
        return keras.losses.categorical_crossentropy(
            one_hot, logits, from_logits=True, label_smoothing=config.fit.label_smoothing
        )

    return {"loss": cross_entropy, "metrics": [keras.metrics.SparseCategoricalAccuracy(name="accuracy")]}


def _record(run_dir: Path, on_event: OnEvent | None, epoch: int, epochs: int, logs: dict[str, Any] | None) -> None:
    event = {"epoch": epoch + 1, "epochs": epochs, **{k: float(v) for k, v in (logs or {}).items()}}
    with (run_dir / "epochs.jsonl").open("a") as file:
        file.write(json.dumps(event) + "\n")
    if on_event:
        on_event(event)
