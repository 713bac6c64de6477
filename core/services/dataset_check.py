"""Whether a dataset is fit to train from: the checks that a training makes before it starts, at any time."""

from __future__ import annotations

from pathlib import Path

from core.config import Settings
from core.datasets import Problem, read_dataset
from core.runtime.model_config import ModelConfig, find_model
from core.services.datasets import dataset_versions


def check_photos(settings: Settings, reference: str, model: str | None = None) -> list[Problem]:
    """Everything that is wrong with a dataset and its photos.

    Args:
        settings: where versions and models are.
        reference: a version's hash or name, or the path of a CSV.
        model: the model that is to learn from it; None takes the dataset's own labels and any value.

    Returns:
        Photos that are not there, labels outside the classes, values outside the range, boxes outside their
        photo, classes without a photo, photos in two splits by path or by content. Empty where all is well.

    Raises:
        NotFoundError: no such version or model.
        ConfigError: the CSV itself cannot be read; names file and row.
    """
    # Imported here: only this use case needs the training room.
    from core.training.checks import check_dataset

    is_file = reference.lower().endswith(".csv") and Path(reference).is_file()
    versions = dataset_versions(settings)
    csv_path = Path(reference) if is_file else versions.csv_path(versions.version(reference).hash)
    if model is None:
        dataset = read_dataset(csv_path)
        problems = check_dataset(csv_path, dataset.task, dataset.labels, multi_label=True)
    else:
        config = find_model(settings.models_dir, model).config
        problems = check_dataset(
            csv_path, config.family, _labels(config), config.value_range, multi_label=config.multi_label
        )
    return problems


def _labels(config: ModelConfig) -> tuple[str, ...]:
    return (*config.labels, *((config.reject_label,) if config.reject_label else ()))
