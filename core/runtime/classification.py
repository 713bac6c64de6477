"""Labels for the photo, one of many or several at once: calibrated probabilities, sets, heat maps."""

from __future__ import annotations

import time

import numpy as np
from numpy.typing import NDArray

from core.errors import ModelError
from core.runtime.calibration import prediction_set, sigmoid, softmax
from core.runtime.model import (
    TOP_LABEL_HEAT_MAPS,
    class_activation_map,
    is_recognised,
    load_head_arrays,
    stretched_long_side_px,
)
from core.runtime.model_config import ModelConfig, ModelFolder
from core.runtime.preprocess import network_input
from core.runtime.session import Session
from core.types import Finding, HeatMap, Prediction, UInt8Image


class Classifier:
    """A classification model; see ``core.runtime.model.Model``."""

    def __init__(self, folder: ModelFolder, session: Session) -> None:
        """Check that folder and session fit.

        Raises:
            ModelError: another number of classes, or no head arrays.
        """
        self.folder = folder
        self._session = session
        self._head = load_head_arrays(folder)
        config = folder.config
        class_count = len(config.labels) + (config.reject_label is not None)
        shape = session.output_shapes[0]
        if shape != (1, class_count) or self._head.kernel.shape[1] != class_count:
            raise ModelError(
                f"{folder.path}: expected answers (1, {class_count}) for {', '.join(config.labels)}, got {shape} "
                f"and a head of {self._head.kernel.shape}; export the model again"
            )

    def wanted_long_side_px(self, width_px: int, height_px: int) -> int:
        """See ``core.runtime.model.Model``."""
        return stretched_long_side_px(self.folder.config, width_px, height_px)

    def predict(self, photo_sha256: str, image_hwc: UInt8Image, original_size_px: tuple[int, int]) -> Prediction:
        """``class`` findings, and CAMs of the best labels; see ``core.runtime.model.Model``.

        One finding; with ``multi_label`` one a label, whatever its probability, so that thresholds can be
        moved without a new run. A photo that is not recognised has one finding in any case.
        """
        started_s = time.perf_counter()
        config = self.folder.config
        answer, features = self._session.run(network_input(image_hwc, config.input.height_px, config.input.width_px))
        probabilities, reject_probability = class_probabilities(answer[0], config)
        order = np.argsort(-probabilities, kind="stable")
        recognised = is_recognised(config, self._head, features[0], reject_probability)
        findings = self._findings(probabilities, order, recognised)
        heat_maps = tuple(
            HeatMap(
                config.labels[i],
                class_activation_map(features[0], self._head.kernel[:, i]),
                "cam",
                config.feature_layer,
            )
            for i in order[:TOP_LABEL_HEAT_MAPS]
        )
        elapsed_s = time.perf_counter() - started_s
        return Prediction(photo_sha256, config.name, self.folder.version, {}, findings, heat_maps, elapsed_s)

    def _findings(
        self, probabilities: NDArray[np.float64], order: NDArray[np.intp], recognised: bool
    ) -> tuple[Finding, ...]:
        config = self.folder.config
        alone = config.multi_label and recognised
        one_each = [[i] for i in order] if alone else [list(order)]
        covering = () if config.multi_label else prediction_set(probabilities, config.conformal.get("quantile", 1.0))
        return tuple(
            Finding(
                model=config.name,
                version=self.folder.version,
                kind="class",
                label=config.labels[indices[0]],
                confidence=float(probabilities[indices[0]]),
                probabilities={config.labels[i]: float(probabilities[i]) for i in indices},
                prediction_set=tuple(config.labels[i] for i in covering),
                recognised=recognised,
            )
            for indices in one_each
        )


def class_probabilities(logits: NDArray[np.float32], config: ModelConfig) -> tuple[NDArray[np.float64], float]:
    """Calibrated probabilities over ``config.labels`` alone, and the reject class's probability.

    The reject class is taken out and the rest sums to 1 again: "which pole, if it is one" and "is it
    one at all" are two questions, and a set such as {TREE, NONE} would answer neither. With
    ``multi_label`` every label is a question of its own, and probabilities sum to anything.

    Args:
        logits: float32, shape (K,) or, with a reject class, (K + 1,).
        config: its ``calibration`` temperature, ``reject_label`` and ``multi_label`` count.

    Returns:
        float64 (K,), summing to 1 unless ``multi_label``, and 0 to 1 (0 where the model has no reject class).
    """
    temperature = config.calibration.get("temperature", 1.0)
    if config.multi_label:
        return sigmoid(logits, temperature).astype(np.float64), 0.0
    label_count = len(config.labels)
    reject = float(softmax(logits, temperature)[label_count]) if config.reject_label is not None else 0.0
    return softmax(logits[:label_count], temperature), reject
