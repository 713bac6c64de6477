"""Imports of files and folders on the server as errands: they go on when the page, the browser or the server is gone.

An import is a folder below ``HOME/imports``: its order, how far it is, and its result. One that was stopped or killed
begins anew when it goes on, but frames of videos that are there are not written again.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from core.config import Settings
from core.datasets import DatasetVersion, Problem
from core.datasets.folders import Level
from core.datasets.formats import FORMATS, guess_format
from core.errors import ConfigError, NotFoundError, StoreError
from core.services.dataset_intake import AUTO, FOLDERS, import_dataset, import_folders
from core.services.datasets import DEFAULT_PERSON, dataset_versions
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
from core.whole_files import write_whole

_MODULE = "core.services.dataset_imports"
_EVERY_S = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOrder:
    """What to make a version of; see ``import_dataset`` and ``import_folders``.

    Attributes:
        source: file or folder on the server.
        format_name: one of ``FORMATS``, ``folders`` for folders of classes, or ``auto``.
        name: the dataset's; None for the source's.
        photos_dir: where the photos of annotations are; None for where the format puts them.
        level, per_second, least_distance, sharpest_of, most_blur, one_a_scene: for folders of classes, and which
            frames of the videos in them are kept; see ``core.datasets.frames.FrameRules``.
        person: who does it.
    """

    source: str
    format_name: str = AUTO
    name: str | None = None
    photos_dir: str | None = None
    level: Level = "full"
    per_second: float = 1.0
    least_distance: int = 6
    sharpest_of: int = 1
    most_blur: float = 1.0
    one_a_scene: bool = False
    person: str = DEFAULT_PERSON


@dataclass(frozen=True, slots=True)
class DatasetImport:
    """An import as it stands.

    Attributes:
        number: its folder's name.
        order: what was asked for.
        errand: running, done, failed or stopped, with progress or error.
        version: what it became, where it is done and that was not taken away since.
        is_new: False where these very rows were a version before.
        left_out: files that could not be read, each with its reason.
    """

    number: str
    order: ImportOrder
    errand: ErrandState
    version: DatasetVersion | None = None
    is_new: bool = True
    left_out: tuple[Problem, ...] = ()


def begin_import(settings: Settings, order: ImportOrder) -> DatasetImport:
    """Check what can be checked at once, and start.

    Raises:
        ConfigError: nothing of that name on the server, or an unknown format.
        StoreError: the folder of imports cannot be written.
    """
    known = (AUTO, FOLDERS, *FORMATS)
    if order.format_name not in known:
        raise ConfigError(f"format: expected one of {', '.join(known)}, received {order.format_name!r}")
    if not Path(order.source).exists():
        raise ConfigError(f"{order.source}: expected a file or folder, received nothing of that name")
    folder = _new_folder(_imports_dir(settings))
    write_whole(folder / ORDER_FILE, json.dumps(asdict(order), indent=1))
    begin_errand(settings, folder, _MODULE)
    return import_numbered(settings, folder.name)


def list_imports(settings: Settings) -> list[DatasetImport]:
    """Every import that nobody has put away yet, the newest first."""
    orders = _imports_dir(settings).glob(f"*/{ORDER_FILE}")
    return [_read(settings, path.parent) for path in sorted(orders, reverse=True)]


def import_numbered(settings: Settings, number: str) -> DatasetImport:
    """One import.

    Raises:
        NotFoundError: there is none of that number, or it was put away.
    """
    return _read(settings, _folder(settings, number))


def wait_for_import(settings: Settings, number: str, patience_s: float) -> DatasetImport:
    """The import once it no longer runs, or as it stands after a time in seconds.

    Raises:
        NotFoundError: see ``import_numbered``.
    """
    end_s = time.monotonic() + patience_s
    while (found := import_numbered(settings, number)).errand.state == "running" and time.monotonic() < end_s:
        time.sleep(0.1)
    return found


def resume_import(settings: Settings, number: str) -> DatasetImport:
    """Start one that was stopped or failed again; one that runs or is done stays as it is.

    Raises:
        NotFoundError: see ``import_numbered``.
        StoreError: its folder cannot be written.
    """
    folder = _folder(settings, number)
    if errand_state(folder).state in ("stopped", "failed"):
        begin_errand(settings, folder, _MODULE)
    return _read(settings, folder)


def stop_import(settings: Settings, number: str) -> DatasetImport:
    """Stop it and wait for its end; frames that are finished are kept.

    Raises:
        NotFoundError: see ``import_numbered``.
    """
    folder = _folder(settings, number)
    stop_errand(folder)
    return _read(settings, folder)


def put_away(settings: Settings, number: str) -> None:
    """Forget an import that has ended; its version and its frames stay.

    Raises:
        NotFoundError: see ``import_numbered``.
        ConfigError: it is running.
    """
    folder = _folder(settings, number)
    if errand_state(folder).state == "running":
        raise ConfigError(f"import {number}: is running; stop it first")
    shutil.rmtree(folder, ignore_errors=True)


def work(settings: Settings, folder: Path, on_step: OnStep) -> None:
    """What the process of an import does.

    Raises:
        ConfigError, NotFoundError, StoreError: see ``import_dataset`` and ``import_folders``.
    """
    order = _order(folder)
    source = Path(order.source)
    chosen = guess_format(source) if order.format_name == AUTO else order.format_name
    left_out: tuple[Problem, ...] = ()
    if chosen == FOLDERS:
        found = import_folders(
            settings, source, name=order.name, level=order.level, per_second=order.per_second,
            least_distance=order.least_distance, sharpest_of=order.sharpest_of, most_blur=order.most_blur,
            one_a_scene=order.one_a_scene, person=order.person, on_step=_now_and_then(on_step),
        )  # fmt: skip
        saved, left_out = found.saved, found.problems
    else:
        on_step("Reading the annotations", 0, 1)
        photos_dir = Path(order.photos_dir) if order.photos_dir else None
        saved = import_dataset(
            settings, source, format_name=chosen, name=order.name, photos_dir=photos_dir, person=order.person
        )
    result = {"hash": saved.version.hash, "is_new": saved.is_new, "left_out": [asdict(p) for p in left_out]}
    write_whole(folder / RESULT_FILE, json.dumps(result, indent=1))


def _now_and_then(on_step: OnStep) -> Callable[[int, int, str], None]:
    """For folders, which tell of every frame."""
    said_at = 0.0

    def note(done: int, count: int, words: str) -> None:
        nonlocal said_at
        if time.monotonic() - said_at >= _EVERY_S:
            said_at = time.monotonic()
            on_step(words, done, count)

    return note


def _imports_dir(settings: Settings) -> Path:
    return settings.home / "imports"


def _new_folder(parent: Path) -> Path:
    """An empty folder with the next number; of several who ask at once each gets its own."""
    try:
        parent.mkdir(parents=True, exist_ok=True)
        number = max((int(path.name) for path in parent.iterdir() if path.name.isdigit()), default=0)
        while True:
            number += 1
            try:
                (parent / f"{number:05d}").mkdir()
            except FileExistsError:
                continue
            return parent / f"{number:05d}"
    except OSError as error:
        raise StoreError(
            f"{parent}: cannot be written ({error.strerror or error}); look for room and rights"
        ) from error


def _folder(settings: Settings, number: str) -> Path:
    folder = _imports_dir(settings) / number
    if not number.isdigit() or not (folder / ORDER_FILE).is_file():
        known = ", ".join(one.number for one in list_imports(settings)) or "none, since all were put away"
        raise NotFoundError(f"import {number[:20]!r}: expected one of {known}")
    return folder


def _order(folder: Path) -> ImportOrder:
    return ImportOrder(**json.loads((folder / ORDER_FILE).read_text()))


def _read(settings: Settings, folder: Path) -> DatasetImport:
    order, errand = _order(folder), errand_state(folder)
    if errand.state != "done":
        return DatasetImport(folder.name, order, errand)
    result: dict[str, Any] = json.loads((folder / RESULT_FILE).read_text())
    version = None
    with suppress(NotFoundError):
        version = dataset_versions(settings).version(result["hash"])
    left_out = tuple(Problem(**values) for values in result["left_out"])
    return DatasetImport(folder.name, order, errand, version, result["is_new"], left_out)


if __name__ == "__main__":
    run_errand(work)
