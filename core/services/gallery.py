"""The gallery's rows: photos with the finding that matters most, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.services.context import Context
from core.services.thresholds import Thresholds, shown_findings
from core.services.urgency import Urgency, assess_urgency
from core.services.wording import finding_words
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
