"""What a model folder says about itself: ``models/<name>-v<N>/config.json``.

A folder holds ``config.json``, ``weights.safetensors`` (float16 network weights, plus the small float32
arrays that the runtime needs, named ``runtime/...``), ``model.tflite`` and ``card.md``. No code.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from core.errors import ModelError, NotFoundError

Family = Literal["classification", "detection", "regression"]


@dataclass(frozen=True, slots=True)
class InputConfig:
    """How a photo becomes the network's input: RGB float32, NHWC, scaled to −1…1 (x / 127.5 − 1).

    Attributes:
        height_px, width_px: size of the network's input (of one tile, for a detector).
        fit: ``stretch`` (the whole photo is resized to the input, aspect ratio given up, so that a heat
            map covers the photo edge to edge) or ``tiles``.
        long_side_px: for ``tiles``, the photo is first resized so that its long side is this.
        tile_overlap_px: for ``tiles``, neighbouring tiles share at least this many pixels.
    """

    height_px: int
    width_px: int
    fit: Literal["stretch", "tiles"]
    long_side_px: int | None = None
    tile_overlap_px: int | None = None


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """One model version.

    The LiteRT model has one input and two outputs, told apart by their place:
    ``0`` answer, ``1`` last feature map (1, H', W', C), float32.

    - classification: answer (1, K) logits in the order ``labels`` then, where ``reject_label`` is set,
      one more for it. ``runtime/head_kernel`` (C, K), ``runtime/head_bias`` (K).
      With ``multi_label`` each of the K logits is a question of its own, and there is no reject class.
    - regression: answer (1, 1), the value itself. ``runtime/head_kernel`` (C, 1), ``runtime/head_bias`` (1).
    - detection: answer (1, H', W', K + 4): K logits, then the distances left, top, right, bottom from
      the cell's centre ((column + 0.5) × stride, (row + 0.5) × stride) to the box's sides, in units of
      ``stride_px`` (already positive). A box is a local maximum (3 × 3) of a label's map.

    Attributes:
        name: for example ``polecat``.
        number: 1, 2, …; ``name-vN`` is the folder.
        title: what people read, for example ``Pole type``.
        family: what kind of answer.
        labels: class names in the order of the answer; for regression the one quantity's name.
        reject_label: class learned from photos without the object; its win means "not recognised".
        stride_px: detection only.
        feature_layer: name of the layer that output 1 is taken from.
        input: see InputConfig.
        architecture: what ``core.networks`` needs to rebuild the Keras model.
        calibration: classification and detection ``{"temperature": t}`` (probability = softmax(z / t),
            for detection and ``multi_label`` sigmoid(z / t)).
        conformal: ``{"coverage": c, "quantile": q}``; classification: the set holds labels, best first,
            until their probabilities sum to at least q (APS without randomisation, Romano et al. 2020);
            regression: ``{"coverage", "quantile"}``, interval = value ± quantile, cut to value_range.
        recognition: ``{"max_distance": d, "max_reject_probability": p}``: a photo further than d from
            the training features (Mahalanobis in the ``runtime/recognition_mean`` (C,),
            ``runtime/recognition_components`` (C, D) space, where projections have unit variance) or
            with a reject probability over p is not recognised. Empty: everything is recognised.
        thresholds: label → confidence from which a finding counts, as chosen at training time.
        value_range: regression only, (low, high).
        multi_label: classification only: any number of the labels may hold at once, none among them.
        training: data, seeds, commands and measured errors, for the card and the record.
    """

    name: str
    number: int
    title: str
    family: Family
    labels: tuple[str, ...]
    input: InputConfig
    feature_layer: str
    architecture: Mapping[str, Any]
    calibration: Mapping[str, float]
    conformal: Mapping[str, float]
    recognition: Mapping[str, float]
    thresholds: Mapping[str, float]
    training: Mapping[str, Any]
    reject_label: str | None = None
    stride_px: int | None = None
    value_range: tuple[float, float] | None = None
    multi_label: bool = False


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A model version on disk. ``version`` is the first 12 hex digits of SHA-256 over weights and config."""

    path: Path
    config: ModelConfig
    version: str


def load_model_folder(path: Path) -> ModelFolder:
    """Read ``config.json`` and hash it with the weights.

    Raises:
        ModelError: a file is missing, or the config does not fit.
    """
    for name in ("config.json", "weights.safetensors", "model.tflite"):
        if not (path / name).is_file():
            raise ModelError(f"{path}: expected a file {name}, found none; export the model again")
    text = (path / "config.json").read_bytes()
    digest = hashlib.sha256((path / "weights.safetensors").read_bytes())
    digest.update(text)
    return ModelFolder(path, parse_config(json.loads(text), path), digest.hexdigest()[:12])


def parse_config(values: Mapping[str, Any], path: Path) -> ModelConfig:
    """Build a ModelConfig from decoded JSON; ``path`` is for messages only.

    Raises:
        ModelError: a key is missing, unknown or of another type.
    """
    try:
        fields = dict(values)
        fields["input"] = InputConfig(**fields["input"])
        fields["labels"] = tuple(fields["labels"])
        if fields.get("value_range") is not None:
            fields["value_range"] = tuple(fields["value_range"])
        config = ModelConfig(**fields)
    except (KeyError, TypeError) as error:
        raise ModelError(f"{path}/config.json: {error}") from error
    if config.multi_label and (config.family != "classification" or config.reject_label is not None):
        raise ModelError(
            f"{path}/config.json: multi_label: expected family classification without a reject_label, "
            f"got {config.family} and {config.reject_label!r}"
        )
    return config


def find_models(models_dir: Path) -> dict[str, ModelFolder]:
    """Newest version of every model in a folder, by model name.

    Raises:
        ModelError: a folder is incomplete.
    """
    newest: dict[str, ModelFolder] = {}
    for path in sorted(p.parent for p in models_dir.glob("*/config.json")):
        folder = load_model_folder(path)
        known = newest.get(folder.config.name)
        if known is None or folder.config.number > known.config.number:
            newest[folder.config.name] = folder
    return newest


def find_model(models_dir: Path, name: str) -> ModelFolder:
    """A model by name (newest version), by folder name (``polecat-v1``) or by version hash.

    Raises:
        NotFoundError: no such model; the message lists those that exist.
        ModelError: the folder is incomplete.
    """
    if (models_dir / name / "config.json").is_file():
        return load_model_folder(models_dir / name)
    models = find_models(models_dir)
    for folder in models.values():
        if name in (folder.config.name, folder.version):
            return folder
    raise NotFoundError(f"model {name!r}: expected one of {', '.join(sorted(models)) or 'none installed'}")
