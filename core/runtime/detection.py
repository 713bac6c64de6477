"""Boxes in a photo of any size: overlapping tiles, peaks, one list of boxes, stitched score maps."""

from __future__ import annotations

import copy
import time
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.errors import ModelError
from core.imaging.decode import resize_to
from core.imaging.tiles import tile_origins
from core.runtime.boxes import FloatBoxes, cell_boxes, local_maxima, merge_boxes
from core.runtime.calibration import sigmoid
from core.runtime.model_config import ModelFolder
from core.runtime.preprocess import scale_to_unit
from core.runtime.session import Session
from core.types import Finding, FloatImage, HeatMap, Prediction, UInt8Image

STORAGE_FLOOR = 0.05  # lowest score that is kept, so that thresholds can be moved without a new run
MAX_BOXES = 300  # a photo; a model that sees more than that sees noise


@dataclass(frozen=True, slots=True, eq=False)
class TileBoxes:
    """Boxes of one tile or of many: pixels of the resized photo, scores of every label, and borders.

    Attributes:
        boxes_xyxy: float32 (N, 4).
        scores: float32 (N, K), the cell's score for every label.
        labels: (N,), the label that the box is for.
        is_cut: (N,), the box touches a tile border that is not the photo's border.
    """

    boxes_xyxy: FloatBoxes
    scores: FloatImage
    labels: NDArray[np.intp]
    is_cut: NDArray[np.bool_]


class Detector:
    """A detection model; see ``core.runtime.model.Model``."""

    def __init__(self, folder: ModelFolder, session: Session) -> None:
        """Check that folder and session fit.

        Raises:
            ModelError: the answer's shape is not (1, H/stride, W/stride, labels + 4), or keys are missing.
        """
        self.folder = folder
        self._session = session
        config = folder.config
        if config.stride_px is None or config.input.long_side_px is None or config.input.tile_overlap_px is None:
            raise ModelError(f"{folder.path}/config.json: expected stride_px, long_side_px and tile_overlap_px")
        if config.input.height_px != config.input.width_px:
            raise ModelError(
                f"{folder.path}/config.json: expected square tiles, "
                f"got {config.input.width_px} × {config.input.height_px} px"
            )
        self._stride_px = config.stride_px
        self._long_side_px: int | None = config.input.long_side_px
        self._overlap_px = config.input.tile_overlap_px
        expected = (
            1,
            config.input.height_px // self._stride_px,
            config.input.width_px // self._stride_px,
            len(config.labels) + 4,
        )
        if session.output_shapes[0] != expected:
            raise ModelError(
                f"{folder.path}: expected answers {expected}, got {session.output_shapes[0]}; export the model again"
            )

    def reading_windows(self) -> Detector:
        """The same detector for windows of photos: cut out at the scale it works at, so never shrunk or enlarged."""
        detector = copy.copy(self)
        detector._long_side_px = None
        return detector

    def wanted_long_side_px(self, width_px: int, height_px: int) -> int:
        """The long side that the model was trained at, whatever the photo's; a window's own."""
        return self._long_side_px or max(width_px, height_px)

    def predict(self, photo_sha256: str, image_hwc: UInt8Image, original_size_px: tuple[int, int]) -> Prediction:
        """A ``box`` finding for every box above the storage floor; see ``core.runtime.model.Model``."""
        started_s = time.perf_counter()
        config = self.folder.config
        shrink = self.wanted_long_side_px(*original_size_px) / max(original_size_px)
        width_px, height_px = (max(1, round(side_px * shrink)) for side_px in original_size_px)
        photo = resize_to(image_hwc, height_px, width_px)
        boxes, score_map = self._run_tiles(photo)
        kept = merge_boxes(
            boxes.boxes_xyxy, boxes.scores[np.arange(len(boxes.labels)), boxes.labels], boxes.labels, boxes.is_cut
        )[:MAX_BOXES]
        scale = np.array([original_size_px[0] / width_px, original_size_px[1] / height_px] * 2)
        limits = np.array([*original_size_px] * 2, dtype=np.float64)
        placed = np.clip(boxes.boxes_xyxy[kept] * scale, 0, limits)
        findings = tuple(
            self._finding(box, boxes.scores[i], int(boxes.labels[i])) for box, i in zip(placed, kept, strict=True)
        )
        heat_maps = tuple(
            HeatMap(label, np.ascontiguousarray(score_map[..., k]), "score", config.feature_layer)
            for k, label in enumerate(config.labels)
        )
        elapsed_s = time.perf_counter() - started_s
        return Prediction(photo_sha256, config.name, self.folder.version, {}, findings, heat_maps, elapsed_s)

    def _finding(self, box_xyxy_px: NDArray[np.float64], scores: FloatImage, label: int) -> Finding:
        config = self.folder.config
        x_min, y_min, x_max, y_max = (float(side) for side in box_xyxy_px)
        return Finding(
            model=config.name,
            version=self.folder.version,
            kind="box",
            label=config.labels[label],
            confidence=float(scores[label]),
            probabilities={config.labels[k]: float(scores[k]) for k in np.argsort(-scores, kind="stable")},
            box_xyxy_px=(x_min, y_min, x_max, y_max),
        )

    def _run_tiles(self, photo_hwc: UInt8Image) -> tuple[TileBoxes, FloatImage]:
        """All tiles one after another: boxes in pixels of ``photo_hwc``, and the stitched score map."""
        config, stride_px = self.folder.config, self._stride_px
        height_px, width_px = photo_hwc.shape[:2]
        grid_height, grid_width = -(-height_px // stride_px), -(-width_px // stride_px)
        score_map = np.zeros((grid_height, grid_width, len(config.labels)), np.float32)
        parts: list[TileBoxes] = []
        for left_px, top_px in tile_origins(height_px, width_px, config.input.height_px, self._overlap_px):
            scores, distances = self._run_tile(photo_hwc, top_px, left_px)
            parts.append(self._tile_boxes(scores, distances, (left_px, top_px), (width_px, height_px)))
            row, column = round(top_px / stride_px), round(left_px / stride_px)
            place = score_map[row : row + scores.shape[0], column : column + scores.shape[1]]
            np.maximum(place, scores[: place.shape[0], : place.shape[1]], out=place)
        return _concatenate(parts), score_map

    def _run_tile(self, photo_hwc: UInt8Image, top_px: int, left_px: int) -> tuple[FloatImage, FloatImage]:
        """Scores (H', W', K) and distances (H', W', 4) of one tile; beyond the photo it is mirrored, as in training."""
        side_px = self.folder.config.input.height_px
        tile = photo_hwc[top_px : top_px + side_px, left_px : left_px + side_px]
        below_px, beside_px = side_px - tile.shape[0], side_px - tile.shape[1]
        if below_px or beside_px:
            tile = np.asarray(cv2.copyMakeBorder(tile, 0, below_px, 0, beside_px, cv2.BORDER_REFLECT_101), np.uint8)
        answer, _ = self._session.run(scale_to_unit(tile)[None])
        label_count = len(self.folder.config.labels)
        temperature = self.folder.config.calibration.get("temperature", 1.0)
        return sigmoid(answer[0, ..., :label_count], temperature), answer[0, ..., label_count:]

    def _tile_boxes(
        self, scores: FloatImage, distances: FloatImage, origin_px: tuple[int, int], photo_size_px: tuple[int, int]
    ) -> TileBoxes:
        """Boxes of one tile, moved to the photo's pixels; those centred in the padding are dropped."""
        size, slack_px = self.folder.config.input, 1.0
        cells = local_maxima(scores, STORAGE_FLOOR)
        boxes = cell_boxes(distances, cells, self._stride_px)
        origin = np.array([*origin_px] * 2, dtype=np.float32)
        tile_low, tile_high = origin[:2], origin[:2] + np.array([size.width_px, size.height_px])
        photo_high = np.array(photo_size_px)
        boxes = boxes + origin
        cut_low = (boxes[:, :2] <= tile_low + slack_px) & (tile_low > 0)
        cut_high = (boxes[:, 2:] >= tile_high - slack_px) & (tile_high < photo_high)
        inside = ((boxes[:, :2] + boxes[:, 2:]) / 2 <= photo_high).all(axis=1)
        rows, columns, labels = cells[inside].T
        is_cut = (cut_low | cut_high).any(axis=1)[inside]
        return TileBoxes(boxes[inside], scores[rows, columns], labels, is_cut)


def _concatenate(parts: list[TileBoxes]) -> TileBoxes:
    return TileBoxes(
        np.concatenate([part.boxes_xyxy for part in parts]),
        np.concatenate([part.scores for part in parts]),
        np.concatenate([part.labels for part in parts]),
        np.concatenate([part.is_cut for part in parts]),
    )
