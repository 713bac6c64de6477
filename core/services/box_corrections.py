"""A person's boxes in place of a detector's: what it missed is drawn, what is not there is taken away.

They are an entry of the metadata log, ``topcap.boxes`` = ``[{"label": …, "box_xyxy_px": […]}, …]``; the model's own
findings stay as they are. ``dataset_reviews`` makes training data of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from core.errors import ConfigError
from core.runtime.model_config import ModelFolder
from core.services.context import Context
from core.services.review import review_photo
from core.services.thresholds import Thresholds, shown_findings
from core.types import BoxXyxyPx, Finding, Photo

BOXES_KEY = "boxes"
LEAST_SIDE_PX = 2.0


@dataclass(frozen=True, slots=True)
class DrawnBox:
    """A box as a person leaves it: a label and pixels of the upright original."""

    label: str
    box_xyxy_px: BoxXyxyPx


@dataclass(frozen=True, slots=True)
class BoxDraft:
    """The boxes of one photo and model while they are being corrected; nothing is kept before ``correct_boxes``."""

    sha256: str
    model: str
    boxes: tuple[DrawnBox, ...]

    def with_box(self, box: DrawnBox) -> BoxDraft:
        """The draft with one more."""
        return replace(self, boxes=(*self.boxes, box))

    def without(self, gone: DrawnBox) -> BoxDraft:
        """The draft without one."""
        return replace(self, boxes=tuple(box for box in self.boxes if box != gone))


def correctable_models(context: Context, sha256: str) -> dict[str, ModelFolder]:
    """The installed detectors that have looked at a photo, by name.

    Raises:
        StoreError: the store cannot be read.
    """
    return {
        name: folder
        for name, folder in context.registry.folders.items()
        if folder.config.family == "detection" and context.store.has_prediction(sha256, name, folder.version, {})
    }


def boxes_to_correct(context: Context, sha256: str, model: str, thresholds: Thresholds) -> tuple[DrawnBox, ...]:
    """What a correction begins with: a person's boxes where there are some, else the model's as they are shown.

    Raises:
        NotFoundError: no such photo or model.
        ConfigError: the entry in the metadata log is not of its form.
    """
    drawn = drawn_boxes(context, sha256, model)
    return _shown(context, sha256, model, thresholds) if drawn is None else drawn


def drawn_boxes(context: Context, sha256: str, model: str) -> tuple[DrawnBox, ...] | None:
    """A person's boxes; None where nobody has corrected the model's.

    Raises:
        NotFoundError: no such photo.
        ConfigError: the entry in the metadata log is not of its form.
    """
    key = f"{model}.{BOXES_KEY}"
    value = context.store.metadata(sha256).get(key)
    return None if value is None else read_boxes(value, key)


def correct_boxes(
    context: Context,
    sha256: str,
    model: str,
    boxes: Sequence[DrawnBox],
    thresholds: Thresholds,
    person: str = "local",
) -> None:
    """Keep a person's boxes, and the photo as reviewed: accepted where they are those shown, else rejected.

    Args:
        context: store and models.
        sha256: the photo.
        model: whose findings are corrected.
        boxes: all that there is in the photo; none for nothing.
        thresholds: those that findings are shown with.
        person: who says so.

    Raises:
        NotFoundError: no such photo or model.
        ConfigError: a label is not the model's, or a box is not in the photo or thinner than 2 px.
        StoreError: the store cannot do it now; nothing was changed.
    """
    photo = context.store.photo_row(sha256).photo
    labels = context.registry.folder(model).config.labels
    for number, box in enumerate(boxes, start=1):
        _check(photo, number, box, labels)
    is_as_shown = set(boxes) == set(_shown(context, sha256, model, thresholds))
    entry = [{"label": box.label, "box_xyxy_px": list(box.box_xyxy_px)} for box in boxes]
    with context.store.transaction():
        context.store.set_metadata(sha256, f"{model}.{BOXES_KEY}", entry, f"person:{person}")
        review_photo(context, sha256, "accepted" if is_as_shown else "rejected", person)


def box_finding(box: DrawnBox, folder: ModelFolder) -> Finding:
    """A person's box as a finding without a confidence, to be shown where the model's are."""
    return Finding(folder.config.name, folder.version, "box", box.label, box_xyxy_px=box.box_xyxy_px)


def read_boxes(value: Any, place: str) -> tuple[DrawnBox, ...]:
    """An entry of the metadata log as boxes.

    Args:
        value: the entry.
        place: what it is called, for messages.

    Raises:
        ConfigError: not a list of label and box_xyxy_px.
    """
    try:
        return tuple(_box(entry) for entry in value)
    except (TypeError, KeyError, ValueError) as error:
        raise ConfigError(f"{place}: expected a list of label and box_xyxy_px, received {value!r:.80}") from error


def _box(entry: Mapping[str, Any]) -> DrawnBox:
    x_min, y_min, x_max, y_max = (float(side) for side in entry["box_xyxy_px"])
    return DrawnBox(str(entry["label"]), (x_min, y_min, x_max, y_max))


def _shown(context: Context, sha256: str, model: str, thresholds: Thresholds) -> tuple[DrawnBox, ...]:
    photo = context.store.photo_row(sha256).photo
    mine = [finding for finding in context.store.findings(sha256) if finding.model == model]
    return tuple(
        DrawnBox(finding.label, _clipped(finding.box_xyxy_px, photo))
        for finding in shown_findings(mine, thresholds)
        if finding.box_xyxy_px is not None
    )


def _clipped(box: BoxXyxyPx, photo: Photo) -> BoxXyxyPx:
    """A detector's box may reach a little beyond the photo; a person's does not."""
    x_min, y_min, x_max, y_max = box
    return max(x_min, 0.0), max(y_min, 0.0), min(x_max, float(photo.width_px)), min(y_max, float(photo.height_px))


def _check(photo: Photo, number: int, box: DrawnBox, labels: Sequence[str]) -> None:
    place = f"{photo.name} box {number}"
    if box.label not in labels:
        raise ConfigError(f"{place}: expected a label among {', '.join(labels)}, received {box.label!r}")
    x_min, y_min, x_max, y_max = box.box_xyxy_px
    is_thick = all(side >= LEAST_SIDE_PX for side in (x_max - x_min, y_max - y_min))  # false for NaN
    if _clipped(box.box_xyxy_px, photo) != box.box_xyxy_px or not is_thick:
        words = ", ".join(f"{side:g}" for side in box.box_xyxy_px)
        raise ConfigError(
            f"{place}: expected a box within {photo.width_px} × {photo.height_px} px and {LEAST_SIDE_PX:g} px or more "
            f"a side, received {words}"
        )
