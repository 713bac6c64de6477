"""The words all rooms share: frozen dataclasses and array aliases. Imports nothing of ours but errors.

Boxes are float pixels ``(x_min, y_min, x_max, y_max)`` of the upright original. Fractions are 0 to 1.
Times are UTC with zone. Positions are (latitude, longitude) in degrees, WGS 84.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

UInt8Image = NDArray[np.uint8]  # (H, W, 3), RGB, 0 to 255, upright
FloatImage = NDArray[np.float32]
BoolMask = NDArray[np.bool_]  # (H, W)
BoxXyxyPx = tuple[float, float, float, float]
FindingKind = Literal["class", "box", "value"]


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo as the store knows it, without its pixels.

    Attributes:
        sha256: hex digest of the original file's bytes; its name everywhere.
        name: the file name a person gave, cleaned of folders; for display only.
        media_type: what the bytes are, for example ``image/jpeg``, whatever the name says.
        byte_count: size of the original file.
        width_px: width after EXIF orientation has been applied (upright).
        height_px: height after EXIF orientation has been applied (upright).
        captured_at: EXIF time of capture in UTC; None where the file does not tell.
        gps: (latitude, longitude) in degrees, WGS 84; None where the file does not tell.
        camera: EXIF make and model, for example ``DJI FC6310``; None where the file does not tell.
    """

    sha256: str
    name: str
    media_type: str
    byte_count: int
    width_px: int
    height_px: int
    captured_at: datetime | None = None
    gps: tuple[float, float] | None = None
    camera: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class HeatMap:
    """Relevance over the whole upright photo, at the resolution the network gave.

    Attributes:
        label: the class (or ``worn fraction``) that the map explains.
        map_hw: float32, any small H × W that covers the whole photo (row 0 = top edge, last = bottom
            edge); logit contributions. Positive raises the answer, negative lowers it.
        method: how it was made, for example ``cam``.
        layer: the network's layer it was read at.
    """

    label: str
    map_hw: FloatImage
    method: str
    layer: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a model says about a photo.

    Attributes:
        model: the model's name, for example ``polecat``.
        version: hash of the model's weights and config.
        kind: ``class`` (a label for the photo), ``box`` (a label at a place) or ``value``.
        label: the best class; for a value the quantity's name.
        confidence: calibrated probability of the label, 0 to 1; None for values.
        probabilities: label → calibrated probability, best first; for ``box`` the same box's scores.
        prediction_set: labels that the truth is among at the model's stated coverage, best first; empty
            where any number of labels may hold at once and each is a finding of its own.
        box_xyxy_px: place in pixels of the upright original, for ``box``.
        value: for ``value``, in the model's unit (worn fraction 0 to 0.95).
        interval: (low, high) that holds the truth at the model's stated coverage, for ``value``.
        recognised: False where the photo resembles nothing the model has learned from; the label
            and numbers are then kept for the record, and never shown as an answer.
    """

    model: str
    version: str
    kind: FindingKind
    label: str
    confidence: float | None = None
    probabilities: Mapping[str, float] = field(default_factory=dict)
    prediction_set: tuple[str, ...] = ()
    box_xyxy_px: BoxXyxyPx | None = None
    value: float | None = None
    interval: tuple[float, float] | None = None
    recognised: bool = True

    @property
    def stands_alone(self) -> bool:
        """Whether this is one of any number of labels for the photo, that counts only from its threshold on."""
        return self.kind == "class" and not self.prediction_set


@dataclass(frozen=True, slots=True, eq=False)
class Prediction:
    """Everything one model said about one photo under one set of parameters.

    Named by ``(photo_sha256, model, version, parameters)``; equal names mean equal answers.

    Attributes:
        photo_sha256: the photo.
        model, version: the model.
        parameters: what else decided the answer (thresholds are NOT among them: they only filter).
        findings: best first. A box model stores every box above its storage floor, so that a
            threshold can be moved afterwards without running the model again.
        heat_maps: one for each label that was explained; may be empty.
        elapsed_s: time the model took, seconds, decode left out.
    """

    photo_sha256: str
    model: str
    version: str
    parameters: Mapping[str, Any]
    findings: tuple[Finding, ...]
    heat_maps: tuple[HeatMap, ...] = ()
    elapsed_s: float = 0.0
