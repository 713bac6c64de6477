"""What people said on the Inspect page as a dataset: their corrections, and findings that they accepted.

A correction is an entry of the metadata log that a person wrote: ``polecat.label``, ``shackle.worn_fraction``, or
``topcap.boxes`` (see ``box_corrections``). It counts whatever the verdict; without one, the findings of an accepted
photo count as they are shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.datasets import Dataset, DatasetRow, Origin, SavedVersion
from core.datasets.files import stored_path
from core.errors import ConfigError
from core.runtime.model_config import ModelFolder
from core.services.box_corrections import BOXES_KEY, read_boxes
from core.services.context import Context
from core.services.datasets import DEFAULT_PERSON, dataset_versions
from core.services.review import VERDICT_KEY
from core.services.thresholds import shown_findings, threshold_of
from core.services.wording import quantity_key
from core.store import PhotoFilter, PhotoRow
from core.types import Finding

_PERSON = "person:"


@dataclass(frozen=True, slots=True)
class ReviewHarvest:
    """What reviews became.

    Attributes:
        saved: the version.
        accepted: photos whose findings a person accepted.
        corrected: photos whose findings a person corrected.
        left_out: reviewed photos that teach nothing: rejected without a correction, or never seen by the model.
    """

    saved: SavedVersion
    accepted: int
    corrected: int
    left_out: int


def dataset_from_reviews(
    context: Context, model: str, name: str | None = None, person: str = DEFAULT_PERSON
) -> ReviewHarvest:
    """Make a version of all reviewed photos, with the labels, boxes or values of one model as people left them.

    Args:
        context: store and models.
        model: whose findings; its family is the dataset's task.
        name: the dataset's; None for ``reviews MODEL``.
        person: who does it.

    Raises:
        NotFoundError: no such model.
        ConfigError: no review says anything on this model, or a correction is not of its form.
        StoreError: the store cannot do it now.
    """
    folder = context.registry.folder(model)
    photos = context.store.photos(PhotoFilter(reviewed=True, order="name"))
    shas = [row.photo.sha256 for row in photos]
    findings, metadata = context.store.findings_of(shas), context.store.metadata_of(shas)
    rows: list[DatasetRow] = []
    accepted = corrected = 0
    for photo in photos:
        sha256 = photo.photo.sha256
        mine = tuple(f for f in findings.get(sha256, ()) if f.model == model)
        said = _correction(context, photo, folder, mine, metadata[sha256])
        corrected += said is not None
        if said is None and metadata[sha256].get(VERDICT_KEY) == "accepted":
            said = _as_shown(context, sha256, folder, mine)
            accepted += bool(said)
        rows += _placed(context, photo, said or ())
    if not rows:
        raise ConfigError(
            f"reviews of {model}: expected photos that a person has accepted or corrected, received none; "
            "review some on the Inspect page"
        )
    done = f"took {accepted} accepted and {corrected} corrected photos from the reviews of {model}"
    operation = {"name": "from-reviews", "model": model, "version": folder.version}
    origin = Origin(name or f"reviews {model}", done, (), operation, person)
    dataset = Dataset(folder.config.family, tuple(rows), context.settings.datasets_dir)
    saved = dataset_versions(context.settings).save(dataset, origin)
    return ReviewHarvest(saved, accepted, corrected, len(photos) - accepted - corrected)


def _correction(
    context: Context, photo: PhotoRow, folder: ModelFolder, mine: tuple[Finding, ...], metadata: Mapping[str, Any]
) -> tuple[DatasetRow, ...] | None:
    """Rows without a path as a person corrected them; None where nobody did."""
    key = _key(folder)
    if key not in metadata or not _is_a_persons(context, photo.photo.sha256, key):
        return None
    value = metadata[key]
    place = f"{photo.photo.name}: {key}"
    if folder.config.family == "classification":
        labels = [value] if isinstance(value, str) else value
        if not isinstance(labels, list) or not labels or not all(isinstance(label, str) for label in labels):
            raise ConfigError(f"{place}: expected a label or a list of labels, received {value!r}")
        return tuple(DatasetRow("", label) for label in labels)
    if folder.config.family == "regression":
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ConfigError(f"{place}: expected a number, received {value!r}")
        return (DatasetRow("", value=float(value)),)
    return tuple(DatasetRow("", box.label, box.box_xyxy_px) for box in read_boxes(value, place)) or (_NO_BOX,)


def _as_shown(
    context: Context, sha256: str, folder: ModelFolder, mine: tuple[Finding, ...]
) -> tuple[DatasetRow, ...] | None:
    """Rows without a path as the person saw the findings; None where there was no answer."""
    family = folder.config.family
    thresholds = context.thresholds
    shown = [f for f in shown_findings(mine, thresholds) if f.recognised]
    if family == "regression":
        return tuple(DatasetRow("", value=f.value) for f in shown if f.value is not None) or None
    if family == "classification":
        if folder.config.multi_label:
            shown = [f for f in shown if (f.confidence or 0.0) >= threshold_of(f, thresholds)]
        return tuple(DatasetRow("", f.label) for f in shown) or None
    boxes = tuple(DatasetRow("", f.label, f.box_xyxy_px) for f in shown)
    was_run = bool(mine) or context.store.has_prediction(sha256, folder.config.name, folder.version, {})
    return boxes or ((_NO_BOX,) if was_run else None)


def _placed(context: Context, photo: PhotoRow, said: tuple[DatasetRow, ...]) -> list[DatasetRow]:
    if not said:
        return []
    path = stored_path(context.store.original_path_of(photo.photo), context.settings.datasets_dir)
    moment = photo.photo.captured_at
    return [DatasetRow(path, row.label, row.box_xyxy_px, row.value, captured_at=moment) for row in said]


def _is_a_persons(context: Context, sha256: str, key: str) -> bool:
    writers = [entry.writer for entry in context.store.history(sha256) if entry.key == key]
    return bool(writers) and writers[-1].startswith(_PERSON)


def _key(folder: ModelFolder) -> str:
    """Where the metadata log keeps what the model says of a photo as a whole."""
    config = folder.config
    if config.family == "classification":
        return f"{config.name}.label"
    if config.family == "detection":
        return f"{config.name}.{BOXES_KEY}"
    return f"{config.name}.{quantity_key(config.labels[0])}"


_NO_BOX = DatasetRow("")
