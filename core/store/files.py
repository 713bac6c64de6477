"""The photo files: originals and variants in a folder or at any fsspec address, written whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

from core.store.database import plain_words

_EXTENSIONS = {"image/jpeg": ".jpg", "image/png": ".png", "image/tiff": ".tif", "image/webp": ".webp"}
# Small enough to stay in the allocator's hands: 1 MB blocks are mapped anew each time and cost nine times as much.
_COPY_BLOCK_BYTES = 1 << 17


def original_key(sha256: str, media_type: str) -> str:
    """Where an original lies below the photo store's root."""
    return f"original/{sha256[:2]}/{sha256}{_EXTENSIONS[media_type]}"


def variant_key(sha256: str, kind: str) -> str:
    """Where a variant lies below the photo store's root."""
    return f"{kind}/{sha256[:2]}/{sha256}.jpg"


class PhotoFiles:
    """Files under one address.

    A local folder is used directly. Other addresses (``s3://…``, ``abfs://…``) go through fsspec, whose
    objects appear whole by nature; what is read from there is kept in a local cache folder.
    """

    def __init__(self, photos_url: str, cache_dir: Path) -> None:
        is_remote = "://" in photos_url and not photos_url.startswith("file://")
        self._root = cache_dir if is_remote else Path(photos_url.removeprefix("file://"))
        # One folder for all files that are being written: on the same disk, and easy to clear.
        self._staging = self._root / "incomplete"
        self._remote: Any = None
        self._remote_root = ""
        if is_remote:
            # Imported here: only a store that is not a folder needs it.
            from fsspec.core import url_to_fs

            self._remote, self._remote_root = url_to_fs(photos_url)

    def put(self, source: Path, key: str, *, may_move: bool) -> None:
        """Keep a file. may_move: the source is ours and need not stay.

        Raises:
            StoreError: disk full or not writable; nothing is left behind.
        """
        target = self._root / key
        with plain_words("keeping the original"):
            if self._remote is not None:
                self._upload(source, key)
            if may_move and _moved(source, target):
                return
            with source.open("rb") as reader, self._written_whole(target) as writer:
                shutil.copyfileobj(reader, writer, _COPY_BLOCK_BYTES)

    def put_bytes(self, data: bytes, key: str) -> Path:
        """Keep bytes as a file, and tell where they lie locally.

        Raises:
            StoreError: disk full or not writable; nothing is left behind.
        """
        target = self._root / key
        with plain_words(f"keeping {target.name}"):
            with self._written_whole(target) as writer:
                writer.write(data)
            if self._remote is not None:
                self._upload(target, key)
        return target

    def local_path(self, key: str) -> Path | None:
        """A local file with the content of a key, fetched where it is remote; None where there is none."""
        target = self._root / key
        if target.exists():
            return target
        if self._remote is None or not self._remote.exists(f"{self._remote_root}/{key}"):
            return None
        with (
            plain_words(f"fetching {target.name}"),
            self._remote.open(f"{self._remote_root}/{key}", "rb") as reader,
            self._written_whole(target) as writer,
        ):
            shutil.copyfileobj(reader, writer, _COPY_BLOCK_BYTES)
        return target

    def clear_left_overs(self, age_s: float) -> None:
        """Remove what killed processes were writing, when nobody has written to it for a time in seconds."""
        with plain_words(f"clearing {self._staging}"):
            remove_older(self._staging, age_s)

    @contextmanager
    def _written_whole(self, target: Path) -> Iterator[BinaryIO]:
        """A file that appears under its name only when it was written whole."""
        self._staging.mkdir(parents=True, exist_ok=True)
        target.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(suffix=".part", dir=self._staging)
        try:
            with open(descriptor, "wb") as writer:
                yield writer
            os.replace(temporary, target)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise

    def _upload(self, source: Path, key: str) -> None:
        address = f"{self._remote_root}/{key}"
        self._remote.makedirs(address.rsplit("/", 1)[0], exist_ok=True)
        self._remote.put_file(str(source), address)


def _moved(source: Path, target: Path) -> bool:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.replace(source, target)
    except OSError:
        return False  # another disk, for example: copy
    return True


def remove_older(folder: Path, age_s: float) -> None:
    """Remove the ``.part`` files of a folder that were not written to for a time in seconds."""
    for path in folder.glob("*.part"):
        with suppress(FileNotFoundError):  # another process clears, too
            if time.time() - path.stat().st_mtime > age_s:
                path.unlink()
