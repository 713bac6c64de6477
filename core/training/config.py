"""``gridlens train CONFIG.toml``: everything that decides a training run, in one file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from core.errors import ConfigError
from core.runtime.model_config import Family


@dataclass(frozen=True, slots=True)
class ModelSection:
    """What to make.

    Attributes:
        name, number, title: see ModelConfig.
        family: ``classification``, ``detection`` or ``regression``.
        labels: classes, or the one quantity's name.
        reject_label: class of photos without the object; None for none.
        backbone: see ``core.networks.backbones``.
        input_px: side of the square input while serving (for a detector: of one tile).
        train_px: side of the square input while training; a detector may train on smaller tiles.
        long_side_px, tile_overlap_px: a detector's working size.
        value_range: limits of a regression's value.
        pretrained: ``imagenet``, a path of weights, or "" for random weights.
        summary: one or two sentences for the card: what it is for.
        limits: sentences for the card: what it is not for.
    """

    name: str
    number: int
    title: str
    family: Family
    labels: tuple[str, ...]
    input_px: int
    summary: str
    limits: str
    backbone: str = "mobilenet_v2"
    reject_label: str | None = None
    train_px: int | None = None
    long_side_px: int | None = None
    tile_overlap_px: int | None = None
    value_range: tuple[float, float] | None = None
    pretrained: str = "imagenet"

    @property
    def example_px(self) -> int:
        """Side of the square that an example is brought to, while training and while measuring."""
        return self.train_px or self.input_px


@dataclass(frozen=True, slots=True)
class DataSection:
    """What to learn from: dataset CSVs (DESIGN section 8), each with the command that made it.

    Attributes:
        train: CSV paths; ``validation_share`` of their photos is kept for stopping and calibration.
        test: CSV paths never used but for the card's figures.
        commands: shell lines that make those datasets again.
        validation_share: 0 to 1.
    """

    train: tuple[str, ...]
    test: tuple[str, ...]
    commands: tuple[str, ...] = ()
    validation_share: float = 0.12


@dataclass(frozen=True, slots=True)
class FitSection:
    """How to learn.

    Attributes:
        epochs: passes over the training photos.
        batch_size: photos a step.
        learning_rate: peak of the cosine schedule (AdamW), after one epoch of warm-up.
        weight_decay: AdamW's.
        dropout: see Architecture.
        label_smoothing: classification, 0 to 1.
        field_shares: classification, label → share expected in the field, where it is another than among
            the renders; moves the probabilities there after fitting.
        seed: of splits, augmentation and initial weights.
    """

    epochs: int = 10
    batch_size: int = 32
    learning_rate: float = 5e-4
    weight_decay: float = 1e-4
    dropout: float = 0.2
    label_smoothing: float = 0.05
    field_shares: Mapping[str, float] = field(default_factory=dict)
    seed: int = 1


@dataclass(frozen=True, slots=True)
class AugmentSection:
    """How far a training photo is changed; 0 switches a change off.

    Attributes:
        rotation_deg: uniformly from −r to r.
        scale: zoom log-uniformly from 1 / (1 + s) to 1 + s.
        aspect: width against height log-uniformly from 1 / (1 + a) to 1 + a.
        shift: share of the side, uniformly.
        flip: mirror left and right in half of the photos.
        colour: strength of brightness, contrast, gamma, saturation, hue and channel gain, 0 to 1.
        sensor: chance of each of defocus, noise, JPEG and resampling, 0 to 1.
        erase: chance of one grey or noisy rectangle, 0 to 1.
    """

    rotation_deg: float = 12.0
    scale: float = 0.25
    aspect: float = 0.15
    shift: float = 0.08
    flip: bool = True
    colour: float = 0.6
    sensor: float = 0.25
    erase: float = 0.0


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """A whole training run."""

    path: Path
    model: ModelSection
    data: DataSection
    fit: FitSection = field(default_factory=FitSection)
    augment: AugmentSection = field(default_factory=AugmentSection)


def read_train_config(path: Path) -> TrainConfig:
    """Read and check a TOML file. Data paths in it are relative to the working folder.

    Raises:
        ConfigError: the file is missing, is not TOML, or a section has an unknown or missing key.
    """
    try:
        values = tomllib.loads(path.read_text())
    except FileNotFoundError as error:
        raise ConfigError(f"{path}: expected a TOML file, found nothing") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: not valid TOML: {error}") from error
    unknown = set(values) - {"model", "data", "fit", "augment"}
    if unknown:
        raise ConfigError(f"{path}: unknown section [{sorted(unknown)[0]}]; expected model, data, fit, augment")
    return TrainConfig(
        path,
        _section(ModelSection, values.get("model", {}), path, "model"),
        _section(DataSection, values.get("data", {}), path, "data"),
        _section(FitSection, values.get("fit", {}), path, "fit"),
        _section(AugmentSection, values.get("augment", {}), path, "augment"),
    )


def _section(section: Any, values: dict[str, Any], path: Path, name: str) -> Any:
    known = [f.name for f in fields(section)]
    unknown = sorted(set(values) - set(known))
    if unknown:
        raise ConfigError(f"{path}: [{name}] unknown key {unknown[0]!r}; expected some of {', '.join(known)}")
    try:
        return section(**{k: tuple(v) if isinstance(v, list) else v for k, v in values.items()})
    except TypeError as error:
        raise ConfigError(f"{path}: [{name}] {error}") from error
