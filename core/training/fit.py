"""Fitting one network, from where it stopped if it did, and the answers afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from core.networks.architecture import build
from core.training.balance import class_weights
from core.training.batches import ExampleBatches
from core.training.callbacks import AveragedWeights, EpochEnd, OnEvent, StopOnRequest, is_over
from core.training.checkpoints import History, restore_best, restore_state
from core.training.config import TrainConfig
from core.training.event_log import EventLog
from core.training.examples import Example
from core.training.feeding import HeldOut, served
from core.training.learner import Learner, architecture_of, make_learner
from core.training.run_folder import write_lines
from core.training.sections import ModelSection


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """A network at serving size with its best weights, and the record of its epochs."""

    network: keras.Model
    history: History


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """A network's raw outputs for a list of examples.

    Attributes:
        answer: float32 (N, …), as ModelConfig describes.
        pooled: float32 (N, C), the feature map's mean over space.
    """

    answer: NDArray[np.float32]
    pooled: NDArray[np.float32]


def fit_network(
    config: TrainConfig, train: list[Example], validation: list[Example], run_dir: Path, on_event: OnEvent | None
) -> Fitted:
    """Fit on ``train``, keep the weights that did best on ``validation``.

    A run that was killed goes on after its last whole epoch, with the same photos in the same order, the
    same augmentation and the same dropout as if it had never stopped. A finished one is only read.

    Raises:
        ConfigError: the config asks for what is not there, or the loss became infinite.
        StoppedError: the process was asked to stop.
        StoreError: the disk is full, or the run's checkpoint is of another network.
    """
    run_dir.mkdir(parents=True, exist_ok=True)
    batches = _batches(config, train, is_fitted=True)
    learner = make_learner(config, train, len(batches))
    history = restore_state(run_dir, learner.model)
    if history:  # what a killed run wrote after its last checkpoint is done again
        write_lines(run_dir / "epochs.jsonl", history)
    if not is_over(history, config.fit):
        batches.extras = learner.extras
        held_out = _batches(config, validation, is_fitted=False)
        held_out.extras = learner.extras
        _go_on(config, learner, batches, held_out, run_dir, history, on_event)
    network = build(architecture_of(config.model, config.fit.dropout, config.model.input_px))
    restore_best(run_dir, network)
    return Fitted(network, history)


def _go_on(
    config: TrainConfig,
    learner: Learner,
    batches: ExampleBatches,
    held_out: ExampleBatches,
    run_dir: Path,
    history: History,
    on_event: OnEvent | None,
) -> None:
    """Fit from the first epoch that is not in the history, and add to it."""
    first = len(history)
    log = EventLog(run_dir, first) if config.fit.tensorboard else None
    callbacks = [
        *([AveragedWeights()] if config.fit.average else []),
        StopOnRequest(),
        *([log] if log else []),
        EpochEnd(learner.network, config.fit, run_dir, history, on_event),
    ]
    try:
        with served(batches, first) as row:
            learner.model.fit(
                row,
                shuffle=False,
                steps_per_epoch=len(batches),
                validation_data=HeldOut(held_out),
                initial_epoch=first,
                epochs=config.fit.epochs,
                verbose=0,
                callbacks=callbacks,
            )
    finally:
        if log:
            log.close()


def _batches(config: TrainConfig, examples: list[Example], *, is_fitted: bool) -> ExampleBatches:
    balance = config.data.balance
    # Balanced sampling changes what is fitted; validation then weighs classes as that sampling does.
    is_weighted = balance == "class_weights" or (balance == "sampling" and not is_fitted)
    return ExampleBatches(
        examples,
        config.model,
        batch_size=config.fit.batch_size,
        seed=config.fit.seed,
        augment=config.augment if is_fitted else None,
        weights=class_weights(examples) if is_weighted else None,
        is_balanced=is_fitted and balance == "sampling",
    )


def answer_parts(network: keras.Model, parts: Mapping[str, list[Example]], model: ModelSection) -> dict[str, Answers]:
    """As ``answer_examples``, of several lists by name: compiled once, and batches go on over their ends.

    Raises:
        StoppedError: the process was asked to stop.
    """
    found = answer_examples(network, [e for examples in parts.values() for e in examples], model)
    ends = np.cumsum([len(examples) for examples in parts.values()])[:-1]
    split = zip(np.split(found.answer, ends), np.split(found.pooled, ends), strict=True)
    return {name: Answers(answer, pooled) for name, (answer, pooled) in zip(parts, split, strict=True)}


def answer_examples(network: keras.Model, examples: list[Example], model: ModelSection) -> Answers:
    """Run a network over examples as served (no augmentation), in order.

    Raises:
        StoppedError: the process was asked to stop.
    """
    batches = ExampleBatches(examples, model, batch_size=32)
    pooled = keras.ops.mean(network.output["feature_map"], axis=(1, 2))
    reader = keras.Model(network.input, [network.output["answer"], pooled])
    found: list[Any] = reader.predict(HeldOut(batches), verbose=0, callbacks=[StopOnRequest()])
    return Answers(*(np.asarray(a, dtype=np.float32) for a in found))
