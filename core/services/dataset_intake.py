"""New datasets: from files of other tools, from folders, and the shipped samples."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from core.config import Settings
from core.datasets import Origin, Problem, SavedVersion
from core.datasets.folders import FolderRules, Level, scan_folders
from core.datasets.formats import FORMATS, guess_format, read_format
from core.datasets.frames import FrameRules
from core.errors import ConfigError
from core.services.datasets import DEFAULT_PERSON, dataset_versions, settled
from core.services.samples import SAMPLE_DATA
from core.store.names import clean_name

AUTO, FOLDERS = "auto", "folders"
SAMPLE_NAMES = {"poles": "sample poles", "top_caps": "sample top caps", "shackles": "sample shackles"}

OnStep = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class FolderImport:
    """What folders became.

    Attributes:
        saved: the version.
        problems: files that were left out, each with its reason.
        videos: how many were read.
        dropped, blurred: frames left out as near-duplicates, and as too blurred.
    """

    saved: SavedVersion
    problems: tuple[Problem, ...]
    videos: int
    dropped: int
    blurred: int = 0


def import_dataset(
    settings: Settings,
    source: Path,
    *,
    format_name: str = AUTO,
    name: str | None = None,
    photos_dir: Path | None = None,
    parent: str | None = None,
    person: str = DEFAULT_PERSON,
) -> SavedVersion:
    """Make a version of a file or folder of annotations; the photos stay where they are.

    Args:
        settings: where versions go.
        source: see the format.
        format_name: one of ``FORMATS``, or ``auto``.
        name: the dataset's; None for the parent's, or else the file's.
        photos_dir: where the photos are; None for where the format puts them.
        parent: version that this one corrects (a CSV that was exported, edited and comes back).
        person: who does it.

    Raises:
        ConfigError: entries are wrong; the message names up to 10 with file, row, expected and received.
        NotFoundError: no such parent.
        StoreError: disk full.
    """
    if not source.exists():
        raise ConfigError(f"{source}: expected a file or folder, received nothing of that name")
    chosen = guess_format(source) if format_name == AUTO else format_name
    if chosen == FOLDERS:
        raise ConfigError(f"{source}: expected annotations, received folders of classes; read them with from-folders")
    dataset = read_format(source, chosen, photos_dir)
    versions = dataset_versions(settings)
    before = versions.version(parent) if parent else None
    own_name = name or (before.name if before else name_of(source))
    operation = {"name": "import", "format": chosen, "source": source.name}
    origin = Origin(
        own_name,
        f"imported {source.name} ({FORMATS[chosen].title})",
        (before.hash,) if before else (),
        operation,
        person,
    )
    return versions.save(settled(dataset, settings.datasets_dir), origin)


def import_csv(
    settings: Settings,
    data: bytes,
    file_name: str,
    *,
    name: str | None = None,
    photos_dir: Path | None = None,
    parent: str | None = None,
    person: str = DEFAULT_PERSON,
) -> SavedVersion:
    """Make a version of a dataset CSV that was sent.

    Args:
        settings: where versions go.
        data: the file's bytes.
        file_name: what the person calls it, for messages.
        name, parent, person: as ``import_dataset``.
        photos_dir: where relative paths begin; None for the folder of the versions, so that a version's own CSV
            can be edited and sent back.

    Raises:
        ConfigError, NotFoundError, StoreError: as ``import_dataset``.
    """
    shown = clean_name(file_name)
    with tempfile.TemporaryDirectory(prefix="gridlens-csv-") as folder:
        file = Path(folder) / (shown if shown.lower().endswith(".csv") else f"{shown}.csv")
        file.write_bytes(data)
        if photos_dir is None:
            photos_dir = settings.datasets_dir
            photos_dir.mkdir(parents=True, exist_ok=True)
        try:
            return import_dataset(
                settings, file, format_name="csv", name=name, photos_dir=photos_dir, parent=parent, person=person
            )
        except ConfigError as error:
            raise ConfigError(str(error).replace(f"{folder}/", "")) from error


def import_folders(
    settings: Settings,
    root: Path,
    *,
    name: str | None = None,
    level: Level = "full",
    per_second: float = 1.0,
    least_distance: int = 6,
    sharpest_of: int = 1,
    most_blur: float = 1.0,
    one_a_scene: bool = False,
    person: str = DEFAULT_PERSON,
    on_step: OnStep | None = None,
) -> FolderImport:
    """Make a version of folders whose names are classes; videos in them give frames.

    Files that cannot be read are left out and named; the others become the version.

    Args:
        settings: where versions and frames go.
        root: the folder whose subfolders are classes.
        name: the dataset's; None for the folder's.
        level: which folders make the class, see ``FolderRules``.
        per_second: frames looked at, a second of video.
        least_distance: bits of 64 in which a frame differs at least from those kept before.
        sharpest_of, most_blur, one_a_scene: which of the frames looked at are kept, see ``FrameRules``.
        person: who does it.
        on_step: called with (files done, files, what goes on).

    Raises:
        ConfigError: no such folder, nothing to read in it, or a rule is out of range.
        StoreError: disk full.
    """
    frames = FrameRules(per_second, least_distance, settings.max_pixels, sharpest_of, most_blur, one_a_scene)
    scan = scan_folders(root, FolderRules(settings.datasets_dir / "frames", level, frames), on_step)
    words = f"read folders of {root.name}, {_level_words(level)}"
    if scan.videos:
        videos = f"{scan.videos} video{'' if scan.videos == 1 else 's'}"
        rate = f"one a scene of {per_second:g}" if one_a_scene else f"{per_second:g}"
        sharpest = f", the sharpest of {sharpest_of}" if sharpest_of > 1 else ""
        words += f"; {videos}, {rate} a second{sharpest}, {scan.dropped} near-duplicates left out"
        words += f", {scan.blurred} blurred ones" if most_blur < 1 else ""
    operation = {
        "name": "from-folders", "source": str(root.absolute()), "level": level, "per_second": per_second,
        "least_distance": least_distance, "sharpest_of": sharpest_of, "most_blur": most_blur,
        "one_a_scene": one_a_scene,
    }  # fmt: skip
    origin = Origin(name or name_of(root), words, (), operation, person)
    saved = dataset_versions(settings).save(settled(scan.dataset, settings.datasets_dir), origin)
    return FolderImport(saved, scan.problems, scan.videos, scan.dropped, scan.blurred)


def add_sample_datasets(settings: Settings, folder: Path = SAMPLE_DATA) -> list[SavedVersion]:
    """The shipped photos with their truth, as one dataset each of pole types, top caps and wear.

    Raises:
        ConfigError: the files are not there.
        StoreError: disk full.
    """
    return [
        import_dataset(settings, folder / f"{stem}.csv", format_name="csv", name=name)
        for stem, name in SAMPLE_NAMES.items()
    ]


def name_of(source: Path) -> str:
    """A dataset's name from a file's: what does not belong into one becomes a space."""
    stem = source.absolute().parent.name if source.stem in ("dataset", "annotations", "data") else source.stem
    kept = " ".join("".join(c if c.isalnum() or c in "_.+()-" else " " for c in stem).strip("_.+()- ").split())
    return kept[:60].strip() or "dataset"


def _level_words(level: Level) -> str:
    if isinstance(level, int):
        return f"class = first {level} of the folders' names"
    return "class = last folder's name" if level == "leaf" else "class = all folders' names"
