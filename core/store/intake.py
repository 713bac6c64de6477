"""The way in: a file or an upload → original kept, photo known, tags given, row in the batch's ledger."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self

from sqlalchemy import Connection, select

from core.config import Settings
from core.errors import GridlensError, PhotoError, StoreError
from core.imaging import describe
from core.store.batches import add_row, batch_tags
from core.store.database import Database, insert_missing, plain_words
from core.store.files import PhotoFiles, original_key, remove_older
from core.store.metadata_log import TAG_PREFIX, write_changes
from core.store.names import clean_name
from core.store.photos import photo_of_row
from core.store.rows import AddedPhoto, MetadataChange
from core.store.schema import PHOTOS
from core.types import Photo

if TYPE_CHECKING:
    from types import TracebackType

_ORPHAN_AGE_S = 24 * 3600
_DEFAULT_WRITER = "person:local"


class IntakePart:
    """Adding photos."""

    database: Database
    files: PhotoFiles
    settings: Settings

    def add_photo(
        self,
        path: Path,
        name: str,
        *,
        tags: Iterable[str] = (),
        batch_id: str | None = None,
        writer: str = _DEFAULT_WRITER,
    ) -> AddedPhoto:
        """Keep a photo file; the file itself stays where it is.

        The original is kept before the photo becomes known, so that a process killed in the middle
        leaves either nothing to see or the whole photo.

        Args:
            path: the file.
            name: what the person calls it; folders in it are dropped.
            tags: tags to give the photo, beside those of the batch.
            batch_id: batch whose ledger gets a row: queued, or failed with the error.
            writer: who adds it, for the log of its tags.

        Returns:
            The photo; ``is_new`` is False where the same bytes were known.

        Raises:
            PhotoError: not a photo, or over the limits; the batch then has a failed row.
            StoreError: disk full, database locked; the message names the file. Nothing of the photo is kept, and
                no row is added: this passes, and whoever sends the file tries again.
            NotFoundError: no such batch.
        """
        return self._take_in(path, name, None, False, tuple(tags), batch_id, writer)

    def open_upload(self, name: str) -> UploadSink:
        """Begin an upload that comes in pieces; see ``UploadSink``.

        Raises:
            StoreError: the incoming folder cannot be written to.
        """
        return UploadSink(self, name)

    @property
    def incoming_dir(self) -> Path:
        """Folder for files on their way in; left-overs of killed uploads vanish after a day."""
        return self.settings.home / "incoming"

    def clear_incoming(self) -> None:
        """Remove what killed uploads and processes left half written a day ago or earlier."""
        with plain_words("clearing the incoming folder"):
            self.incoming_dir.mkdir(parents=True, exist_ok=True)
            remove_older(self.incoming_dir, _ORPHAN_AGE_S)
        self.files.clear_left_overs(_ORPHAN_AGE_S)

    def _take_in(
        self,
        path: Path,
        name: str,
        sha256: str | None,
        may_move: bool,
        tags: tuple[str, ...],
        batch_id: str | None,
        writer: str,
    ) -> AddedPhoto:
        shown = clean_name(name)
        try:
            with plain_words("reading the file"):
                if path.stat().st_size > self.settings.max_upload_bytes:
                    raise too_large(shown, self.settings.max_upload_bytes)
                photo = describe(path, shown, self.settings.max_pixels, sha256=sha256)
            self._keep_original(path, photo, may_move)
            with self.database.writing() as connection:
                return _register(connection, photo, shown, tags, batch_id, writer)
        except StoreError as error:
            raise StoreError(f"{shown}: {error}") from error
        except GridlensError as error:
            if batch_id is not None:
                with suppress(GridlensError), self.database.writing() as connection:
                    add_row(connection, batch_id, shown, None, error=str(error))
            raise

    def _keep_original(self, path: Path, photo: Photo, may_move: bool) -> None:
        key = original_key(photo.sha256, photo.media_type)
        kept = self.files.local_path(key)
        # A file of another size is what a power cut left of a photo that was known before.
        if kept is None or kept.stat().st_size != photo.byte_count:
            self.files.put(path, key, may_move=may_move)


class UploadSink:
    """Takes an upload piece by piece to disk, hashing as it comes; nothing is seen until ``finish``.

    As a context manager it aborts unless finished.
    """

    def __init__(self, intake: IntakePart, name: str) -> None:
        self._intake = intake
        self._name = name
        self._hash = hashlib.sha256()
        self._byte_count = 0
        self._path = intake.incoming_dir / f"{uuid.uuid4().hex}.part"
        with plain_words(f"receiving {clean_name(name)}"):
            self._file = self._path.open("wb")

    def write(self, data: bytes) -> None:
        """Take the next bytes.

        Raises:
            PhotoError: the upload is over the size limit; it is aborted.
            StoreError: disk full; the upload is aborted.
        """
        self._byte_count += len(data)
        limit = self._intake.settings.max_upload_bytes
        try:
            if self._byte_count > limit:
                raise too_large(clean_name(self._name), limit)
            with plain_words(f"receiving {clean_name(self._name)}"):
                self._file.write(data)
        except GridlensError:
            self.abort()
            raise
        self._hash.update(data)

    def finish(
        self, *, tags: Iterable[str] = (), batch_id: str | None = None, writer: str = _DEFAULT_WRITER
    ) -> AddedPhoto:
        """Make the upload a photo of the store; answer and errors as ``add_photo``."""
        try:
            with plain_words(f"receiving {clean_name(self._name)}"):
                self._file.close()
            return self._intake._take_in(
                self._path, self._name, self._hash.hexdigest(), True, tuple(tags), batch_id, writer
            )
        finally:
            self.abort()

    def abort(self) -> None:
        """Forget the upload; may be called at any time, also after ``finish``."""
        with suppress(OSError):
            self._file.close()
        self._path.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.abort()


def too_large(name: str, limit_bytes: int) -> PhotoError:
    """The error for a file over the limit."""
    return PhotoError(
        f"{name}: expected at most {limit_bytes / 1e6:.0f} MB, received more; make it smaller, "
        "or raise GRIDLENS_MAX_UPLOAD_MB"
    )


def _register(
    connection: Connection, photo: Photo, shown: str, tags: tuple[str, ...], batch_id: str | None, writer: str
) -> AddedPhoto:
    latitude_deg, longitude_deg = photo.gps or (None, None)
    is_new = insert_missing(
        connection,
        PHOTOS,
        {
            "sha256": photo.sha256,
            "name": photo.name,
            "media_type": photo.media_type,
            "byte_count": photo.byte_count,
            "width_px": photo.width_px,
            "height_px": photo.height_px,
            "captured_at": photo.captured_at,
            "latitude_deg": latitude_deg,
            "longitude_deg": longitude_deg,
            "camera": photo.camera,
            "added_at": datetime.now(UTC),
        },
    )
    if not is_new:
        photo = photo_of_row(connection.execute(select(PHOTOS).where(PHOTOS.c.sha256 == photo.sha256)).one())
    all_tags = dict.fromkeys((*tags, *(batch_tags(connection, batch_id) if batch_id else ())))
    cleaned = [tag.strip() for tag in all_tags if tag.strip()]
    write_changes(connection, photo.sha256, [MetadataChange(f"{TAG_PREFIX}{tag}", True, writer) for tag in cleaned])
    row_id = add_row(connection, batch_id, shown, photo.sha256) if batch_id else None
    return AddedPhoto(photo, is_new, row_id)
