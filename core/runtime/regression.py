"""One number for the photo, with the interval that holds the truth, and a signed heat map."""

from __future__ import annotations

import time

import numpy as np

from core.errors import ModelError
from core.runtime.calibration import prediction_interval
from core.runtime.model import class_activation_map, is_recognised, load_head_arrays, stretched_long_side_px
from core.runtime.model_config import ModelFolder
from core.runtime.preprocess import network_input
from core.runtime.session import Session
from core.types import Finding, HeatMap, Prediction, UInt8Image


class Regressor:
    """A regression model; see ``core.runtime.model.Model``."""

    def __init__(self, folder: ModelFolder, session: Session) -> None:
        """Check that folder and session fit.

        Raises:
            ModelError: the answer is not one number, or the config lacks ``value_range``.
        """
        self.folder = folder
        self._session = session
        self._head = load_head_arrays(folder)
        if session.output_shapes[0] != (1, 1):
            raise ModelError(
                f"{folder.path}: expected answers (1, 1), got {session.output_shapes[0]}; export the model again"
            )
        if folder.config.value_range is None:
            raise ModelError(f"{folder.path}/config.json: expected value_range (low, high), got none")

    def wanted_long_side_px(self, width_px: int, height_px: int) -> int:
        """See ``core.runtime.model.Model``."""
        return stretched_long_side_px(self.folder.config, width_px, height_px)

    def predict(self, photo_sha256: str, image_hwc: UInt8Image, original_size_px: tuple[int, int]) -> Prediction:
        """One ``value`` finding and its signed CAM; see ``core.runtime.model.Model``."""
        started_s = time.perf_counter()
        config = self.folder.config
        assert config.value_range is not None  # checked when the model was loaded
        answer, features = self._session.run(network_input(image_hwc, config.input.height_px, config.input.width_px))
        value = float(np.clip(answer[0, 0], *config.value_range))
        low, high = config.value_range
        finding = Finding(
            model=config.name,
            version=self.folder.version,
            kind="value",
            label=config.labels[0],
            value=value,
            # Without calibration nothing is known but the range.
            interval=prediction_interval(value, config.conformal.get("quantile", high - low), config.value_range),
            recognised=is_recognised(config, self._head, features[0], reject_probability=0.0),
        )
        relevance_hw = class_activation_map(features[0], self._head.kernel[:, 0])
        heat_maps = (HeatMap(config.labels[0], relevance_hw, "cam", config.feature_layer),)
        elapsed_s = time.perf_counter() - started_s
        return Prediction(photo_sha256, config.name, self.folder.version, {}, (finding,), heat_maps, elapsed_s)
