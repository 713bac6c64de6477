"""Photos as the store knows them, the gallery's queries, and the files behind them."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, exists, func, nulls_last, or_, select, update

from core.config import Settings
from core.errors import ConfigError, NotFoundError
from core.imaging import VariantKind, decode_upright, encode_variant
from core.imaging.variants import LONG_SIDE_PX
from core.store.database import Database
from core.store.files import PhotoFiles, original_key, variant_key
from core.store.metadata_log import tags_of
from core.store.rows import PhotoFilter, PhotoRow
from core.store.schema import FINDINGS, LEDGER, PHOTO_TAGS, PHOTOS, PREDICTIONS
from core.types import Photo

# A gallery asks for dozens of variants at once: two decodes at a time bound the memory.
_MAKING = threading.BoundedSemaphore(2)
_SHA256 = re.compile(r"[0-9a-f]{64}")
_AT_ONCE = 500  # names in one question
_ORDERS: dict[str, tuple[ColumnElement[Any], ...]] = {
    "urgency": (PHOTOS.c.urgency_score.desc(), PHOTOS.c.added_at.desc(), PHOTOS.c.sha256.desc()),
    "newest": (PHOTOS.c.added_at.desc(), PHOTOS.c.sha256.desc()),
    "name": (PHOTOS.c.name, PHOTOS.c.sha256),
    "captured": (nulls_last(PHOTOS.c.captured_at), PHOTOS.c.sha256),
}

_ONE_PHOTO = select(PHOTOS).where(PHOTOS.c.sha256 == bindparam("wanted"))  # built once: every photo asks for it


class PhotosPart:
    """Reading photos and their files."""

    database: Database
    files: PhotoFiles
    settings: Settings

    def photo(self, sha256: str) -> Photo:
        """One photo.

        Raises:
            NotFoundError: the store has no such photo.
        """
        return self.photo_row(sha256).photo

    def photo_row(self, sha256: str) -> PhotoRow:
        """One photo with its tags and urgency.

        Raises:
            NotFoundError: the store has no such photo.
        """
        with self.database.reading() as connection:
            row = connection.execute(_ONE_PHOTO, {"wanted": sha256}).one_or_none()
            if row is None:
                raise _no_photo(sha256)
            return _photo_row(row, tags_of(connection, (sha256,)).get(sha256, ()))

    def photos(self, wanted: PhotoFilter | None = None) -> list[PhotoRow]:
        """The photos that a filter accepts, in its order; two queries, however many there are.

        Raises:
            ConfigError: the filter names an order that does not exist.
        """
        wanted = wanted or PhotoFilter()
        if wanted.order not in _ORDERS:
            raise ConfigError(f"order: expected one of {', '.join(_ORDERS)}, received {wanted.order!r}")
        query = _where(select(PHOTOS), wanted).order_by(*_ORDERS[wanted.order])
        if wanted.limit is not None:
            query = query.limit(wanted.limit)
        if wanted.offset:
            # SQLite knows no OFFSET without LIMIT; SQLAlchemy writes LIMIT -1 for it.
            query = query.offset(wanted.offset)
        with self.database.reading() as connection:
            rows = connection.execute(query).all()
            tags = tags_of(connection, [row.sha256 for row in rows])
            return [_photo_row(row, tags.get(row.sha256, ())) for row in rows]

    def count(self, wanted: PhotoFilter | None = None) -> int:
        """How many photos a filter accepts; its limit and offset do not count."""
        query = _where(select(func.count()).select_from(PHOTOS), wanted or PhotoFilter())
        with self.database.reading() as connection:
            return int(connection.execute(query).scalar_one())

    def known(self, shas: Iterable[str]) -> frozenset[str]:
        """Those of some photos that are in the store."""
        wanted = list(shas)
        with self.database.reading() as connection:
            parts = (wanted[k : k + _AT_ONCE] for k in range(0, len(wanted), _AT_ONCE))
            rows = (connection.scalars(select(PHOTOS.c.sha256).where(PHOTOS.c.sha256.in_(part))) for part in parts)
            return frozenset(sha256 for part in rows for sha256 in part)

    def set_urgency(self, sha256: str, score: float, step: int) -> None:
        """Say how urgent a photo is: the gallery's order by score, and a severity step of 0 to 3.

        Raises:
            ConfigError: the step is not 0 to 3.
            StoreError: the store cannot do it now.
        """
        if step not in (0, 1, 2, 3):
            raise ConfigError(f"step: expected 0, 1, 2 or 3, received {step}")
        with self.database.writing() as connection:
            connection.execute(
                update(PHOTOS).where(PHOTOS.c.sha256 == sha256).values(urgency_score=score, urgency_step=step)
            )

    def original_path(self, sha256: str) -> Path:
        """A local file with the original's bytes, fetched first where the photo store is remote.

        Raises:
            NotFoundError: no such photo, or its file was taken away.
            StoreError: it cannot be fetched.
        """
        return self.original_path_of(self.photo(sha256))

    def original_path_of(self, photo: Photo) -> Path:
        """``original_path`` of a photo that was read from the store before; asks the database nothing."""
        path = self.files.local_path(original_key(photo.sha256, photo.media_type))
        if path is None:
            raise NotFoundError(f"{photo.name}: its original is no longer in {self.settings.photos_url}; add it again")
        return path

    def variant_path(self, sha256: str, kind: VariantKind) -> Path:
        """A local file with a variant, made from the original on first use.

        Args:
            sha256: the photo.
            kind: ``standard`` (long side 2048 px) or ``thumbnail`` (long side 320 px); both JPEG.

        Raises:
            NotFoundError: no such photo or kind.
            PhotoError: the original cannot be decoded.
            StoreError: disk full.
        """
        key = _checked_variant_key(sha256, kind)
        path = self.files.local_path(key)
        if path is not None:
            return path
        source = self.files.local_path(variant_key(sha256, "standard")) if kind == "thumbnail" else None
        source = source or self.original_path(sha256)
        name = self.photo(sha256).name
        with _MAKING:
            data = encode_variant(decode_upright(source, name, at_least_px=LONG_SIDE_PX[kind]), kind)
        return self.files.put_bytes(data, key)

    def save_variant(self, sha256: str, kind: VariantKind, data: bytes) -> Path:
        """Keep a variant that was encoded along the way (``core.imaging.encode_variant``).

        Raises:
            NotFoundError: no such kind, or not a photo's name.
            StoreError: disk full.
        """
        return self.files.put_bytes(data, _checked_variant_key(sha256, kind))


def photo_of_row(row: Row[Any]) -> Photo:
    """A row of the photos table → Photo."""
    has_position = row.latitude_deg is not None and row.longitude_deg is not None
    return Photo(
        sha256=row.sha256,
        name=row.name,
        media_type=row.media_type,
        byte_count=row.byte_count,
        width_px=row.width_px,
        height_px=row.height_px,
        captured_at=row.captured_at,
        gps=(row.latitude_deg, row.longitude_deg) if has_position else None,
        camera=row.camera,
    )


def _photo_row(row: Row[Any], tags: tuple[str, ...]) -> PhotoRow:
    return PhotoRow(photo_of_row(row), tags, row.added_at, row.urgency_score, row.urgency_step, row.reviewed)


def _where(query: Select[Any], wanted: PhotoFilter) -> Select[Any]:
    for tag in wanted.tags:
        query = query.where(exists().where(PHOTO_TAGS.c.photo_sha256 == PHOTOS.c.sha256, PHOTO_TAGS.c.tag == tag))
    if wanted.labels:
        current = select(PREDICTIONS.c.photo_sha256).join(
            FINDINGS, and_(FINDINGS.c.prediction_id == PREDICTIONS.c.id, FINDINGS.c.label.in_(wanted.labels))
        )
        query = query.where(PHOTOS.c.sha256.in_(current.where(PREDICTIONS.c.is_current)))
    if wanted.batch_id is not None:
        of_batch = select(LEDGER.c.photo_sha256).where(LEDGER.c.batch_id == wanted.batch_id)
        query = query.where(PHOTOS.c.sha256.in_(of_batch.where(LEDGER.c.photo_sha256.is_not(None))))
    if wanted.text.strip():
        text = wanted.text.strip()
        tagged = exists().where(
            PHOTO_TAGS.c.photo_sha256 == PHOTOS.c.sha256, PHOTO_TAGS.c.tag.icontains(text, autoescape=True)
        )
        query = query.where(or_(PHOTOS.c.name.icontains(text, autoescape=True), tagged))
    if wanted.reviewed is not None:
        query = query.where(PHOTOS.c.reviewed.is_(wanted.reviewed))
    return query


def _checked_variant_key(sha256: str, kind: str) -> str:
    # These become a path: nothing but 64 hex digits and a known kind may reach it.
    if not _SHA256.fullmatch(sha256):
        raise _no_photo(sha256)
    if kind not in LONG_SIDE_PX:
        raise NotFoundError(f"variant: expected one of {', '.join(LONG_SIDE_PX)}, received {kind!r}")
    return variant_key(sha256, kind)


def _no_photo(sha256: str) -> NotFoundError:
    return NotFoundError(f"photo {sha256[:80]}: not in the store; add it, or look for it in the gallery")
