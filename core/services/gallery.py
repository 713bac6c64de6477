"""What the Inspect page shows, in one call each: the gallery's rows, and one photo with its cards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.services.context import Context
from core.services.thresholds import Thresholds, shown_findings, threshold_of
from core.services.urgency import Urgency, assess_urgency, urgency_of
from core.services.wording import finding_words, label_words
from core.store import PhotoFilter, PhotoRow
from core.types import Finding, Photo

API_ROOT = "/api/v1"


@dataclass(frozen=True, slots=True)
class GalleryRow:
    """One photo in the gallery.

    Attributes:
        photo: the photo.
        tags: its tags, sorted.
        urgency: severity at the thresholds asked for.
        score: order within the gallery, higher is sooner.
        headline: the finding that matters most, in words; ``Waiting`` before its inspection.
        findings: those that are shown at the thresholds.
        thumbnail_url: address on this server.
        is_inspected: whether any model has answered.
        is_reviewed: whether a person has looked at it and said so.
    """

    photo: Photo
    tags: tuple[str, ...]
    urgency: Urgency
    score: float
    headline: str
    findings: tuple[Finding, ...]
    thumbnail_url: str
    is_inspected: bool
    is_reviewed: bool


@dataclass(frozen=True, slots=True)
class PredictionCard:
    """What one model says about one photo.

    Attributes:
        model, title: name and what people read.
        headline: in words.
        urgency: the most urgent of its findings.
        findings: those that are shown; empty where a detector found nothing.
        coverage: how often the prediction set or interval holds the truth, 0 to 1; None where not stated.
        heat_labels: labels that have a heat map.
        threshold: of the first finding's label.
    """

    model: str
    title: str
    headline: str
    urgency: Urgency
    findings: tuple[Finding, ...]
    coverage: float | None
    heat_labels: tuple[str, ...]
    threshold: float


@dataclass(frozen=True, slots=True)
class PhotoReport:
    """One photo, everything about it that a page shows.

    Attributes:
        row: as in the gallery.
        cards: one a model, in order of work.
    """

    row: GalleryRow
    cards: tuple[PredictionCard, ...]


def gallery_rows(
    context: Context, wanted: PhotoFilter | None = None, thresholds: Thresholds | None = None
) -> list[GalleryRow]:
    """Photos with their findings; three queries however many there are.

    Args:
        context: the store.
        wanted: which photos in which order. ``urgency`` orders by the shipped thresholds.
        thresholds: other thresholds than the shipped ones.

    Raises:
        ConfigError: the filter names an order that does not exist.
    """
    rows = context.store.photos(wanted)
    findings = context.store.findings_of([row.photo.sha256 for row in rows])
    limits = thresholds or context.thresholds
    return [_gallery_row(row, findings[row.photo.sha256], limits) for row in rows]


def photo_report(context: Context, photo_sha256: str, thresholds: Thresholds | None = None) -> PhotoReport:
    """One photo with a card for every model that has answered.

    Raises:
        NotFoundError: no such photo.
    """
    limits = thresholds or context.thresholds
    findings = context.store.findings(photo_sha256)
    row = _gallery_row(context.store.photo_row(photo_sha256), findings, limits)
    heat_maps = context.store.heat_map_labels(photo_sha256)
    models = dict.fromkeys((*(finding.model for finding in findings), *(model for model, _ in heat_maps)))
    cards = []
    for model in models:
        own = [finding for finding in findings if finding.model == model]
        cards.append(_card(context, model, own, [label for m, label in heat_maps if m == model], limits))
    return PhotoReport(row, tuple(cards))


def _gallery_row(row: PhotoRow, findings: Sequence[Finding], thresholds: Thresholds) -> GalleryRow:
    verdict = assess_urgency(findings, thresholds)
    shown = shown_findings(findings, thresholds)
    calm = "; ".join(finding_words(finding) for finding in shown) or "Nothing found"
    return GalleryRow(
        photo=row.photo,
        tags=row.tags,
        urgency=verdict.step,
        score=verdict.score,
        headline=verdict.reason or (calm if findings else "Waiting"),
        findings=shown,
        thumbnail_url=f"{API_ROOT}/photos/{row.photo.sha256}/thumbnail",
        is_inspected=bool(findings),
        is_reviewed=row.reviewed,
    )


def _card(
    context: Context, model: str, findings: Sequence[Finding], heat_labels: Sequence[str], thresholds: Thresholds
) -> PredictionCard:
    folder = context.registry.folders.get(model)
    shown = shown_findings(findings, thresholds)
    first = shown[0] if shown else None
    return PredictionCard(
        model=model,
        title=folder.config.title if folder else label_words(model),
        headline=finding_words(first) if first else "Nothing found",
        urgency=max((urgency_of(finding) for finding in shown), default=Urgency.IN_ORDER),
        findings=shown,
        coverage=folder.config.conformal.get("coverage") if folder else None,
        heat_labels=tuple(heat_labels),
        threshold=threshold_of(first, thresholds) if first else 0.0,
    )
