"""Which method and layer explain a model best: measured on photos with masks, stored beside the version."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.datasets.beside import mask_file
from core.datasets.read import read_dataset
from core.datasets.rows import DatasetRow
from core.errors import ConfigError, NotFoundError
from core.runtime.model_config import ModelFolder
from core.services.explain import read_mask, read_standard
from core.types import BoolMask, UInt8Image
from core.whole_files import write_whole

if TYPE_CHECKING:
    from core.explain.result import Explanation
    from core.explain.subject import Subject

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
class ExplanationChoice:
    """What measured best, and the table that led to it.

    Attributes:
        model, version: of the model.
        method, layer: the winner: highest mean of energy, pointing and overlap, among those whose energy beats the
            centre baseline's; among all where none does.
        beats_centre: whether the winner's energy does.
        dataset, mask: what was measured on.
        count: photos.
        baselines: ``centre``, ``area`` and ``random`` → the three scores' means.
        table: every candidate, best first.
        measured_at: UTC, ISO 8601.
    """

    model: str
    version: str
    method: str
    layer: str
    beats_centre: bool
    dataset: str
    mask: str
    count: int
    baselines: dict[str, dict[str, float]]
    table: tuple[ChoiceRow, ...]
    measured_at: str


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

    def baseline_means(self) -> dict[str, dict[str, float]]:
        return {
            name: dict(zip(_SCORES, np.mean(parts, axis=0).tolist(), strict=True))
            for name, parts in self._baselines.items()
        }

    def table(self) -> list[ChoiceRow]:
        """Candidates, the best sum of scores first."""
        rows = [_choice_row(key, parts, self._empty[key]) for key, parts in self.found.items()]
        return sorted(rows, key=lambda row: -(row.energy + row.pointing + row.iou))


def choose_explanation(
    folder: ModelFolder,
    dataset_csv: Path,
    *,
    mask_name: str = "object",
    count: int = 200,
    max_pixels: int = 300_000_000,
    on_progress: Callable[[int, int], None] | None = None,
) -> ExplanationChoice:
    """Measure every candidate on labelled photos with masks.

    The true label (a detector's true box) is explained, whatever the model answers. Photos without a mask, or with
    an empty one, are left out.

    Args:
        folder: the model version.
        dataset_csv: rows ``images/NAME.jpg``; masks lie at ``masks/NAME_MASK.png`` beside ``images``.
        mask_name: ``object``, ``joint``, ``cap`` …
        count: photos at most, the first ones of the file; take held-out ones.
        max_pixels: larger photos are refused.
        on_progress: called with (done, count).

    Raises:
        ConfigError: the CSV does not fit the model, or none of its photos has such a mask.
        PhotoError: a photo cannot be read.
    """
    from core.explain import subject_of

    subject = subject_of(folder)
    rows = _rows_with_masks(dataset_csv, folder, mask_name, count)
    candidates = _candidates(subject)
    tally = _Tally()
    for done, case in enumerate(_cases(dataset_csv, rows, mask_name, max_pixels), start=1):
        for method, layers in candidates:
            tally.add(_explained(subject, case, method, layers), case.mask_hw)
        tally.add_baselines(case.mask_hw)
        if on_progress:
            on_progress(done, len(rows))
    if not tally.found:
        raise ConfigError(f"{dataset_csv}: expected photos with a mask masks/NAME_{mask_name}.png, found none")
    means, table = tally.baseline_means(), tally.table()
    winner = next((row for row in table if row.energy > means["centre"]["energy"]), table[0])
    return ExplanationChoice(
        model=folder.config.name,
        version=folder.version,
        method=winner.method,
        layer=winner.layer,
        beats_centre=winner.energy > means["centre"]["energy"],
        dataset="/".join(dataset_csv.parts[-3:]),
        mask=mask_name,
        count=tally.count,
        baselines=means,
        table=tuple(table),
        measured_at=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def store_choice(folder: ModelFolder, choice: ExplanationChoice) -> Path:
    """Write the choice beside the model; ``core.explain.defaults`` reads it back. Returns the file.

    Raises:
        StoreError: it cannot be written.
    """
    from core.explain.defaults import FILE_NAME

    path = folder.path / FILE_NAME
    write_whole(path, json.dumps(asdict(choice), indent=1).encode())
    return path


def _choice_row(key: tuple[str, str], parts: Sequence[NDArray[np.float64]], empty: int) -> ChoiceRow:
    energy, pointing, iou = (float(mean) for mean in np.mean(parts, axis=0))
    return ChoiceRow(*key, energy, pointing, iou, empty)


def _rows_with_masks(dataset_csv: Path, folder: ModelFolder, mask_name: str, count: int) -> list[DatasetRow]:
    """One row a photo: the first with a label of the model's, or a value."""
    dataset = read_dataset(dataset_csv, folder.config.family)
    rows = []
    for mine in dataset.by_photo.values():
        labelled = [row for row in mine if row.value is not None or row.label in folder.config.labels]
        if labelled and mask_file(dataset_csv.parent / labelled[0].path, mask_name).is_file():
            rows.append(labelled[0])
        if len(rows) == count:
            break
    return rows


def _cases(dataset_csv: Path, rows: Sequence[DatasetRow], mask_name: str, max_pixels: int) -> Iterator[_Case]:
    for row in rows:
        _, image_hwc = read_standard(dataset_csv.parent / row.path, max_pixels)
        mask_hw = read_mask(mask_file(dataset_csv.parent / row.path, mask_name), image_hwc.shape[:2])
        target: str | None = row.label or None
        if row.box_xyxy_px is not None:
            # Another cap in the photo is no evidence for this one.
            mask_hw = mask_hw & _box_mask(row.box_xyxy_px, image_hwc.shape[:2])
            target = f"{row.label}:" + ",".join(f"{side:.1f}" for side in row.box_xyxy_px)
        if mask_hw.any():
            yield _Case(image_hwc, mask_hw, target)


def _box_mask(box_xyxy_px: tuple[float, float, float, float], shape: tuple[int, ...]) -> BoolMask:
    x_min, y_min, x_max, y_max = (round(side) for side in box_xyxy_px)
    mask = np.zeros(shape, bool)
    mask[max(y_min, 0) : y_max, max(x_min, 0) : x_max] = True
    return mask


def _candidates(subject: Subject) -> list[tuple[str, tuple[str, ...]]]:
    """(method, layers), layers at every resolution of the network; what takes many passes a photo is left out."""
    from core.explain.engine import default_layer
    from core.explain.layers import list_layers

    last: dict[tuple[int | None, ...], str] = {}
    for info in list_layers(subject.network, spatial=True):
        if info.kind != "ZeroPadding2D":  # a rim of zeros, at a size of its own
            last[info.shape[:2]] = info.name
    head = default_layer(subject)
    # What lies beside the answer (a detector's sides) or is the answer itself has no map.
    deep = [name for name in last.values() if name not in (subject.output, "head", "sides")]
    layers = tuple(dict.fromkeys([*deep[-_LAYERS_A_METHOD:], head]))
    candidates = [(method, layers) for method in _GRADIENT_METHODS] + [("eigencam", layers)]
    if subject.family != "detection":
        candidates += [("cam", (head,)), ("saliency", ())]
    return candidates


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


def choice_rows(values: dict[str, Any]) -> list[dict[str, Any]]:
    """The stored table as rows for a page or a card: candidates, then baselines."""
    named = [{"method": f"baseline: {name}", "layer": "", **scores} for name, scores in values["baselines"].items()]
    return [*values["table"], *named]
