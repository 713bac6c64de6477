"""One training run from its config to a model folder: what ``gridlens train`` calls."""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from core.config import read_settings
from core.errors import ConfigError
from core.metrics.scores import box_scores
from core.networks.architecture import build, feature_layer
from core.runtime.model_config import InputConfig, ModelConfig, ModelFolder
from core.training.card import write_card
from core.training.config import TrainConfig, read_train_config
from core.training.deciding import (
    choose_thresholds,
    decide_interval,
    decide_sets,
    decide_temperature,
    distances,
    field_ratios,
    match_centres,
    max_distance,
    measure_classes,
    measure_values,
    recognition_arrays,
)
from core.training.examples import Example, read_examples, split_examples
from core.training.export import round_weights_to_float16, write_model_folder
from core.training.fit import Answers, OnEvent, answer_examples, architecture_of, fit_network
from core.training.targets import STRIDE_PX

_REJECT_PROBABILITY = 0.5


@dataclass(frozen=True, slots=True)
class TrainedModel:
    """A finished run: the model folder it wrote and what it measured on the test renders."""

    folder: ModelFolder
    measured: dict[str, Any]
    run_dir: Path


@dataclass(frozen=True, slots=True)
class _Decisions:
    calibration: dict[str, float]
    conformal: dict[str, float]
    recognition: dict[str, float]
    thresholds: dict[str, float]
    arrays: dict[str, Any]
    measured: dict[str, Any]


def train(
    config_path: Path,
    on_event: OnEvent | None = None,
    *,
    models_dir: Path | None = None,
    runs_dir: Path = Path("runs"),
) -> TrainedModel:
    """Fit, calibrate, measure and export the model of a config; started again, it goes on.

    Args:
        config_path: TOML, see ``core.training.config``.
        on_event: called after every epoch.
        models_dir: where the model folder goes; default the settings' ``models_dir``.
        runs_dir: where checkpoints and ``epochs.jsonl`` go, in a folder named by the config's contents.

    Raises:
        ConfigError: the config or a dataset is not what is expected.
    """
    config = read_train_config(config_path)
    examples, test = _read_data(config)
    train_part, validation = split_examples(examples, config.data.validation_share, config.fit.seed)
    digest = hashlib.sha256(config_path.read_bytes()).hexdigest()[:8]
    run_dir = runs_dir / f"{config.model.name}-v{config.model.number}-{digest}"
    run_dir.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    network = fit_network(config, train_part, validation, run_dir, on_event)
    hours = _add_hours(run_dir / "hours", (time.monotonic() - started) / 3600)
    round_weights_to_float16(network)
    decided = _decide(config, network, train_part, validation, test)
    counts = {"train": len(train_part), "validation": len(validation), "test": len(test)}
    card = write_card(config, counts, decided.measured, hours)
    contract = _contract(config, decided, counts)
    folder = write_model_folder(models_dir or read_settings().models_dir, contract, network, decided.arrays, card)
    (run_dir / "measured.json").write_text(json.dumps(decided.measured, indent=1))
    return TrainedModel(folder, decided.measured, run_dir)


def _add_hours(path: Path, hours: float) -> float:
    """Hours that a run has taken in all, over its restarts; kept beside its checkpoints."""
    total = hours + (float(path.read_text()) if path.exists() else 0.0)
    path.write_text(f"{total:.4f}")
    return total


def _read_data(config: TrainConfig) -> tuple[list[Example], list[Example]]:
    examples = [e for path in config.data.train for e in read_examples(Path(path), config.model)]
    test = [e for path in config.data.test for e in read_examples(Path(path), config.model)]
    if not examples or not test:
        raise ConfigError(f"{config.path}: [data] expected photos in train and test, got {len(examples)}, {len(test)}")
    return examples, test


def _decide(
    config: TrainConfig,
    network: keras.Model,
    train_part: list[Example],
    validation: list[Example],
    test: list[Example],
) -> _Decisions:
    model = config.model
    reader = _at_example_size(config, network)
    held_out, tested = answer_examples(reader, validation, model), answer_examples(reader, test, model)
    if model.family == "detection":
        thresholds = choose_thresholds(match_centres(model, validation, held_out, STRIDE_PX, 0.5))
        measured = box_scores(match_centres(model, test, tested, STRIDE_PX, 0.5), thresholds)
        return _Decisions({"temperature": 1.0}, {}, {}, thresholds, {}, measured)
    arrays, recognition = _recognition(model.labels, network, train_part, validation, held_out, config)
    if model.family == "regression":
        conformal = decide_interval(validation, held_out.answer)
        measured = measure_values(test, tested.answer, conformal["quantile"])
        return _Decisions({}, conformal, recognition, {}, arrays, measured)
    temperature = decide_temperature(validation, held_out)
    ratios = field_ratios(model, validation, config.fit.field_shares)
    held_out, tested = _shift_logits(network, temperature * np.log(ratios), held_out, tested)
    conformal = decide_sets(model, validation, held_out, temperature, ratios)
    measured = measure_classes(model, test, tested, temperature, conformal["quantile"])
    if model.reject_label:
        recognition["max_reject_probability"] = _REJECT_PROBABILITY
    thresholds = dict.fromkeys(model.labels, 0.5)
    return _Decisions({"temperature": temperature}, conformal, recognition, thresholds, arrays, measured)


def _shift_logits(network: keras.Model, shift: NDArray[np.float64], *answers: Answers) -> list[Answers]:
    """Add to the head's bias, and to answers that were given before."""
    network.get_layer("head").bias.assign_add(shift.astype(np.float32))
    round_weights_to_float16(network)
    return [Answers(a.answer + shift.astype(np.float32), a.pooled) for a in answers]


def _recognition(
    labels: tuple[str, ...],
    network: keras.Model,
    train_part: list[Example],
    validation: list[Example],
    held_out: Answers,
    config: TrainConfig,
) -> tuple[dict[str, Any], dict[str, float]]:
    """Where the training features lie (on up to 2,000 photos of the object), and how far is too far."""
    inside = [e for e in train_part if e.label < len(labels)][:2000]
    arrays = recognition_arrays(answer_examples(network, inside, config.model).pooled)
    known = [e.label < len(labels) for e in validation]
    return arrays, {"max_distance": max_distance(distances(held_out.pooled[known], arrays))}


def _at_example_size(config: TrainConfig, network: keras.Model) -> keras.Model:
    """The same weights at the size of the examples: a detector's renders are smaller than its tiles."""
    if config.model.example_px == config.model.input_px:
        return network
    twin = build(architecture_of(config.model, config.fit.dropout, config.model.example_px))
    twin.set_weights(network.get_weights())
    return twin


def _contract(config: TrainConfig, decided: _Decisions, counts: dict[str, int]) -> ModelConfig:
    model = config.model
    detection = model.family == "detection"
    architecture = architecture_of(model, config.fit.dropout, model.input_px)
    return ModelConfig(
        name=model.name,
        number=model.number,
        title=model.title,
        family=model.family,
        labels=model.labels,
        reject_label=model.reject_label,
        input=InputConfig(
            model.input_px,
            model.input_px,
            "tiles" if detection else "stretch",
            model.long_side_px,
            model.tile_overlap_px,
        ),
        feature_layer=feature_layer(architecture),
        stride_px=STRIDE_PX if detection else None,
        value_range=model.value_range,
        architecture=architecture.to_mapping(),
        calibration=decided.calibration,
        conformal=decided.conformal,
        recognition=decided.recognition,
        thresholds=decided.thresholds,
        training={
            "data": asdict(config.data),
            "fit": asdict(config.fit),
            "augment": asdict(config.augment),
            "counts": counts,
            "measured_on_renders": decided.measured,
        },
    )
