"""What the Explain page asks, beside the maps themselves: findings, targets, masks, and a line along the layers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.imaging import decode_upright
from core.imaging.variants import STANDARD_LONG_SIDE_PX
from core.runtime.model_config import ModelFolder
from core.services.box_targets import box_text
from core.services.context import Context
from core.services.explain_masks import ObjectPlace, place_mask
from core.services.explain_orders import PhotoFile
from core.services.samples import FOLDER_TAGS
from core.services.thresholds import shown_findings
from core.services.wording import label_words, percent
from core.store import PhotoFilter
from core.types import BoxXyxyPx, Finding, Photo

if TYPE_CHECKING:
    from core.explain.result import Explanation

BEST = ""
_MOST_BOXES = 12
_NEWEST = 100  # photos that are looked through for one that suits a model
_CLOSE_UPS = "shackle"  # the model that looks at close-ups; all others look at poles from afar
_LEAST_CONFIDENCE = 0.1
_LINE_SIDE_PX = 128


def photo_file(context: Context, photo: Photo) -> PhotoFile:
    """Where the explain process finds a photo of the store.

    Raises:
        NotFoundError: its original was taken away.
        StoreError: it cannot be fetched.
    """
    return PhotoFile(context.store.original_path_of(photo), context.settings.max_pixels)


def model_findings(context: Context, photo: Photo, model: str) -> tuple[Finding, ...]:
    """What the installed version of a model says about a photo: what is stored, or its answer now.

    Raises:
        NotFoundError: no such model, or the photo's original was taken away.
        PhotoError: the photo cannot be decoded.
    """
    return stored_findings(context, photo, model) or fresh_findings(context, photo, model)


def stored_findings(context: Context, photo: Photo, model: str) -> tuple[Finding, ...]:
    """What is stored of the installed version's answer; () where it was never asked, or found nothing.

    Raises:
        NotFoundError: no such model.
    """
    version = context.registry.folder(model).version
    found = context.store.findings(photo.sha256)
    return tuple(finding for finding in found if (finding.model, finding.version) == (model, version))


def fresh_findings(context: Context, photo: Photo, model: str) -> tuple[Finding, ...]:
    """The model's answer now; nothing is stored. Raises as ``model_findings``."""
    path = context.store.original_path_of(photo)
    image_hwc = decode_upright(path, photo.name, at_least_px=STANDARD_LONG_SIDE_PX)
    prediction = context.registry.model(model).predict(photo.sha256, image_hwc, (photo.width_px, photo.height_px))
    return prediction.findings


def fitting_photo(context: Context, model: str) -> str | None:
    """The newest photo that a model has something to say about, by SHA-256.

    One with a clear answer where there is one (of a detector: a box that counts), else one of the kind that the model
    looks at. None where the store has neither.

    Raises:
        NotFoundError: no such model.
    """
    labels = context.registry.folder(model).config.labels
    looked_at = context.store.photos(PhotoFilter(labels=labels, order="newest", limit=_NEWEST))
    findings = context.store.findings_of(row.photo.sha256 for row in looked_at)
    clear = (sha256 for sha256, found in findings.items() if _is_clear(context, found, model))
    meant = context.store.photos(PhotoFilter(tags=(usual_tag(model),), order="newest", limit=1))
    return next(clear, meant[0].photo.sha256 if meant else None)


def fits(context: Context, sha256: str | None, model: str) -> bool:
    """Whether a model has looked at a photo of the store and recognised it."""
    return sha256 is not None and any(f.model == model and f.recognised for f in context.store.findings(sha256))


def usual_tag(model: str) -> str:
    """What photos for a model show, as a tag."""
    return FOLDER_TAGS["shackles" if model == _CLOSE_UPS else "poles"]


def _is_clear(context: Context, findings: Sequence[Finding], model: str) -> bool:
    own = [f for f in shown_findings(findings, context.thresholds) if f.model == model]
    return any(f.recognised and len(f.prediction_set) <= 1 for f in own)


def targets(folder: ModelFolder, findings: Sequence[Finding], drawn: BoxXyxyPx | None) -> dict[str, str]:
    """What can be explained: target as ``core.explain`` reads it → words. The first is the default.

    Args:
        folder: the model.
        findings: its own, of the photo.
        drawn: a box drawn by hand, pixels of the original; for detectors it can be asked about, too.

    Returns:
        Empty for a detector that finds nothing and no box was drawn.
    """
    labels = folder.config.labels
    if folder.config.family == "regression":
        return {label: f"what raises: {label}" for label in labels} | {
            f"-{label}": f"what lowers: {label}" for label in labels
        }
    if folder.config.family == "classification":
        plain = {label: label_words(label) for label in labels}
        return {BEST: "the best class", **plain, **{f"-{label}": f"not {words}" for label, words in plain.items()}}
    found = [f for f in findings if f.box_xyxy_px is not None and (f.confidence or 0) >= _LEAST_CONFIDENCE]
    chosen = {
        box_text(f.label, f.box_xyxy_px): f"{label_words(f.label)}, {percent(f.confidence or 0)} sure"
        for f in found[:_MOST_BOXES]
        if f.box_xyxy_px is not None
    }
    if drawn is not None:
        chosen |= {box_text(label, drawn): f"{label_words(label)} in the drawn box" for label in labels}
    return chosen


@dataclass(frozen=True, slots=True)
class LayerEnergies:
    """Along the layers: ``shares``, layer → share of its map's energy on the object; ``area``: the object's own share.

    All 0 to 1; ``area`` is None where nobody knows where the object is.
    """

    shares: Mapping[str, float]
    area: float | None


def energies_by_layer(found: Sequence[Explanation], photo: Photo, place: ObjectPlace | None) -> LayerEnergies:
    """How much of each map lies on the object; nothing without a place, or for a single map.

    Raises:
        ConfigError, ArrayShapeError: the mask cannot be used.
    """
    from core.explain.scores import resized

    if place is None or len(found) < 2:
        return LayerEnergies({}, None)
    scale = _LINE_SIDE_PX / max(photo.width_px, photo.height_px)
    shape = (max(1, round(photo.height_px * scale)), max(1, round(photo.width_px * scale)))
    mask = place_mask(place, (photo.width_px, photo.height_px), shape)
    shares = {}
    for one in found:
        relevance = np.abs(resized(one.map_hw, shape))
        total = float(relevance.sum())
        if one.has_evidence and mask.shape == shape and total > 0:
            shares[one.layer] = float(relevance[mask].sum()) / total
    return LayerEnergies(shares, float(mask.mean()))
