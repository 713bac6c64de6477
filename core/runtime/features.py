"""Where a photo lies in a model's feature space: what drift and similarity compare."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.errors import ModelError
from core.runtime.model import load_head_arrays, stretched_long_side_px
from core.runtime.model_config import ModelFolder
from core.runtime.preprocess import network_input
from core.runtime.session import Session
from core.types import UInt8Image


class FeatureReader:
    """Reads features of whole photos with a classification or regression model; thread-safe."""

    def __init__(self, folder: ModelFolder, num_threads: int = 1) -> None:
        """Open a session of its own.

        Raises:
            ModelError: a detector, which sees tiles and not whole photos, or the folder's parts disagree.
        """
        if folder.config.family == "detection":
            raise ModelError(f"{folder.path}: expected a model of whole photos, got a detector; use another model")
        self.folder = folder
        self._head = load_head_arrays(folder)
        self._session = Session(folder.path / "model.tflite", num_threads)

    @property
    def knows_training(self) -> bool:
        """Whether features are in standard deviations of the training photos."""
        return self._head.recognition_components is not None

    def wanted_long_side_px(self, width_px: int, height_px: int) -> int:
        """The long side that a photo of this size should be decoded to at least, in pixels."""
        return stretched_long_side_px(self.folder.config, width_px, height_px)

    def read(self, image_hwc: UInt8Image) -> NDArray[np.float64]:
        """Features of one photo.

        Args:
            image_hwc: uint8 RGB, shape (H, W, 3), upright, at any scale.

        Returns:
            float64 (D,): where the model knows its training features, their directions in standard deviations
            (its distance from 0 is what recognition measures); else the pooled last feature map as it is.
        """
        size = self.folder.config.input
        _, features = self._session.run(network_input(image_hwc, size.height_px, size.width_px))
        pooled = features[0].mean(axis=(0, 1)).astype(np.float64)
        mean, components = self._head.recognition_mean, self._head.recognition_components
        if mean is None or components is None:
            return np.asarray(pooled)
        return np.asarray((pooled - mean) @ components)
