"""From a fitted network to the numbers it decides with, and what it is worth on each part of the data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from core.metrics.scores import box_scores
from core.networks.architecture import build
from core.training.config import TrainConfig
from core.training.deciding import (
    choose_thresholds,
    decide_interval,
    decide_labels,
    decide_sets,
    decide_temperature,
    distances,
    field_ratios,
    match_centres,
    max_distance,
    measure_classes,
    measure_labels,
    measure_values,
    recognition_arrays,
)
from core.training.examples import Example
from core.training.export import round_weights_to_float16
from core.training.fit import Answers, answer_examples, answer_parts
from core.training.learner import architecture_of
from core.training.splits import Parts, take_share
from core.training.targets import STRIDE_PX

_REJECT_PROBABILITY = 0.5
_TRAIN_SAMPLE = 2000
_SHOWN_POINTS = 1000


@dataclass(frozen=True, slots=True)
class Decisions:
    """What ModelConfig needs beside the weights, and the measures.

    Attributes:
        calibration, conformal, recognition, thresholds: see ModelConfig.
        arrays: for the runtime, see ``write_model_folder``.
        measures: by part (``train`` on up to 2,000 photos, ``validation``, ``test``).
        figures: what a page draws of the test photos: ``confusion`` or ``scatter``.
    """

    calibration: Mapping[str, float]
    conformal: Mapping[str, float]
    recognition: Mapping[str, float]
    thresholds: Mapping[str, float]
    arrays: Mapping[str, Any]
    measures: Mapping[str, dict[str, Any]]
    figures: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Rules:
    temperature: float = 1.0
    conformal: Mapping[str, float] | None = None
    thresholds: Mapping[str, float] | None = None


def decide(config: TrainConfig, network: keras.Model, parts: Parts) -> Decisions:
    """Round the weights to what ships, calibrate on the validation part, measure on all three.

    Raises:
        ConfigError: ``field_shares`` do not fit the labels.
        StoppedError: the process was asked to stop.
    """
    model = config.model
    round_weights_to_float16(network)
    share = min(1.0, _TRAIN_SAMPLE / len(parts.train))
    seen = {
        "train": take_share(parts.train, share, config.fit.seed),
        "validation": parts.validation,
        "test": parts.test,
    }
    answers = answer_parts(_at_example_size(config, network), seen, model)
    arrays, recognition = _recognition(config, seen, answers)
    rules = _decide_rules(config, network, seen["validation"], answers)
    if model.reject_label:
        recognition["max_reject_probability"] = _REJECT_PROBABILITY
    return Decisions(
        {} if model.family == "regression" else {"temperature": rules.temperature},
        rules.conformal or {},
        recognition,
        rules.thresholds or {},
        arrays,
        {part: _measure(config, seen[part], answers[part], rules) for part in seen},
        _figures(config, seen["test"], answers["test"], rules),
    )


def validation_score(config: TrainConfig, network: keras.Model, validation: list[Example]) -> tuple[str, float]:
    """What a search makes small, and its name: the mean absolute error, 1 − macro F1, or 1 − mAP at IoU 0.5."""
    round_weights_to_float16(network)
    answers = {"validation": answer_examples(_at_example_size(config, network), validation, config.model)}
    rules = _decide_rules(config, network, validation, answers)
    measured = _measure(config, validation, answers["validation"], rules)
    if config.model.family == "regression":
        return "mae", float(measured["mae"])
    name = "map_50" if config.model.family == "detection" else "macro_f1"
    return f"1 − {name}", 1 - float(measured.get(name, 0.0))


def _decide_rules(
    config: TrainConfig, network: keras.Model, validation: list[Example], answers: dict[str, Answers]
) -> _Rules:
    """Calibrate; where the field's mix is told, move all answers to it; cut values to their range."""
    model, held_out = config.model, answers["validation"]
    if model.family == "detection":
        return _Rules(thresholds=choose_thresholds(match_centres(model, validation, held_out, STRIDE_PX, 0.5)))
    if model.family == "regression":
        for part, found in answers.items():
            # As served: a value is never outside its range, so one wild answer must not be the whole mean error.
            answers[part] = Answers(np.clip(found.answer, *(model.value_range or (-np.inf, np.inf))), found.pooled)
        return _Rules(conformal=decide_interval(validation, answers["validation"].answer))
    if model.multi_label:
        temperature, thresholds = decide_labels(model, validation, held_out)
        return _Rules(temperature, thresholds=thresholds)
    temperature = decide_temperature(validation, held_out)
    ratios = field_ratios(model, validation, config.fit.field_shares)
    shift = (temperature * np.log(ratios)).astype(np.float32)
    if shift.any():
        network.get_layer("head").bias.assign_add(shift)
        round_weights_to_float16(network)
        for part, found in answers.items():
            answers[part] = Answers(found.answer + shift, found.pooled)
    conformal = decide_sets(model, validation, answers["validation"], temperature, ratios)
    return _Rules(temperature, conformal, dict.fromkeys(model.labels, 0.5))


def _measure(config: TrainConfig, examples: list[Example], answers: Answers, rules: _Rules) -> dict[str, Any]:
    model = config.model
    if model.family == "detection":
        return box_scores(match_centres(model, examples, answers, STRIDE_PX, 0.5), rules.thresholds or {})
    quantile = (rules.conformal or {}).get("quantile", 1.0)
    if model.family == "regression":
        return measure_values(examples, answers.answer, quantile)
    if model.multi_label:
        return measure_labels(model, examples, answers, rules.temperature, rules.thresholds or {})
    return measure_classes(model, examples, answers, rules.temperature, quantile)


def _figures(config: TrainConfig, examples: list[Example], answers: Answers, rules: _Rules) -> dict[str, Any]:
    """Counts by true and given class, or pairs of true and given value (of up to 1,000 photos)."""
    model = config.model
    if model.family == "regression":
        few = slice(None, None, -(-len(examples) // _SHOWN_POINTS))
        return {
            "scatter": {
                "true": [e.value for e in examples[few]],
                "predicted": [float(v) for v in answers.answer[few, 0]],
                "half_width": (rules.conformal or {})["quantile"],
            }
        }
    if model.family == "detection" or model.multi_label:
        return {}
    counts = np.zeros((len(model.classes), len(model.classes)), dtype=np.int64)
    np.add.at(counts, ([e.label for e in examples], answers.answer.argmax(axis=1)), 1)
    return {"confusion": {"labels": list(model.classes), "counts": counts.tolist()}}


def _recognition(
    config: TrainConfig, seen: Mapping[str, list[Example]], answers: Mapping[str, Answers]
) -> tuple[dict[str, NDArray[np.float32]], dict[str, float]]:
    """Where the training features of the object lie, and how far is too far; nothing for a detector."""
    if config.model.family == "detection":
        return {}, {}
    count = len(config.model.labels)
    known = {part: np.array([e.label < count for e in seen[part]]) for part in ("train", "validation")}
    arrays = recognition_arrays(answers["train"].pooled[known["train"]])
    return arrays, {"max_distance": max_distance(distances(answers["validation"].pooled[known["validation"]], arrays))}


def _at_example_size(config: TrainConfig, network: keras.Model) -> keras.Model:
    """The same weights at the size of the examples: a detector's renders are smaller than its tiles."""
    if config.model.example_px == config.model.input_px:
        return network
    twin = build(architecture_of(config.model, config.fit.dropout, config.model.example_px))
    twin.set_weights(network.get_weights())
    return twin
