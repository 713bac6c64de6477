"""Records of many photos on disk: mapped into memory, grown photo by photo, whole after any stop.

A folder holds ``records.bin`` (one record of fixed length a photo) and ``photos.jsonl`` (one line a photo). Records are
written and flushed to disk before their lines, so what a line names is there; a stop in between leaves a tail without
lines, or half a line, and both are cut off when the next one writes.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from core.compare.descriptors import STANDARD_LONG_SIDE_PX, Describer, Records
from core.errors import InputError, PhotoError, StoreError
from core.imaging.decode import decode_upright
from core.imaging.photo import describe
from core.types import Photo, UInt8Image

BATCH = 64  # photos between two flushes: what a stop can cost at most

OnProgress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class IndexedPhoto:
    """One photo of an index.

    Attributes:
        path: absolute.
        stamp: size in bytes and time of change in ns; a file with another stamp is read again.
        error: why it could not be read; "" where it could.
        width_px, height_px: upright; 0 where it could not be read.
    """

    path: str
    stamp: tuple[int, int]
    error: str = ""
    width_px: int = 0
    height_px: int = 0


class PhotoIndex:
    """The records of photos that one kind of describer made. Readers see what was there when they looked."""

    def __init__(self, folder: Path, describer: Describer, max_pixels: int) -> None:
        """Open an index; nothing is written before ``add``.

        Args:
            folder: of all indices; this one's lies in it under the describer's version, so that records of two
                kinds never meet.
            describer: makes records.
            max_pixels: largest photo that is opened, width × height.
        """
        self.folder = folder / describer.version
        self.describer = describer
        self._max_pixels = max_pixels
        self._photos: list[IndexedPhoto] = []
        self._row: dict[str, int] = {}
        self._read_bytes = 0
        self.look_again()

    def __len__(self) -> int:
        """How many records there are, with those of files that have changed since."""
        return len(self._photos)

    @property
    def photos(self) -> Sequence[IndexedPhoto]:
        """One for each record."""
        return tuple(self._photos)

    @property
    def records(self) -> Records:
        """(N,) records, mapped from disk, read-only."""
        if not self._photos:
            return np.empty(0, self.describer.dtype)
        return np.memmap(self._records_file, dtype=self.describer.dtype, mode="r", shape=(len(self._photos),))

    def row(self, path: Path) -> int | None:
        """Which record is a file's; None where it is not in the index or could not be read."""
        row = self._row.get(os.path.abspath(path))
        return None if row is None or self._photos[row].error else row

    def error(self, path: Path) -> str:
        """Why a file in the index could not be read; "" where it could."""
        row = self._row.get(os.path.abspath(path))
        return "" if row is None else self._photos[row].error

    def look_again(self) -> None:
        """Take up what other processes have added."""
        if not self._lines_file.exists():
            return
        stored = self._records_file.stat().st_size // self.describer.dtype.itemsize
        with self._lines_file.open("rb") as file:
            file.seek(self._read_bytes)
            for line in islice(file, stored - len(self._photos)):
                if not line.endswith(b"\n"):
                    break
                self._take(_photo_of(line))
                self._read_bytes += len(line)

    def add(self, paths: Sequence[Path], on_progress: OnProgress | None = None) -> dict[Path, str]:
        """Read photos that are not in the index, or have changed.

        Args:
            paths: files. One that cannot be read is noted with its error and stops nothing; it is tried again when
                it has changed.
            on_progress: called with (done, count).

        Returns:
            Of the given files those that cannot be read, with the reason.

        Raises:
            StoreError: another process is adding to it, disk full, or the folder is not writable.
        """
        found = {path: _stamp(path) for path in dict.fromkeys(paths)}
        with self._writing():
            missing = [path for path, stamp in found.items() if stamp and not self._is_current(path, stamp)]
            done = len(found) - len(missing)
            with ThreadPoolExecutor(os.cpu_count() or 1) as pool:  # OpenCV lets go of the interpreter inside
                for start in range(0, len(missing), BATCH):
                    batch = missing[start : start + BATCH]
                    self._append(list(pool.map(lambda path: self._read(path, found[path]), batch)))
                    done += len(batch)
                    if on_progress:
                        on_progress(done, len(found))
        gone = {path: f"{path}: expected a photo, found no such file" for path, stamp in found.items() if not stamp}
        return gone | {path: error for path in found if path not in gone and (error := self.error(path))}

    @property
    def _records_file(self) -> Path:
        return self.folder / "records.bin"

    @property
    def _lines_file(self) -> Path:
        return self.folder / "photos.jsonl"

    def _is_current(self, path: Path, stamp: tuple[int, int] | None) -> bool:
        row = self._row.get(os.path.abspath(path))
        return row is not None and self._photos[row].stamp == stamp

    def _take(self, photo: IndexedPhoto) -> None:
        self._row[photo.path] = len(self._photos)
        self._photos.append(photo)

    def _read(self, path: Path, stamp: tuple[int, int] | None) -> tuple[IndexedPhoto, Records]:
        absolute, stamp = os.path.abspath(path), stamp or (0, 0)
        try:
            image_hwc, photo = read_picture(path, self._max_pixels)
            record = self.describer.describe(image_hwc)
        except (InputError, OSError) as error:
            return IndexedPhoto(absolute, stamp, str(error)), np.zeros((), self.describer.dtype)
        return IndexedPhoto(absolute, stamp, "", photo.width_px, photo.height_px), record

    def _append(self, photos: list[tuple[IndexedPhoto, Records]]) -> None:
        lines = [_line_of(photo) for photo, _ in photos]
        try:
            with self._records_file.open("ab") as file:
                file.write(b"".join(record.tobytes() for _, record in photos))
                file.flush()
                os.fsync(file.fileno())
            with self._lines_file.open("ab") as file:
                file.write(b"".join(lines))
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise StoreError(f"{self.folder}: cannot be written: {error.strerror or error}; free some space") from error
        for photo, _ in photos:
            self._take(photo)
        self._read_bytes += sum(map(len, lines))

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Alone, with all that is whole taken up and all that is not cut off."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = (self.folder / "writing.lock").open("a")
        except OSError as error:
            raise StoreError(f"{self.folder}: cannot be written: {error.strerror or error}") from error
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise StoreError(
                    f"{self.folder}: expected no other process that adds photos, found one; wait for it or stop it"
                ) from error
            for file in (self._records_file, self._lines_file):
                file.touch()
            self.look_again()
            os.truncate(self._lines_file, self._read_bytes)
            os.truncate(self._records_file, len(self._photos) * self.describer.dtype.itemsize)
            yield


def read_picture(path: Path, max_pixels: int, at_least_px: int = STANDARD_LONG_SIDE_PX) -> tuple[UInt8Image, Photo]:
    """An upright RGB picture of a file, uint8 (H, W, 3), decoded no larger than need be, and the photo's facts.

    Records are made of pictures read with the standard length alone, so that a photo has one record.

    Raises:
        PhotoError: no such file, not a photo, damaged, or over ``max_pixels``.
    """
    if not path.is_file():
        raise PhotoError(f"{path}: expected a photo, found {'a folder' if path.is_dir() else 'no such file'}")
    photo = describe(path, path.name, max_pixels, sha256="")  # the hash of the bytes is not needed here
    return decode_upright(path, path.name, at_least_px=at_least_px), photo


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        facts = path.stat()
    except OSError:
        return None
    return facts.st_size, facts.st_mtime_ns


def _line_of(photo: IndexedPhoto) -> bytes:
    values = [photo.path, *photo.stamp, photo.error, photo.width_px, photo.height_px]
    return json.dumps(values).encode() + b"\n"


def _photo_of(line: bytes) -> IndexedPhoto:
    path, size, changed_ns, error, width_px, height_px = json.loads(line)
    return IndexedPhoto(path, (size, changed_ns), error, width_px, height_px)
