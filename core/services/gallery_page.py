"""One page of the gallery, what is known of all its pages, and the whole of it as documents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from core.services.context import Context
from core.services.export import Document, failed_document, photo_document
from core.services.gallery import GalleryRow, gallery_rows
from core.services.thresholds import Thresholds
from core.services.urgency import Urgency
from core.store import LedgerRow, PhotoFilter


@dataclass(frozen=True, slots=True)
class GalleryPage:
    """One page of the gallery.

    Attributes:
        rows: the photos of this page.
        waiting: SHA-256 of photos whose inspection is still to come.
        failed: SHA-256 of photos whose inspection failed or was stopped → why, in words.
        order: SHA-256 of every accepted photo, in the gallery's order.
        page, page_count: from 1.
    """

    rows: tuple[GalleryRow, ...]
    waiting: frozenset[str]
    failed: Mapping[str, str]
    order: tuple[str, ...]
    page: int
    page_count: int

    def page_of(self, photo_sha256: str, per_page: int) -> int | None:
        """The page that holds a photo; None where it is not in the gallery."""
        return self.order.index(photo_sha256) // per_page + 1 if photo_sha256 in self.order else None

    def neighbours(self, photo_sha256: str) -> tuple[str | None, str | None]:
        """The photos before and after one; None at the ends, or where it is not in the gallery."""
        if photo_sha256 not in self.order:
            return None, None
        at = self.order.index(photo_sha256)
        return (self.order[at - 1] if at else None), (self.order[at + 1] if at + 1 < len(self.order) else None)


def gallery_page(
    context: Context, wanted: PhotoFilter, thresholds: Thresholds, *, page: int = 1, per_page: int = 48
) -> GalleryPage:
    """Read one page of the gallery; a page beyond the last one gives the last.

    Args:
        context: store and models.
        wanted: which photos; its limit and offset are left out of account. The order ``urgency`` follows the
            given thresholds, and not only those that were in force when the photos were inspected.
        thresholds: confidence from which a finding counts, by model and label.
        page: from 1.
        per_page: photos on a page.

    Raises:
        StoreError: the store cannot do it now.
    """
    everything = replace(wanted, limit=None, offset=0)
    if thresholds == context.thresholds:  # what the store knows of urgency holds: read findings of this page only
        known = context.store.photos(everything)
        order = tuple(row.photo.sha256 for row in known)
        page_count, page = _clamp(page, len(order), per_page)
        rows = gallery_rows(context, replace(wanted, limit=per_page, offset=(page - 1) * per_page), thresholds)
    else:
        judged = gallery_rows(context, everything, thresholds)
        if wanted.order == "urgency":
            judged.sort(key=lambda row: -row.score)
        order = tuple(row.photo.sha256 for row in judged)
        page_count, page = _clamp(page, len(order), per_page)
        rows = judged[(page - 1) * per_page : page * per_page]
    waiting, failed = _without_findings(context, wanted.batch_id)
    return GalleryPage(tuple(rows), waiting, failed, order, page, page_count)


@dataclass(frozen=True, slots=True)
class GallerySummary:
    """What a batch, or the whole store, amounts to.

    Attributes:
        photo_count: photos that could be read.
        look_now_count: of those, photos that need a look now.
        failures: files of the batch that could not be read or inspected.
        stopped_count: photos of the batch that were stopped before their turn.
    """

    photo_count: int
    look_now_count: int
    failures: tuple[LedgerRow, ...]
    stopped_count: int


def gallery_summary(context: Context, batch_id: str | None) -> GallerySummary:
    """Count a batch's photos, or all; cheap enough to be asked every second.

    Raises:
        StoreError: the store cannot do it now.
    """
    rows = context.store.photos(PhotoFilter(batch_id=batch_id))
    failures = tuple(context.store.rows(batch_id, ("failed",))) if batch_id else ()
    stopped_count = context.store.progress(batch_id).cancelled if batch_id else 0
    look_now_count = sum(row.urgency_step == Urgency.LOOK_NOW for row in rows)
    return GallerySummary(len(rows), look_now_count, failures, stopped_count)


def gallery_documents(context: Context, wanted: PhotoFilter, thresholds: Thresholds) -> list[Document]:
    """All photos of the gallery with what is shown of their findings, then the files of the batch that failed.

    Raises:
        StoreError: the store cannot do it now.
    """
    rows = gallery_rows(context, replace(wanted, limit=None, offset=0), thresholds)
    failed = context.store.rows(wanted.batch_id, ("failed",)) if wanted.batch_id else []
    return [
        *(photo_document(row.photo, row.findings) for row in rows),
        *(failed_document(row.name, row.error or "unknown reason") for row in failed),
    ]


def _clamp(page: int, photo_count: int, per_page: int) -> tuple[int, int]:
    page_count = max(1, -(-photo_count // per_page))
    return page_count, min(max(page, 1), page_count)


def _without_findings(context: Context, batch_id: str | None) -> tuple[frozenset[str], dict[str, str]]:
    if batch_id is None:
        return frozenset(), {}
    waiting, failed = set(), {}
    for row in context.store.rows(batch_id, ("queued", "running", "failed", "cancelled")):
        if row.photo_sha256 is None:
            continue
        if row.state in ("queued", "running"):
            waiting.add(row.photo_sha256)
        else:
            failed[row.photo_sha256] = row.error or "stopped before its turn"
    return frozenset(waiting), failed
