"""A shipped model version as a Keras network, for explaining and for training on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.config import read_settings
from core.networks.architecture import Architecture, build
from core.networks.weights import assign_weights
from core.runtime.model_config import ModelFolder, find_model

if TYPE_CHECKING:
    import keras


def load(model: str | ModelFolder) -> keras.Model:
    """Rebuild a model version from its config and safetensors.

    Args:
        model: a name (``polecat``), a folder name (``polecat-v1``), a version hash, or a ModelFolder.

    Returns:
        Keras model with outputs ``answer`` and ``feature_map``, weights set, as exported.

    Raises:
        NotFoundError: no such model.
        ModelError: config and weights disagree.
    """
    folder = model if isinstance(model, ModelFolder) else find_model(read_settings().models_dir, model)
    network = build(Architecture.from_mapping(folder.config.architecture))
    assign_weights(network, folder.path / "weights.safetensors")
    return network
