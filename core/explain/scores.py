"""How well a map lies on a mask, beside three maps that know nothing.

A number alone says little: a centred object makes a map of the middle look right. So each score comes with what
a point in the centre, the object's share of the area and random blobs would have got.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.errors import ArrayShapeError
from core.types import BoolMask, FloatImage

RANDOM_MAPS = 20
_BLOB_CELLS = 7  # a random map is as coarse as the last map of a 224 px network
_CENTRE_SPREAD = 1 / 6  # standard deviation of the centre's blob, share of each side
_LEVELS = 64


@dataclass(frozen=True, slots=True)
class MaskScores:
    """One map against one mask; each 0 to 1, higher is better.

    Attributes:
        energy: share of the map's relevance that lies in the mask.
        pointing: 1 where the highest cell lies in the mask, 0 where not; a baseline's is a mean.
        iou: overlap of the mask and the map over its best threshold.
        threshold: that threshold, as a share of the map's highest value.
    """

    energy: float
    pointing: float
    iou: float
    threshold: float


@dataclass(frozen=True, slots=True)
class MaskReport:
    """A map's scores and those of the baselines ``centre``, ``area`` and ``random`` on the same mask."""

    scores: MaskScores
    baselines: Mapping[str, MaskScores]

    def as_mapping(self) -> dict[str, float]:
        """Flat, for JSON: ``energy``, ``energy_centre``, ``energy_area``, ``energy_random``, ``pointing`` …"""
        flat = {}
        for name in ("energy", "pointing", "iou"):
            flat[name] = getattr(self.scores, name)
            flat |= {f"{name}_{baseline}": getattr(found, name) for baseline, found in self.baselines.items()}
        return flat | {"iou_threshold": self.scores.threshold}


def score_on_mask(map_hw: FloatImage, mask_hw: BoolMask) -> MaskScores:
    """Score one map.

    Args:
        map_hw: float32 (H, W). Of a signed map the size counts: what lowers the wear lies on the object, too.
        mask_hw: bool (H, W), at least one pixel of it True.

    Raises:
        ArrayShapeError: the two differ in shape, or the mask is empty.
    """
    _check(map_hw, mask_hw)
    relevance = np.abs(map_hw.astype(np.float64))
    total = relevance.sum()
    if total <= 0:
        return MaskScores(0.0, 0.0, 0.0, 1.0)
    iou, threshold = best_iou(relevance, mask_hw)
    return MaskScores(float(relevance[mask_hw].sum() / total), _points(relevance, mask_hw), iou, threshold)


def report_on_mask(map_hw: FloatImage, mask_hw: BoolMask, seed: int = 0) -> MaskReport:
    """Score a map and the three baselines on the same mask.

    Args:
        map_hw, mask_hw: as ``score_on_mask``.
        seed: of the random maps.

    Raises:
        ArrayShapeError: as ``score_on_mask``.
    """
    scores = score_on_mask(map_hw, mask_hw)
    area = float(mask_hw.mean())
    drawn = [score_on_mask(blobs, mask_hw) for blobs in random_maps(mask_hw.shape, seed)]
    means = np.mean([[s.energy, s.pointing, s.iou, s.threshold] for s in drawn], axis=0)
    baselines = {
        "centre": score_on_mask(centre_map(mask_hw.shape), mask_hw),
        # Relevance spread evenly, a pixel drawn anywhere, the whole photo taken for the object.
        "area": MaskScores(area, area, area, 0.0),
        "random": MaskScores(*(float(mean) for mean in means)),
    }
    return MaskReport(scores, baselines)


def best_iou(relevance_hw: NDArray[np.float64], mask_hw: BoolMask) -> tuple[float, float]:
    """Highest overlap with the mask over 64 thresholds spread over the map's pixels, and that threshold.

    Args:
        relevance_hw: at least 0, not all 0.
        mask_hw: bool, the same shape.

    Returns:
        (intersection over union 0 to 1, threshold as a share of the highest value).
    """
    order = np.argsort(-relevance_hw, axis=None, kind="stable")
    ranked, inside = relevance_hw.reshape(-1)[order], np.cumsum(mask_hw.reshape(-1)[order])
    # A threshold takes all pixels of a level or none: ends of runs of equal values only.
    ends = np.flatnonzero(np.append(ranked[1:] < ranked[:-1], True))
    if len(ends) > _LEVELS:
        ends = ends[np.linspace(0, len(ends) - 1, _LEVELS).round().astype(int)]
    overlap = inside[ends] / (ends + 1 + mask_hw.sum() - inside[ends])
    best = int(np.argmax(overlap))
    return float(overlap[best]), float(ranked[ends[best]] / ranked[0])


def centre_map(shape: tuple[int, ...]) -> FloatImage:
    """A blob in the middle, float32 (H, W), 0 to 1: what someone says who does not look."""
    y, x = (np.linspace(-0.5, 0.5, side) if side > 1 else np.zeros(1) for side in shape)
    return np.asarray(np.exp(-(y[:, None] ** 2 + x[None] ** 2) / (2 * _CENTRE_SPREAD**2)), np.float32)


def random_maps(shape: tuple[int, ...], seed: int, count: int = RANDOM_MAPS) -> list[FloatImage]:
    """Smooth random blobs, float32 (H, W), as coarse as a network's last map; the same ones for the same seed."""
    rng = np.random.default_rng(seed)
    coarse = rng.random((count, _BLOB_CELLS, _BLOB_CELLS), np.float32)
    return [resized(blobs, shape) for blobs in coarse]


def resized(map_hw: FloatImage, shape: tuple[int, ...]) -> FloatImage:
    """A map at another size, linear between its cells: float32 (H, W)."""
    return np.asarray(cv2.resize(map_hw, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR), np.float32)


def _points(relevance_hw: NDArray[np.float64], mask_hw: BoolMask) -> float:
    # Of several equal highest cells, the share that lies in the mask.
    return float(mask_hw[relevance_hw == relevance_hw.max()].mean())


def _check(map_hw: FloatImage, mask_hw: BoolMask) -> None:
    if map_hw.ndim != 2 or map_hw.shape != mask_hw.shape:
        raise ArrayShapeError(f"mask_hw: expected the map's shape {map_hw.shape}, got {mask_hw.shape}")
    if mask_hw.dtype != np.bool_:
        raise ArrayShapeError(f"mask_hw: expected bool, got {mask_hw.dtype}")
    if not mask_hw.any():
        raise ArrayShapeError("mask_hw: expected at least one pixel of the object, got an empty mask")
