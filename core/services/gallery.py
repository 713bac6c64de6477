"""The gallery: photos that a filter accepts, the urgent ones first, one page at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from core.services.context import Context
from core.services.thresholds import Thresholds
from core.services.urgency import Urgency, assess_urgency
from core.services.wording import finding_words
from core.store import PhotoFilter, PhotoRow
from core.types import Finding, Photo

EntryState = Literal["inspected", "waiting", "no model"]


@dataclass(frozen=True, slots=True)
class GalleryEntry:
    """A photo in the gallery.

    Attributes:
        photo: the photo.
        tags: its tags.
        state: ``waiting`` for its inspection, ``inspected``, or ``no model`` where no rule sends it to one.
        step: its urgency; None unless inspected.
        reason: the finding that decided that, or the first one, in words; empty unless inspected.
        reviewed: whether a person has looked at it.
    """

    photo: Photo
    tags: tuple[str, ...]
    state: EntryState
    step: Urgency | None
    reason: str
    reviewed: bool


@dataclass(frozen=True, slots=True)
class Gallery:
    """One page of the gallery, and what is known of all pages.

    Attributes:
        entries: the photos of this page.
        order: SHA-256 of every accepted photo, in the gallery's order.
        look_now_count: photos of all pages that need a look now.
        page, page_count: from 1.
    """

    entries: tuple[GalleryEntry, ...]
    order: tuple[str, ...]
    look_now_count: int
    page: int
    page_count: int

    def neighbours(self, sha256: str) -> tuple[str | None, str | None]:
        """The photos before and after one; None at the ends, or where it is not in the gallery."""
        if sha256 not in self.order:
            return None, None
        at = self.order.index(sha256)
        return (self.order[at - 1] if at else None), (self.order[at + 1] if at + 1 < len(self.order) else None)

    def page_of(self, sha256: str, per_page: int) -> int | None:
        """The page that shows a photo; None where it is not in the gallery."""
        return self.order.index(sha256) // per_page + 1 if sha256 in self.order else None


def list_gallery(
    context: Context, wanted: PhotoFilter, thresholds: Thresholds, *, page: int = 1, per_page: int = 48
) -> Gallery:
    """Read one page of the gallery.

    Args:
        context: store and models.
        wanted: which photos; its limit and offset are left out of account. The order ``urgency`` follows the
            given thresholds, not only those that were in force when the photos were inspected.
        thresholds: confidence from which a finding counts, by model and label.
        page: from 1; a page beyond the last one gives the last.
        per_page: photos on a page.

    Raises:
        StoreError: the store cannot do it now.
    """
    rows = context.store.photos(replace(wanted, limit=None, offset=0))
    judged: dict[str, GalleryEntry] = {}
    waiting = _waiting(context, wanted.batch_id)
    if thresholds != context.thresholds:  # the urgency that is stored was judged by other thresholds
        rows, judged = _judge_again(context, rows, thresholds, waiting, by_urgency=wanted.order == "urgency")
    page_count = max(1, -(-len(rows) // per_page))
    page = min(max(page, 1), page_count)
    shown = rows[(page - 1) * per_page : page * per_page]
    if not judged:
        findings = context.store.findings_of(row.photo.sha256 for row in shown)
        judged = {row.photo.sha256: _entry(row, findings, thresholds, waiting)[1] for row in shown}
        urgent = sum(row.urgency_step == Urgency.LOOK_NOW for row in rows)
    else:
        urgent = sum(entry.step == Urgency.LOOK_NOW for entry in judged.values())
    entries = tuple(judged[row.photo.sha256] for row in shown)
    return Gallery(entries, tuple(row.photo.sha256 for row in rows), urgent, page, page_count)


def _waiting(context: Context, batch_id: str | None) -> frozenset[str]:
    if batch_id is None:
        return frozenset()
    rows = context.store.rows(batch_id, ("queued", "running"))
    return frozenset(row.photo_sha256 for row in rows if row.photo_sha256)


def _judge_again(
    context: Context, rows: Sequence[PhotoRow], thresholds: Thresholds, waiting: frozenset[str], *, by_urgency: bool
) -> tuple[list[PhotoRow], dict[str, GalleryEntry]]:
    findings = context.store.findings_of(row.photo.sha256 for row in rows)
    scored = [(row, *_entry(row, findings, thresholds, waiting)) for row in rows]
    if by_urgency:
        scored.sort(key=lambda one: -one[1])
    return [row for row, _, _ in scored], {row.photo.sha256: entry for row, _, entry in scored}


def _entry(
    row: PhotoRow, findings: Mapping[str, tuple[Finding, ...]], thresholds: Thresholds, waiting: frozenset[str]
) -> tuple[float, GalleryEntry]:
    found = findings.get(row.photo.sha256, ())
    if not found:
        state: EntryState = "waiting" if row.photo.sha256 in waiting else "no model"
        return -1.0, GalleryEntry(row.photo, row.tags, state, None, "", row.reviewed)
    urgency = assess_urgency(found, thresholds)
    reason = urgency.reason or finding_words(found[0])
    entry = GalleryEntry(row.photo, row.tags, "inspected", urgency.step, reason, row.reviewed)
    return urgency.score, entry
