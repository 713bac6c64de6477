"""Methods and layers measured on labelled photos with masks: what ``explain_choice`` chooses from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.datasets.beside import mask_file
from core.datasets.read import read_dataset
from core.datasets.rows import DatasetRow
from core.errors import ConfigError, NotFoundError
from core.runtime.model_config import ModelFolder
from core.services.explain import read_mask, read_standard
from core.services.explain_masks import scored_shape
from core.types import BoolMask, UInt8Image

if TYPE_CHECKING:
    from core.explain.result import Explanation
    from core.explain.subject import Subject

Candidate = tuple[str, tuple[str, ...]]  # a method, and its layers; none for methods over pixels
_GRADIENT_METHODS = ("layercam", "gradcam", "gradcam++", "hirescam")
_LAYERS_A_METHOD = 5
_SCORES = ("energy", "pointing", "iou")


@dataclass(frozen=True, slots=True)
class ChoiceRow:
    """One candidate's means over the photos; see ``core.explain.scores``. ``empty``: photos without evidence."""

    method: str
    layer: str
    energy: float
    pointing: float
    iou: float
    empty: int


@dataclass(frozen=True, slots=True)
class Measured:
    """What a set of photos says.

    Attributes:
        dataset: its file.
        count: photos that counted.
        baselines: ``centre``, ``area`` and ``random`` → the three scores' means.
        table: candidates, the highest sum of scores first.
    """

    dataset: str
    count: int
    baselines: dict[str, dict[str, float]]
    table: tuple[ChoiceRow, ...]

    def beats_centre(self, row: ChoiceRow) -> bool:
        """Whether more of the candidate's energy lies in the masks than of a blob in the photos' middle."""
        return row.energy > self.baselines["centre"]["energy"]


@dataclass(frozen=True, slots=True)
class MaskedSet:
    """Rows of a dataset whose photos have a mask.

    Attributes:
        csv_path: the dataset.
        rows: photo file → its row: the first with a label of the model's, or a value.
        mask_name: ``object``, ``joint``, ``cap`` …
    """

    csv_path: Path
    rows: tuple[tuple[Path, DatasetRow], ...]
    mask_name: str

    def files(self) -> set[Path]:
        """The photos."""
        return {path.resolve() for path, _ in self.rows}


@dataclass(frozen=True, slots=True, eq=False)
class _Case:
    image_hwc: UInt8Image
    mask_hw: BoolMask
    target: str | None


class _Tally:
    """Scores of every candidate and of the baselines, photo by photo."""

    def __init__(self) -> None:
        self.count = 0
        self.found: dict[tuple[str, str], list[NDArray[np.float64]]] = {}
        self._empty: dict[tuple[str, str], int] = {}
        self._baselines: dict[str, list[NDArray[np.float64]]] = {}

    def add(self, explanations: Iterable[Explanation], mask_hw: BoolMask) -> None:
        for explanation in explanations:
            key = (explanation.method, explanation.layer)
            self.found.setdefault(key, []).append(_mask_scores(explanation, mask_hw))
            self._empty[key] = self._empty.get(key, 0) + (not explanation.has_evidence)

    def add_baselines(self, mask_hw: BoolMask) -> None:
        self.count += 1
        for name, scores in _baseline_scores(mask_hw).items():
            self._baselines.setdefault(name, []).append(scores)

    def measured(self, dataset: str) -> Measured:
        means = {
            name: dict(zip(_SCORES, np.mean(parts, axis=0).tolist(), strict=True))
            for name, parts in self._baselines.items()
        }
        rows = [_choice_row(key, parts, self._empty[key]) for key, parts in self.found.items()]
        table = tuple(sorted(rows, key=lambda row: -(row.energy + row.pointing + row.iou)))
        return Measured(dataset, self.count, means, table)


def masked_set(dataset_csv: Path, folder: ModelFolder, mask_name: str) -> MaskedSet:
    """The photos of a dataset that a model can be measured on.

    Args:
        dataset_csv: rows ``images/NAME.jpg``; masks lie at ``masks/NAME_MASK.png`` beside ``images``.
        folder: the model version.
        mask_name: which masks.

    Raises:
        ConfigError: the CSV does not fit the model, or none of its photos has such a mask.
    """
    dataset = read_dataset(dataset_csv, folder.config.family)
    rows = []
    for name, mine in dataset.by_photo.items():
        photo = dataset.file(name)
        labelled = [row for row in mine if row.value is not None or row.label in folder.config.labels]
        if labelled and mask_file(photo, mask_name).is_file():
            rows.append((photo, labelled[0]))
    if not rows:
        raise ConfigError(f"{dataset_csv}: expected photos with a mask masks/NAME_{mask_name}.png, found none")
    return MaskedSet(dataset_csv, tuple(rows), mask_name)


def measure_candidates(
    subject: Subject,
    photos: MaskedSet,
    candidates: Sequence[Candidate],
    max_pixels: int,
    on_progress: Callable[[int, int], None] | None = None,
) -> Measured:
    """Score candidates on photos. The true label (a detector's true box) is explained, whatever the model answers.

    Photos with an empty mask are left out.

    Raises:
        ConfigError: every mask is empty, or a label is none of the model's.
        PhotoError: a photo cannot be read.
    """
    tally = _Tally()
    for done, case in enumerate(_cases(photos, max_pixels), start=1):
        for method, layers in candidates:
            tally.add(_explained(subject, case, method, layers), case.mask_hw)
        tally.add_baselines(case.mask_hw)
        if on_progress:
            on_progress(done, len(photos.rows))
    if not tally.found:
        raise ConfigError(f"{photos.csv_path}: expected masks with something in them, found none")
    return tally.measured("/".join(photos.csv_path.parts[-3:]))


def all_candidates(subject: Subject) -> list[Candidate]:
    """Methods with layers at every resolution of the network; what takes many passes a photo is left out."""
    from core.explain.depth_maps import depth_layers
    from core.explain.engine import default_layer

    head = default_layer(subject)
    layers = tuple(dict.fromkeys([*depth_layers(subject)[-_LAYERS_A_METHOD:], head]))
    candidates: list[Candidate] = [(method, layers) for method in _GRADIENT_METHODS]
    candidates += [("eigencam", layers), ("layercam_depths", ())]
    if subject.family != "detection":
        candidates += [("cam", (head,)), ("saliency", ())]
    return candidates


def _cases(photos: MaskedSet, max_pixels: int) -> Iterator[_Case]:
    for photo, row in photos.rows:
        _, image_hwc = read_standard(photo, max_pixels)
        shape = scored_shape(image_hwc.shape)
        mask_hw = read_mask(mask_file(photo, photos.mask_name), shape)
        target: str | None = row.label or None
        if row.box_xyxy_px is not None:
            # Another cap in the photo is no evidence for this one.
            mask_hw = mask_hw & _box_mask(row.box_xyxy_px, mask_hw.shape[1] / image_hwc.shape[1], mask_hw.shape)
            target = f"{row.label}:" + ",".join(f"{side:.1f}" for side in row.box_xyxy_px)
        if mask_hw.any():
            yield _Case(image_hwc, mask_hw, target)


def _box_mask(box_xyxy_px: tuple[float, float, float, float], scale: float, shape: tuple[int, ...]) -> BoolMask:
    x_min, y_min, x_max, y_max = (round(side * scale) for side in box_xyxy_px)
    mask = np.zeros(shape, bool)
    mask[max(y_min, 0) : y_max, max(x_min, 0) : x_max] = True
    return mask


def _explained(subject: Subject, case: _Case, method: str, layers: Sequence[str]) -> tuple[Explanation, ...]:
    from core.explain import explain_layers

    try:
        return explain_layers(subject, [case.image_hwc], method, layers, [case.target])[0]
    except NotFoundError as error:
        raise ConfigError(f"{subject.name}: {error}") from error


def _mask_scores(explanation: Explanation, mask_hw: BoolMask) -> NDArray[np.float64]:
    from core.explain.scores import resized, score_on_mask

    if not explanation.has_evidence:
        return np.zeros(len(_SCORES))
    scores = score_on_mask(resized(explanation.map_hw, mask_hw.shape), mask_hw)
    return np.array([scores.energy, scores.pointing, scores.iou])


def _baseline_scores(mask_hw: BoolMask) -> dict[str, NDArray[np.float64]]:
    from core.explain.scores import report_on_mask

    report = report_on_mask(mask_hw.astype(np.float32), mask_hw)
    return {name: np.array([s.energy, s.pointing, s.iou]) for name, s in report.baselines.items()}


def _choice_row(key: tuple[str, str], parts: Sequence[NDArray[np.float64]], empty: int) -> ChoiceRow:
    energy, pointing, iou = (float(mean) for mean in np.mean(parts, axis=0))
    return ChoiceRow(*key, energy, pointing, iou, empty)
