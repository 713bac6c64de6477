"""What the store hands out, beyond the words of core.types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from core.types import Photo

PhotoOrder = Literal["urgency", "newest", "name", "captured"]
RowState = Literal["queued", "running", "done", "failed", "cancelled"]
PluginEvent = Literal["photo.added", "metadata.changed"]


@dataclass(frozen=True, slots=True)
class AddedPhoto:
    """Answer to adding a photo.

    Attributes:
        photo: the photo; under the name of its first coming where it was known already.
        is_new: False where the same bytes were in the store before.
        row_id: the ledger row, where the photo came in a batch.
    """

    photo: Photo
    is_new: bool
    row_id: int | None = None


@dataclass(frozen=True, slots=True)
class PhotoRow:
    """A photo in the gallery.

    Attributes:
        photo: the photo.
        tags: its tags, sorted.
        added_at: when it came, UTC.
        urgency_score: the more, the sooner a person should look; 0 where nothing was found yet.
        urgency_step: severity in four steps, 0 (nothing) to 3 (now).
        reviewed: True where a person has looked at it and said so.
    """

    photo: Photo
    tags: tuple[str, ...]
    added_at: datetime
    urgency_score: float
    urgency_step: int
    reviewed: bool


@dataclass(frozen=True, slots=True)
class PhotoFilter:
    """Which photos, in which order. Conditions are joined by "and".

    Attributes:
        tags: photos that carry all of these.
        labels: photos with a current finding of any of these labels.
        batch_id: photos that came in this batch.
        text: a part of the name or of a tag, whatever its case.
        reviewed: only reviewed (True) or only not reviewed (False) photos; None for both.
        order: ``urgency`` (most urgent first), ``newest`` (latest added first), ``name``, or
            ``captured`` (earliest first, photos without a time last).
        limit: at most so many; None for all.
        offset: leave out so many first.
    """

    tags: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    batch_id: str | None = None
    text: str = ""
    reviewed: bool | None = None
    order: PhotoOrder = "urgency"
    limit: int | None = None
    offset: int = 0


@dataclass(frozen=True, slots=True)
class MetadataChange:
    """One entry to write. A value of None takes the key away.

    Attributes:
        key: for example ``polecat.label``; ``tag:NAME`` with True or None is a tag.
        value: anything that JSON can hold, without NaN.
        writer: ``person:NAME``, ``model:NAME@VERSION`` or ``plugin:NAME``.
    """

    key: str
    value: Any
    writer: str


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One change in a photo's metadata log; None stands for "not there"."""

    key: str
    old_value: Any
    new_value: Any
    writer: str
    written_at: datetime


@dataclass(frozen=True, slots=True)
class Plugin:
    """A rule: when something happens to a photo that a filter accepts, run a target on it.

    Attributes:
        name: its name, unique.
        event: ``photo.added`` or ``metadata.changed``.
        filter: expression over tags and metadata, see ``core.store.filters``; empty accepts all.
        target: ``model:NAME``, or the https address of a webhook.
        writes: metadata keys that it writes.
        enabled: False switches it off without forgetting it.
        order: place among plugins that do not wait for each other, lowest first.
    """

    name: str
    event: PluginEvent
    filter: str
    target: str
    writes: tuple[str, ...] = ()
    enabled: bool = True
    order: int = 0


@dataclass(frozen=True, slots=True)
class PhotoPoint:
    """A photo in few columns, for counting over all of them.

    Attributes:
        sha256, name: the photo.
        moment: of capture in UTC, else of arrival.
        urgency_step: severity, 0 to 3, at the thresholds in force.
        is_inspected: whether any model has answered.
        reviewed: whether a person has looked at it and said so.
        gps: (latitude, longitude) in degrees; None where the file does not tell.
        batch: name of the batch that it came in last; None for none.
        values: of the metadata keys that were asked for, those it has.
    """

    sha256: str
    name: str
    moment: datetime
    urgency_step: int
    is_inspected: bool
    reviewed: bool
    gps: tuple[float, float] | None
    batch: str | None
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ModelUse:
    """A model version whose answers are current for some photos, and when it gave the first and the last of them."""

    model: str
    version: str
    photos: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class ChosenThreshold:
    """A threshold that a person chose for a model version.

    Attributes:
        model, version, label: what it holds for.
        threshold: confidence from which a finding counts; None for the shipped one.
        rule: how it was chosen, in words.
        writer: who chose it.
        chosen_at: UTC.
    """

    model: str
    version: str
    label: str
    threshold: float | None
    rule: str
    writer: str
    chosen_at: datetime


@dataclass(frozen=True, slots=True)
class Batch:
    """A named set of photos that came together.

    Attributes:
        id: 32 hex digits.
        name, tags: as given; every photo of the batch gets the tags.
        created_at: UTC.
        cancelled_at: UTC; None unless a person stopped it.
    """

    id: str
    name: str
    tags: tuple[str, ...]
    created_at: datetime
    cancelled_at: datetime | None


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One file of a batch and how far it is.

    Attributes:
        id: the row.
        batch_id: the batch.
        name: the file's name as it came.
        photo_sha256: the photo; None where the file could not be read.
        state: ``queued``, ``running``, ``done``, ``failed`` or ``cancelled``.
        error: what went wrong, fit to show; None unless failed.
        attempts: how often a worker has taken it up.
        queued_at, started_at, finished_at: UTC; None where that has not happened.
    """

    id: int
    batch_id: str
    name: str
    photo_sha256: str | None
    state: RowState
    error: str | None
    attempts: int
    queued_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class BatchProgress:
    """How far a batch is.

    Attributes:
        total, done, failed, running, queued, cancelled: rows; the five states add up to the total.
        per_second: rows finished a second, over the last 20 s of work.
        seconds_left: expected, seconds; 0 when finished, None while there is nothing to judge by.
    """

    total: int
    done: int
    failed: int
    running: int
    queued: int
    cancelled: int
    per_second: float
    seconds_left: float | None

    @property
    def is_finished(self) -> bool:
        """True when no row waits or runs."""
        return self.running + self.queued == 0
