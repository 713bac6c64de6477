"""A shipped model's last layer as an embedder of photos; runs on LiteRT."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.runtime.features import FeatureReader
from core.runtime.model_config import ModelFolder
from core.types import UInt8Image


class ModelEmbedder:
    """Features of whole photos at a model's last layer, as drift and recognition see them."""

    def __init__(self, folder: ModelFolder) -> None:
        """Open a session.

        Raises:
            ModelError: a detector, or the folder's parts disagree.
        """
        self._reader = FeatureReader(folder)
        size = folder.config.input
        self.identity = f"{folder.config.name} {folder.version} last layer"
        self.length = len(self.read(np.zeros((size.height_px, size.width_px, 3), np.uint8)))

    def read(self, image_hwc: UInt8Image) -> NDArray[np.float64]:
        """Features of a photo, uint8 (H, W, 3): float64 (D,)."""
        return self._reader.read(image_hwc)
