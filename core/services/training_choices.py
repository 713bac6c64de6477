"""What a form offers for a new training, each with its words; and datasets and weights at hand."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from core.config import REPOSITORY, Settings
from core.datasets import VersionFolder
from core.runtime.model_config import ModelFolder

# The form must not wait for Keras, which core.networks imports; a test holds the two lists together.
BACKBONES = {
    "mobilenet_v2": "MobileNetV2: small and quick",
    "efficientnetv2_b0": "EfficientNetV2-B0: small, a little slower",
    "resnet50": "ResNet50: large",
    "vgg16": "VGG16: large and slow",
    "csrn": "CSRN: 16 plain convolutions, from scratch only",
    "resnet50_layers": "ResNet50 built from its layers, from scratch only",
}
WITHOUT_WEIGHTS = ("csrn", "resnet50_layers")
LEARNS = {
    "whole": "the whole network",
    "frozen": "the head on a frozen backbone",
    "scratch": "everything from scratch",
}
LOSSES = {
    "mae": "mean absolute error",
    "mse": "mean squared error",
    "huber": "Huber: squared near 0, then straight",
    "margin_mae": "absolute error beyond a margin",
}
OPTIMISERS = {"adamw": "AdamW", "adam": "Adam", "adadelta": "AdaDelta", "rmsprop": "RMSprop", "sgd": "SGD"}
BALANCES = {"none": "as it is", "class_weights": "rare classes weigh more", "sampling": "each class equally often"}
RANDOM_WEIGHTS, IMAGENET = "", "imagenet"


@dataclass(frozen=True, slots=True)
class DatasetChoice:
    """A dataset CSV that can be trained on, and what people call it."""

    path: Path
    words: str


def dataset_choices(settings: Settings) -> list[DatasetChoice]:
    """Dataset versions, newest first; then the samples; then what was rendered beside the repository.

    Raises:
        StoreError: a dataset version's notes are damaged.
    """
    versions = VersionFolder(settings.datasets_dir)
    kept = [
        DatasetChoice(versions.csv_path(one.hash), f"{one.name} · {one.hash} · {one.photo_count} photos")
        for one in versions.versions()
    ]
    samples = [
        DatasetChoice(path, f"Sample: {path.stem.replace('_', ' ')}")
        for path in sorted((REPOSITORY / "sample_data").glob("*.csv"))
    ]
    rendered = [
        DatasetChoice(path, f"Renders: {path.parent.name}") for path in sorted(REPOSITORY.glob("renders/*/dataset.csv"))
    ]
    return [*kept, *samples, *rendered]


def weight_choices(folders: dict[str, ModelFolder], backbone: str) -> dict[str, str]:
    """What a network with this backbone can begin with → words, the best guess first.

    Args:
        folders: installed models, by name.
        backbone: a key of ``BACKBONES``.
    """
    shipped = {
        f"model:{folder.config.name}-v{folder.config.number}": f"{folder.config.title}, version {folder.config.number}"
        for folder in folders.values()
        if folder.config.architecture.get("backbone") == backbone
    }
    published = {} if backbone in WITHOUT_WEIGHTS else {IMAGENET: "ImageNet (fetched once from the internet)"}
    found = {path: f"ImageNet ({Path(path).parent})" for path in _weight_files(backbone)} if published else {}
    return {**found, **shipped, **published, RANDOM_WEIGHTS: "random weights"}


def _weight_files(backbone: str) -> list[str]:
    """Published weights that lie beside the renders, as paths from the repository."""
    files = sorted(REPOSITORY.glob(f"renders/imagenet/{backbone}*notop*.h5"))
    return [path.relative_to(REPOSITORY).as_posix() for path in files]
