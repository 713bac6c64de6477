"""What lives longer than one run of a page. Caching is done here and nowhere else."""

from __future__ import annotations

import threading
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from core.config import Settings, read_settings
from core.datasets import Dataset, VersionFolder
from core.services.context import Context, open_context
from core.types import BoxXyxyPx, Finding, Photo

if TYPE_CHECKING:
    from core.services.drift import PhotoDrift
    from core.services.gap import GapStudy
    from core.services.measured import Measured
    from core.services.measured_values import MeasuredValues
    from core.services.overview import Overview, Period, StorePoints
    from core.services.saved_answers import SavedAnswers

_opening = threading.Lock()


def context() -> Context:
    """This process's store and models, opened once and shared by all sessions. Thread-safe.

    Not ``st.cache_resource``: the app opens it ahead of the first session, where Streamlit has no cache yet.

    Raises:
        ConfigError, StoreError, ModelError: it cannot be opened; the next call tries again.
    """
    with _opening:
        return _open_once()


@lru_cache(maxsize=1)
def _open_once() -> Context:
    return open_context(read_settings())


@lru_cache(maxsize=4)
def dataset(folder: Path, version_hash: str) -> Dataset:
    """The rows of a dataset version, which never change; 36,000 of them take half a second to read.

    Raises:
        NotFoundError, StoreError: see ``VersionFolder.read``.
    """
    return VersionFolder(folder).read(version_hash)


def measured(saved: SavedAnswers) -> Measured:
    """Saved answers with labels, matched; a million boxes take seconds the first time.

    Raises:
        ConfigError: see ``core.services.measured.measure``.
    """
    return _measured(saved.folder, _stamp(saved))


def measured_values(saved: SavedAnswers) -> MeasuredValues:
    """Saved answers that are values, measured.

    Raises:
        ConfigError: see ``core.services.measured_values.measure_values``.
    """
    return _measured_values(saved.folder, _stamp(saved))


def _stamp(saved: SavedAnswers) -> tuple[int, ...]:
    """Changes when a file of the answers does."""
    files = (saved.folder / name for name in ("about.json", saved.answers_file, saved.truth_file))
    return tuple(file.stat().st_mtime_ns if file.is_file() else 0 for file in files)


def answer_hashes(saved: SavedAnswers) -> dict[str, str]:
    """Photo of saved answers → SHA-256, of those whose file could be read when they were kept."""
    return _answer_hashes(saved.folder, _stamp(saved))


@lru_cache(maxsize=6)
def _answer_hashes(folder: Path, stamp: tuple[int, ...]) -> dict[str, str]:
    from core.services.answer_photos import photo_hashes

    return photo_hashes(folder)


@lru_cache(maxsize=6)
def _measured(folder: Path, stamp: tuple[int, ...]) -> Measured:
    from core.services.measured import measure
    from core.services.saved_answers import read_about

    return measure(read_about(folder))


@lru_cache(maxsize=6)
def _measured_values(folder: Path, stamp: tuple[int, ...]) -> MeasuredValues:
    from core.services.measured_values import measure_values
    from core.services.saved_answers import read_about

    return measure_values(read_about(folder))


def model_findings(of: Context, photo: Photo, model: str) -> tuple[Finding, ...]:
    """What a model says about a photo; a detector takes seconds for a photo that it was never asked about.

    Raises:
        NotFoundError, PhotoError: see ``core.services.explain_page.model_findings``.
    """
    from core.services.explain_page import stored_findings

    stored = stored_findings(of, photo, model)
    return stored or _fresh_findings(of, photo, model, of.registry.folder(model).version)


@lru_cache(maxsize=64)
def _fresh_findings(of: Context, photo: Photo, model: str, version: str) -> tuple[Finding, ...]:
    from core.services.explain_page import fresh_findings

    return fresh_findings(of, photo, model)


def store_points(of: Context) -> StorePoints:
    """Every photo in few columns, read again when the store has changed."""
    return _store_points(of, of.store.stamp())


def photo_drift(
    of: Context, until: str, by: str, features_of: str | None = None, *, has_marks: bool = False, measure_quality: bool
) -> PhotoDrift:
    """Drift of all photos, found again when the store has changed.

    Raises:
        ConfigError, NotFoundError, ModelError: see ``core.services.drift.find_photo_drift``.
    """
    return _photo_drift(of, of.store.stamp(), until, by, features_of, has_marks, measure_quality)


def drift_batches(of: Context, by: str) -> dict[str, int]:
    """Batch → photos, counted again when the store has changed."""
    return _drift_batches(of, of.store.stamp(), by)


@lru_cache(maxsize=4)
def _drift_batches(of: Context, stamp: tuple[int, ...], by: str) -> dict[str, int]:
    from core.services import drift

    return drift.drift_batches(of, by)


def overview(of: Context, period: Period) -> Overview:
    """Counts over a period, counted again when the store has changed.

    Raises:
        ConfigError: the period ends before it begins.
    """
    return _overview(of, of.store.stamp(), period)


def photos_without_quality(of: Context) -> tuple[str, ...]:
    """SHA-256 of photos whose quality was not measured yet."""
    return _photos_without_quality(of, of.store.stamp())


@lru_cache(maxsize=8)
def _overview(of: Context, stamp: tuple[int, ...], period: Period) -> Overview:
    from core.services import overview

    return overview.overview(_store_points(of, stamp), period)


@lru_cache(maxsize=1)
def _photos_without_quality(of: Context, stamp: tuple[int, ...]) -> tuple[str, ...]:
    from core.services.photo_quality import kept_quality

    known = kept_quality(of, [point.sha256 for point in _store_points(of, stamp).points])
    return tuple(sha256 for sha256, quality in known.items() if quality is None)


@lru_cache(maxsize=1)  # about 0.5 kB a photo
def _store_points(of: Context, stamp: tuple[int, ...]) -> StorePoints:
    from core.services.overview import read_points

    return read_points(of)


@lru_cache(maxsize=4)
def _photo_drift(
    of: Context,
    stamp: tuple[int, ...],
    until: str,
    by: str,
    features_of: str | None,
    has_marks: bool,
    measure_quality: bool,
) -> PhotoDrift:
    from core.services.drift import find_photo_drift

    return find_photo_drift(
        of, until, by=by, features_of=features_of, has_marks=has_marks, measure_quality=measure_quality
    )


def dataset_thumbnail(file: Path, box: BoxXyxyPx | None) -> bytes:
    """A JPEG of a photo or a box; see ``core.services.dataset_examples.thumbnail``.

    Raises:
        PhotoError: not there, or not a photo.
    """
    changed_ns = file.stat().st_mtime_ns if file.is_file() else 0
    return _thumbnail(file, changed_ns, box)


@lru_cache(maxsize=600)  # 15 kB each
def _thumbnail(file: Path, changed_ns: int, box: BoxXyxyPx | None) -> bytes:
    # Imported here: the first page does not need it.
    from core.services.dataset_examples import thumbnail

    return thumbnail(file, box)


@lru_cache(maxsize=2)  # 50 MB each for 2 × 1,000 photos
def gap_study(settings: Settings, name: str) -> GapStudy:
    """A gap that was measured, which never changes.

    Raises:
        NotFoundError: none of that name.
    """
    from core.services.gap import read_gap

    return read_gap(settings, name)
