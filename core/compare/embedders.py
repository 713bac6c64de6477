"""Models as embedders of photos: the last layer on LiteRT, any other layer on Keras."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.runtime.features import FeatureReader
from core.runtime.model_config import ModelFolder
from core.runtime.preprocess import network_input
from core.types import UInt8Image


class ModelEmbedder:
    """Features of whole photos at a model's last layer, as drift and recognition see them."""

    def __init__(self, folder: ModelFolder) -> None:
        """Open a session.

        Raises:
            ModelError: a detector, or the folder's parts disagree.
        """
        self._reader = FeatureReader(folder)
        self.identity = f"{folder.config.name} {folder.version} last layer"
        self.length = len(self.read(_blank(folder)))

    def read(self, image_hwc: UInt8Image) -> NDArray[np.float64]:
        """Features of a photo, uint8 (H, W, 3): float64 (D,)."""
        return self._reader.read(image_hwc)


class LayerEmbedder:
    """Any layer of any model, averaged over its rows and columns. Loads TensorFlow; the whole photo is stretched."""

    def __init__(self, folder: ModelFolder, layer: str) -> None:
        """Load the network.

        Args:
            folder: a model version, a detector too.
            layer: its path, as ``core.explain.layers`` names it.

        Raises:
            NotFoundError: no such layer.
            ModelError: the folder's parts disagree.
        """
        from core.explain import subject_of

        self._network = subject_of(folder).network
        self._size, self._layer = folder.config.input, layer
        self.identity = f"{folder.config.name} {folder.version} {layer}"
        self.length = len(self.read(_blank(folder)))

    def read(self, image_hwc: UInt8Image) -> NDArray[np.float64]:
        """Features of a photo, uint8 (H, W, 3): float64 (D,)."""
        from core.explain.passes import layer_activations

        pixels = network_input(image_hwc, self._size.height_px, self._size.width_px)
        given = layer_activations(self._network, [self._layer], pixels)
        (activations,) = given.values()
        channels = activations.shape[-1]
        return np.asarray(activations.reshape(-1, channels).mean(axis=0), dtype=np.float64)


def _blank(folder: ModelFolder) -> UInt8Image:
    return np.zeros((folder.config.input.height_px, folder.config.input.width_px, 3), np.uint8)
