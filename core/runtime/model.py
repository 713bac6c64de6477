"""What every model family shares: the folder, its session, the small arrays, and the protocol."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from safetensors import safe_open

from core.errors import ModelError
from core.runtime.calibration import mahalanobis_distance
from core.runtime.model_config import ModelConfig, ModelFolder
from core.types import FloatImage, Prediction, UInt8Image

TOP_LABEL_HEAT_MAPS = 3
_DECODE_MARGIN = 1.5


class Model(Protocol):
    """A model version, ready to answer."""

    @property
    def folder(self) -> ModelFolder:
        """The folder that it was loaded from."""
        ...

    def wanted_long_side_px(self, width_px: int, height_px: int) -> int:
        """The long side that a photo of this size should be decoded to at least, in pixels."""
        ...

    def predict(self, photo_sha256: str, image_hwc: UInt8Image, original_size_px: tuple[int, int]) -> Prediction:
        """Answer for one photo.

        Args:
            photo_sha256: names the photo in the result.
            image_hwc: uint8 RGB, shape (H, W, 3), upright, at any scale of the original.
            original_size_px: (width, height) of the upright original; boxes are given in its pixels.

        Raises:
            ArrayShapeError: not uint8 (H, W, 3).
        """
        ...


@dataclass(frozen=True, slots=True, eq=False)
class HeadArrays:
    """The float32 arrays of ``weights.safetensors`` that the runtime needs; None where not exported.

    Attributes:
        kernel: (C, K).
        bias: (K,).
        recognition_mean: (C,).
        recognition_components: (C, D).
    """

    kernel: NDArray[np.float32]
    bias: NDArray[np.float32]
    recognition_mean: NDArray[np.float32] | None = None
    recognition_components: NDArray[np.float32] | None = None


def load_head_arrays(folder: ModelFolder) -> HeadArrays:
    """Read the ``runtime/…`` arrays without reading the network's weights.

    Raises:
        ModelError: the head's kernel or bias is missing, or they do not fit together.
    """
    path = folder.path / "weights.safetensors"
    names = ("head_kernel", "head_bias", "recognition_mean", "recognition_components")
    with safe_open(str(path), framework="numpy") as file:
        stored = set(file.keys())
        arrays = {n: np.asarray(file.get_tensor(f"runtime/{n}"), np.float32) for n in names if f"runtime/{n}" in stored}
    if "head_kernel" not in arrays or "head_bias" not in arrays:
        raise ModelError(f"{path}: expected runtime/head_kernel and runtime/head_bias; export the model again")
    kernel, bias = arrays["head_kernel"], arrays["head_bias"]
    if kernel.ndim != 2 or bias.shape != kernel.shape[1:]:
        raise ModelError(f"{path}: expected head_kernel (C, K) and head_bias (K,), got {kernel.shape}, {bias.shape}")
    return HeadArrays(kernel, bias, arrays.get("recognition_mean"), arrays.get("recognition_components"))


def class_activation_map(feature_map_hwc: FloatImage, kernel_column: NDArray[np.float32]) -> FloatImage:
    """Relevance of each cell for one output of a "global average pooling + linear" head.

    The mean of the map plus the head's bias is the output itself, and the map is Grad-CAM at this layer
    without its ReLU, so that what speaks against the answer is kept as negative.

    Args:
        feature_map_hwc: float32, last feature map, shape (H', W', C).
        kernel_column: float32, the head's weights for the output, shape (C,).

    Returns:
        float32, shape (H', W').

    Source: Zhou et al. 2016, arXiv:1512.04150; equality with Grad-CAM: Selvaraju et al. 2017.
    """
    return np.asarray(feature_map_hwc @ kernel_column, dtype=np.float32)


def is_recognised(
    config: ModelConfig, head: HeadArrays, feature_map_hwc: FloatImage, reject_probability: float
) -> bool:
    """Whether the photo resembles what the model has learned from; True where nothing was fitted."""
    limits = config.recognition
    if reject_probability > limits.get("max_reject_probability", 1.0):
        return False
    if "max_distance" not in limits or head.recognition_mean is None or head.recognition_components is None:
        return True
    pooled = feature_map_hwc.mean(axis=(0, 1))
    return mahalanobis_distance(pooled, head.recognition_mean, head.recognition_components) <= limits["max_distance"]


def stretched_long_side_px(config: ModelConfig, width_px: int, height_px: int) -> int:
    """Decode size for models that stretch the photo: no side shorter than 1.5 times the network's input.

    A JPEG's scaled decode followed by a slight shrink is softer than what the network learned from: with no margin, a
    borderline field photo changed its class.
    """
    scale = _DECODE_MARGIN * max(config.input.width_px / width_px, config.input.height_px / height_px)
    return math.ceil(max(width_px, height_px) * scale)
