"""Labelled photos to compare with: which there are, and how far they have been read."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from core.compare.descriptors import Describer
from core.compare.index import PhotoIndex
from core.config import Settings
from core.services.compare import make_describer
from core.services.datasets import dataset_versions
from core.services.errands import (
    ORDER_FILE,
    RESULT_FILE,
    ErrandState,
    OnStep,
    begin_errand,
    errand_state,
    run_errand,
    stop_errand,
)
from core.services.photo_library import Library, labelled_photos, open_library
from core.services.photo_sets import DATASET
from core.services.samples import SAMPLE_DATA
from core.whole_files import write_whole

MOST_UNREAD = 120  # read while somebody waits; more goes on by itself
SAMPLES = {"poles.csv": "Sample poles", "top_caps.csv": "Sample top caps", "shackles.csv": "Sample shackles"}


def known_libraries(settings: Settings) -> dict[str, str]:
    """What can be compared with: path of a dataset CSV → words; versions first, the newest of each name."""
    folder = dataset_versions(settings)
    found: dict[str, str] = {}
    names: set[str] = set()
    for one in folder.versions():
        if one.name not in names:
            names.add(one.name)
            found[str(folder.csv_path(one.hash))] = f"{one.name} ({one.photo_count} photos)"
    return found | {str(SAMPLE_DATA / name): words for name, words in SAMPLES.items() if (SAMPLE_DATA / name).is_file()}


def library_source(settings: Settings, reference: str) -> Path:
    """What a word stands for: the path of a dataset CSV or folder, or ``dataset:NAME`` for a version.

    Raises:
        NotFoundError: no such version.
    """
    if not reference.startswith(DATASET):
        return Path(reference).expanduser()
    versions = dataset_versions(settings)
    return versions.csv_path(versions.version(reference.removeprefix(DATASET)).hash)


def unread_count(settings: Settings, source: Path, describer: Describer) -> int:
    """How many photos of a library are not in the index yet; changed ones are not counted.

    Raises:
        ConfigError: the dataset is wrong.
    """
    index = PhotoIndex(settings.home / "compare", describer, settings.max_pixels)
    return sum(index.row(file) is None and not index.error(file) for file in labelled_photos(source)[0])


def asked_library(settings: Settings, source: Path, describer: Describer) -> Library | ErrandState:
    """A library for somebody who asks again and again: read now where few photos are new, else in the background.

    Args:
        settings: where the index is.
        source: dataset CSV or folder.
        describer: of every installed model; see ``make_describer``.

    Returns:
        The library; or how far it has been read, by a process that this has begun.

    Raises:
        ConfigError, NotFoundError, StoreError: see ``open_library``.
    """
    state = reading_state(settings, source)
    if state.state != "running" and unread_count(settings, source, describer) <= MOST_UNREAD:
        return open_library(settings, source, describer)
    if state.state != "running":
        begin_reading(settings, source)
    return reading_state(settings, source)


def begin_reading(settings: Settings, source: Path) -> None:
    """Read a library's photos in a process of its own, with the features of every installed model.

    Raises:
        StoreError: the folder cannot be written.
    """
    place = _place(settings, source)
    (place / RESULT_FILE).unlink(missing_ok=True)
    write_whole(place / ORDER_FILE, json.dumps({"source": str(source)}))
    begin_errand(settings, place, "core.services.libraries")


def stop_reading(settings: Settings, source: Path) -> None:
    """Stop; photos that were read stay in the index."""
    stop_errand(_place(settings, source))


def reading_state(settings: Settings, source: Path) -> ErrandState:
    """How far that is."""
    return errand_state(_place(settings, source))


def _place(settings: Settings, source: Path) -> Path:
    return settings.home / "compare" / "reading" / hashlib.sha256(str(source.absolute()).encode()).hexdigest()[:12]


def _read(settings: Settings, place: Path, on_step: OnStep) -> None:
    source = Path(json.loads((place / ORDER_FILE).read_text())["source"])
    library = open_library(
        settings, source, make_describer(settings), lambda done, total: on_step("reading photos", done, total)
    )
    write_whole(place / RESULT_FILE, json.dumps({"count": len(library.paths), "failed": len(library.failed)}))


if __name__ == "__main__":
    run_errand(_read)
