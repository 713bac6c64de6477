"""Metadata as an append-only log: who changed what to what, when; "now" is a view, any state can return.

Tags are metadata too: tag ``T`` is the key ``tag:T`` with the value True. ``reviewed`` is a key as well.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from core.errors import ConfigError
from core.store.database import Database, insert_missing, to_json
from core.store.filters import KEY_PATTERN
from core.store.rows import LogEntry, MetadataChange
from core.store.schema import METADATA_LOG, METADATA_NOW, PHOTO_TAGS, PHOTOS

TAG_PREFIX = "tag:"
REVIEWED_KEY = "reviewed"
_WRITER = re.compile(r"(person:.+|plugin:.+|model:[^@]+@.+)")
_KEY = re.compile(rf"tag:.+|{KEY_PATTERN}")

# Statements that every photo asks for are built once: building one costs SQLAlchemy more than running it.
_METADATA_OF_ONE = (
    select(METADATA_NOW.c.key, METADATA_NOW.c.value)
    .where(METADATA_NOW.c.photo_sha256 == bindparam("sha256"))
    .order_by(METADATA_NOW.c.key)
)
_VALUES_OF_KEYS = select(METADATA_NOW.c.key, METADATA_NOW.c.value).where(
    METADATA_NOW.c.photo_sha256 == bindparam("sha256"), METADATA_NOW.c.key.in_(bindparam("keys", expanding=True))
)
_FORGET_KEYS = delete(METADATA_NOW).where(
    METADATA_NOW.c.photo_sha256 == bindparam("sha256"), METADATA_NOW.c.key.in_(bindparam("keys", expanding=True))
)
_TAGS_OWNED = select(PHOTO_TAGS.c.tag).where(
    PHOTO_TAGS.c.photo_sha256 == bindparam("sha256"), PHOTO_TAGS.c.tag.in_(bindparam("tags", expanding=True))
)
_TAGS_OF = (
    select(PHOTO_TAGS)
    .where(PHOTO_TAGS.c.photo_sha256.in_(bindparam("shas", expanding=True)))
    .order_by(PHOTO_TAGS.c.tag)
)
_INSERT_LOG, _INSERT_NOW = insert(METADATA_LOG), insert(METADATA_NOW)


class MetadataPart:
    """Metadata and tags of photos."""

    database: Database

    def set_metadata(self, sha256: str, key: str, value: Any, writer: str) -> bool:
        """Write one entry; a value of None takes the key away.

        Args:
            sha256: the photo.
            key: words joined by dots, for example ``polecat.label``.
            value: anything that JSON can hold, without NaN.
            writer: ``person:NAME``, ``model:NAME@VERSION`` or ``plugin:NAME``.

        Returns:
            True where that changed something; an equal value leaves no trace.

        Raises:
            NotFoundError: no such photo.
            ConfigError: the key, the value or the writer is not of that form.
            StoreError: the store cannot do it now.
        """
        with self.database.writing() as connection:
            return write_changes(connection, sha256, (MetadataChange(key, value, writer),)) > 0

    def metadata(self, sha256: str) -> dict[str, Any]:
        """What is known of a photo now, key → value, sorted by key; tags are not among it."""
        with self.database.reading() as connection:
            return {row.key: row.value for row in connection.execute(_METADATA_OF_ONE, {"sha256": sha256})}

    def metadata_of(self, shas: Iterable[str]) -> dict[str, dict[str, Any]]:
        """``metadata`` of many photos in one go; photos without any have an empty dict."""
        asked = list(dict.fromkeys(shas))
        answer: dict[str, dict[str, Any]] = {sha256: {} for sha256 in asked}
        with self.database.reading() as connection:
            for start in range(0, len(asked), 5000):
                found = connection.execute(
                    select(METADATA_NOW)
                    .where(METADATA_NOW.c.photo_sha256.in_(asked[start : start + 5000]))
                    .order_by(METADATA_NOW.c.key)
                )
                for row in found:
                    answer[row.photo_sha256][row.key] = row.value
        return answer

    def tags(self, sha256: str) -> tuple[str, ...]:
        """A photo's tags, sorted."""
        with self.database.reading() as connection:
            return tags_of(connection, (sha256,)).get(sha256, ())

    def add_tag(self, sha256: str, tag: str, writer: str) -> bool:
        """Give a photo a tag; False where it has it already. Errors as ``set_metadata``."""
        return self.set_metadata(sha256, f"{TAG_PREFIX}{tag}", True, writer)

    def remove_tag(self, sha256: str, tag: str, writer: str) -> bool:
        """Take a tag from a photo; False where it does not have it. Errors as ``set_metadata``."""
        return self.set_metadata(sha256, f"{TAG_PREFIX}{tag}", None, writer)

    def set_reviewed(self, sha256: str, reviewed: bool, writer: str) -> bool:
        """Say whether a person has looked at a photo; logged. Errors as ``set_metadata``."""
        return self.set_metadata(sha256, REVIEWED_KEY, True if reviewed else None, writer)

    def tag_counts(self) -> dict[str, int]:
        """Every tag in use → how many photos carry it, sorted by tag."""
        with self.database.reading() as connection:
            found = connection.execute(
                select(PHOTO_TAGS.c.tag, func.count().label("photos"))
                .group_by(PHOTO_TAGS.c.tag)
                .order_by(PHOTO_TAGS.c.tag)
            )
            return {row.tag: row.photos for row in found}

    def history(self, sha256: str) -> tuple[LogEntry, ...]:
        """Every change of a photo's metadata and tags, oldest first."""
        with self.database.reading() as connection:
            found = connection.execute(
                select(METADATA_LOG).where(METADATA_LOG.c.photo_sha256 == sha256).order_by(METADATA_LOG.c.id)
            )
            return tuple(LogEntry(row.key, row.old_value, row.new_value, row.writer, row.written_at) for row in found)

    def restore(self, sha256: str, at: datetime, writer: str) -> int:
        """Bring a photo's metadata and tags back to what they were, by new entries in the log.

        Args:
            sha256: the photo.
            at: the moment, with zone; changes written at or before it count.
            writer: who restores.

        Returns:
            How many entries were changed back.

        Raises:
            ConfigError: the time has no zone.
            StoreError: the store cannot do it now.
        """
        if at.tzinfo is None:
            raise ConfigError(f"at: expected a time with zone, received {at.isoformat()}; add one, for example +00:00")
        with self.database.writing() as connection:
            then: dict[str, Any] = {}
            for entry in self.history(sha256):
                then.setdefault(entry.key, None)
                if entry.written_at <= at:
                    then[entry.key] = entry.new_value
            return write_changes(
                connection, sha256, [MetadataChange(key, value, writer) for key, value in then.items()]
            )


def write_changes(connection: Connection, sha256: str, changes: Sequence[MetadataChange]) -> int:
    """Log the changes that change something and bring the "now" tables in line; returns how many did.

    Raises:
        ConfigError: a key, value or writer is not of its form.
    """
    for change in changes:
        _check(change)
    # The last change of a key counts: within one transaction nobody sees the ones before.
    latest = {change.key: change for change in changes}
    now = _values_now(connection, sha256, latest.keys())
    changed = [change for key, change in latest.items() if to_json(now.get(key)) != to_json(change.value)]
    if not changed:
        return 0
    written_at = datetime.now(UTC)
    connection.execute(
        _INSERT_LOG,
        [
            {
                "photo_sha256": sha256,
                "key": change.key,
                "old_value": now.get(change.key),
                "new_value": change.value,
                "writer": change.writer,
                "written_at": written_at,
            }
            for change in changed
        ],
    )
    _write_values(connection, sha256, [c for c in changed if not c.key.startswith(TAG_PREFIX)])
    _write_tags(connection, sha256, [c for c in changed if c.key.startswith(TAG_PREFIX)])
    return len(changed)


def is_writer(writer: str) -> bool:
    """Whether this names who writes: ``person:NAME``, ``model:NAME@VERSION`` or ``plugin:NAME``."""
    return _WRITER.fullmatch(writer) is not None


def tags_of(connection: Connection, shas: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Tags of many photos, sorted; photos without tags are left out."""
    tags: dict[str, list[str]] = {}
    for start in range(0, len(shas), 5000):
        for row in connection.execute(_TAGS_OF, {"shas": shas[start : start + 5000]}):
            tags.setdefault(row.photo_sha256, []).append(row.tag)
    return {sha256: tuple(found_tags) for sha256, found_tags in tags.items()}


def _values_now(connection: Connection, sha256: str, keys: Iterable[str]) -> Mapping[str, Any]:
    plain = [key for key in keys if not key.startswith(TAG_PREFIX)]
    tags = [key.removeprefix(TAG_PREFIX) for key in keys if key.startswith(TAG_PREFIX)]
    now: dict[str, Any] = {}
    if plain:
        found = connection.execute(_VALUES_OF_KEYS, {"sha256": sha256, "keys": plain})
        now.update({row.key: row.value for row in found})
    if tags:
        owned = connection.scalars(_TAGS_OWNED, {"sha256": sha256, "tags": tags})
        now.update({f"{TAG_PREFIX}{tag}": True for tag in owned})
    return now


def _write_values(connection: Connection, sha256: str, changes: Sequence[MetadataChange]) -> None:
    if not changes:
        return
    connection.execute(_FORGET_KEYS, {"sha256": sha256, "keys": [change.key for change in changes]})
    kept = [{"photo_sha256": sha256, "key": c.key, "value": c.value} for c in changes if c.value is not None]
    if kept:
        connection.execute(_INSERT_NOW, kept)
    for change in changes:
        if change.key == REVIEWED_KEY:
            connection.execute(
                update(PHOTOS).where(PHOTOS.c.sha256 == sha256).values(reviewed=change.value is not None)
            )


def _write_tags(connection: Connection, sha256: str, changes: Sequence[MetadataChange]) -> None:
    for change in changes:
        tag = change.key.removeprefix(TAG_PREFIX)
        if change.value is None:
            connection.execute(delete(PHOTO_TAGS).where(PHOTO_TAGS.c.photo_sha256 == sha256, PHOTO_TAGS.c.tag == tag))
        else:
            insert_missing(connection, PHOTO_TAGS, {"photo_sha256": sha256, "tag": tag})


def _check(change: MetadataChange) -> None:
    if not _KEY.fullmatch(change.key):
        raise ConfigError(
            f"metadata key: expected words joined by dots, like polecat.label, or tag:NAME, received {change.key!r}"
        )
    if not is_writer(change.writer):
        raise ConfigError(
            f"writer: expected person:NAME, model:NAME@VERSION or plugin:NAME, received {change.writer!r}"
        )
    if change.key.startswith(TAG_PREFIX) and change.value not in (True, None):
        raise ConfigError(f"{change.key}: a tag is True or None, received {change.value!r}")
    if isinstance(change.value, float) and not math.isfinite(change.value):
        raise ConfigError(f"{change.key}: expected a finite number, received {change.value}; leave the key out instead")
    try:
        to_json(change.value)
    except (TypeError, ValueError) as error:
        raise ConfigError(f"{change.key}: expected a value that JSON can hold, received {change.value!r}") from error
