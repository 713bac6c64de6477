"""What a training config may say: one frozen dataclass a section of its TOML file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from core.runtime.model_config import Family

HeadName = Literal["", "pooled", "attended", "centre"]
LossName = Literal["", "mae", "mse", "huber", "margin_mae"]
OptimiserName = Literal["adamw", "adam", "adadelta", "rmsprop", "sgd"]


@dataclass(frozen=True, slots=True)
class ModelSection:
    """What to make.

    Attributes:
        name, number, title: see ModelConfig.
        family: ``classification``, ``detection`` or ``regression``.
        labels: classes, or the one quantity's name.
        reject_label: class of photos without the object; None for none.
        multi_label: classification, a photo may carry several labels or none (sigmoid in place of softmax).
        backbone: see ``core.networks.backbones``.
        head: ``pooled``, ``attended`` or ``centre``; "" takes the family's usual one.
        input_px: side of the square input while serving (for a detector: of one tile).
        train_px: side of the square input while training; a detector may train on smaller tiles.
        long_side_px, tile_overlap_px: a detector's working size.
        value_range: limits of a regression's value.
        pretrained: ``imagenet``, a path of weights in ``keras.applications``' format, ``model:polecat-v1``
            for a shipped version's weights where name and shape agree, or "" for random weights.
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
    head: HeadName = ""
    reject_label: str | None = None
    multi_label: bool = False
    train_px: int | None = None
    long_side_px: int | None = None
    tile_overlap_px: int | None = None
    value_range: tuple[float, float] | None = None
    pretrained: str = "imagenet"

    @property
    def example_px(self) -> int:
        """Side of the square that an example is brought to, while training and while measuring."""
        return self.train_px or self.input_px

    @property
    def classes(self) -> tuple[str, ...]:
        """The labels, then the reject class where there is one."""
        return (*self.labels, *([self.reject_label] if self.reject_label else []))


@dataclass(frozen=True, slots=True)
class DataSection:
    """What to learn from: dataset CSVs (DESIGN section 8), each with the command that made it.

    Attributes:
        train: CSV paths. A CSV's own ``split`` column (train, validation, test) wins over every share
            here; its ``group`` column keeps photos of one pole on one side.
        test: CSV paths never used but for the card's figures.
        commands: shell lines that make those datasets again.
        validation_share: of the photos in ``train``, kept for stopping and calibration, 0 to 1.
        splits: shares of train, validation and test that the photos in ``train`` are divided by where
            ``test`` is empty.
        folds: K over 1 fits K networks, each measured on the fold it has not seen, and exports none.
        share: of the photos to fit that are used, 0 to 1, for studies of the amount of data.
        also_learn: variables of renders (``variables.csv`` beside the dataset CSV or in the folder of renders that
            a photo lies in), learned as further standardised outputs while fitting, and left out of the exported
            network.
        masks: kind of the masks ``masks/<name>_<kind>.png`` beside a photo's ``images/`` that teach the
            ``attended`` head where to look; "" for none. A photo without a mask teaches nothing of that.
        balance: classification, against rare classes: ``class_weights`` in the loss, or ``sampling``
            each class equally often.
    """

    train: tuple[str, ...]
    test: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    validation_share: float = 0.12
    splits: tuple[float, float, float] = (0.6, 0.2, 0.2)
    folds: int = 0
    share: float = 1.0
    also_learn: tuple[str, ...] = ()
    masks: str = ""
    balance: Literal["none", "class_weights", "sampling"] = "none"


@dataclass(frozen=True, slots=True)
class FitSection:
    """How to learn.

    Attributes:
        epochs: passes over the training photos.
        batch_size: photos a step.
        learning_rate: peak of the cosine schedule, after one epoch of warm-up.
        weight_decay: AdamW's.
        dropout: see Architecture.
        label_smoothing: classification, 0 to 1.
        field_shares: classification, label → share expected in the field, where it is another than among
            the renders; moves the probabilities there after fitting.
        seed: of splits, augmentation and initial weights.
        loss: of a regression; "" is the mean absolute error.
        margin: of ``margin_mae``, max(|ŷ − y| − margin, 0), in the value's unit.
        huber_delta: of ``huber``, where its square becomes a line, in the value's unit.
        optimizer: the rule of descent.
        learn: ``whole`` network, the head on a ``frozen`` trunk, or from ``scratch`` (random weights).
        learn_from: name of the first backbone layer that learns with ``whole``; "" for all.
        patience: epochs without a better validation loss after which to stop; 0 never stops early.
        average: decay of the running mean of the weights that is measured and kept, for example 0.995;
            0 keeps the weights themselves.
        precision: what layers compute in; weights are float32 in either.
        also_learn_weight: weight of the loss on ``data.also_learn``.
        mask_weight: weight of the loss on ``data.masks``.
        tensorboard: write logs for TensorBoard into the run folder.
    """

    epochs: int = 10
    batch_size: int = 32
    learning_rate: float = 5e-4
    weight_decay: float = 1e-4
    dropout: float = 0.2
    label_smoothing: float = 0.05
    field_shares: Mapping[str, float] = field(default_factory=dict)
    seed: int = 1
    loss: LossName = ""
    margin: float = 0.0
    huber_delta: float = 0.1
    optimizer: OptimiserName = "adamw"
    learn: Literal["whole", "frozen", "scratch"] = "whole"
    learn_from: str = ""
    patience: int = 0
    average: float = 0.0
    precision: Literal["float32", "mixed_bfloat16"] = "float32"
    also_learn_weight: float = 0.3
    mask_weight: float = 1.0
    tensorboard: bool = True


@dataclass(frozen=True, slots=True)
class AugmentSection:
    """How far a training photo is changed; 0 switches a change off.

    Attributes:
        rotation_deg: uniformly from −r to r.
        scale: zoom log-uniformly from 1 / (1 + s) to 1 + s.
        aspect: width against height log-uniformly from 1 / (1 + a) to 1 + a.
        shift: share of the side, uniformly.
        flip: mirror left and right in half of the photos.
        flip_vertical: mirror up and down in half of the photos.
        colour: strength of brightness, contrast, gamma, saturation, hue and channel gain, 0 to 1.
        sensor: chance of each of defocus, noise, JPEG and resampling, 0 to 1.
        motion: chance of a motion blur of 3 to 11 px beyond the sensor's short ones, 0 to 1.
        erase: chance of one grey or noisy rectangle, 0 to 1.
    """

    rotation_deg: float = 12.0
    scale: float = 0.25
    aspect: float = 0.15
    shift: float = 0.08
    flip: bool = True
    flip_vertical: bool = False
    colour: float = 0.6
    sensor: float = 0.25
    motion: float = 0.0
    erase: float = 0.0


@dataclass(frozen=True, slots=True)
class SearchSection:
    """A search for better settings; off where ``trials`` is 0.

    Attributes:
        trials: runs to try, each a whole training.
        ranges: ``section.key`` → what to draw from: ``[low, high]``, ``[low, high, "log"]``, or a list
            of choices (words, truth values, or three numbers and more).
    """

    trials: int = 0
    ranges: Mapping[str, tuple[object, ...]] = field(default_factory=dict)
