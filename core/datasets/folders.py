"""A class hierarchy from folders: ``body/engine/handbrake/*.mp4`` are videos of the class ``body/engine/handbrake``."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from core.datasets.frames import FrameRules, keep_frames
from core.datasets.photos import photo_facts
from core.datasets.problems import Problem
from core.datasets.rows import Dataset, DatasetRow
from core.errors import ConfigError, PhotoError
from core.imaging.video import VIDEO_ENDINGS

PHOTO_ENDINGS = frozenset({".jpg", ".jpeg", ".jpe", ".png", ".tif", ".tiff", ".webp"})
Level = int | Literal["leaf", "full"]
SPLIT_FOLDERS = {
    "train": "train",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "test": "test",
}


@dataclass(frozen=True, slots=True)
class FolderRules:
    """How folders become classes.

    Attributes:
        level: ``leaf`` (the last folder's name), ``full`` (all of them, ``body/engine/handbrake``), or the
            number of folders that count, from the top.
        frames: what becomes of videos.
        frames_folder: where their frames lie.
    """

    frames_folder: Path
    level: Level = "full"
    frames: FrameRules = field(default_factory=FrameRules)


@dataclass(frozen=True, slots=True, eq=False)
class FolderScan:
    """What folders became.

    Attributes:
        dataset: classification rows with absolute paths; ``group`` is the video for frames, and empty for photos.
        problems: files that could not be read or lie in no class folder; the others are in the dataset.
        videos: how many were read.
        dropped, blurred: frames left out as near-duplicates, and as too blurred.
    """

    dataset: Dataset
    problems: tuple[Problem, ...]
    videos: int
    dropped: int
    blurred: int = 0


def scan_folders(
    root: Path, rules: FolderRules, on_progress: Callable[[int, int, str], None] | None = None
) -> FolderScan:
    """Read every photo and video below a folder; the folders that it lies in are its class.

    Where the uppermost folders are only ``train``, ``val``, ``validation`` and ``test``, they are splits.
    Hidden files and folders are skipped, and so are endings of neither photos nor videos.

    Args:
        root: the folder whose subfolders are classes.
        rules: which level of folders counts, and which frames of videos.
        on_progress: called with (files done, files, the file's name with what goes on in it).

    Raises:
        ConfigError: no such folder, no photo or video below it, or a level that is none.
        StoreError: disk full while frames are written.
    """
    if not root.is_dir():
        raise ConfigError(
            f"{root}: expected a folder, received {'a file' if root.exists() else 'nothing of that name'}"
        )
    check_level(rules.level)
    files = list(_files(root))
    if not files:
        raise ConfigError(f"{root}: expected folders of photos or videos, received none")
    has_splits = {file.relative_to(root).parts[0] for file in files} <= SPLIT_FOLDERS.keys()
    scan = _Scan(root, rules, has_splits)
    for done, file in enumerate(files):
        if on_progress:
            on_progress(done, len(files), file.name)
        scan.read(file, _frame_words(on_progress, done, len(files), file.name))
    if on_progress:
        on_progress(len(files), len(files), "")
    return FolderScan(
        Dataset("classification", tuple(scan.rows), root), tuple(scan.problems), scan.videos, scan.dropped, scan.blurred
    )


@dataclass(slots=True)
class _Scan:
    root: Path
    rules: FolderRules
    has_splits: bool
    rows: list[DatasetRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    classes: dict[str, str] = field(default_factory=dict)
    videos: int = 0
    dropped: int = 0
    blurred: int = 0

    def read(self, file: Path, on_frame: Callable[[int, int], None] | None) -> None:
        folders = file.relative_to(self.root).parts[:-1]
        split = SPLIT_FOLDERS[folders[0]] if self.has_splits else ""
        label = class_of(folders[1:] if self.has_splits else folders, self.rules.level)
        if not label:
            self.problems.append(Problem(str(file), None, "a folder that names the class", "a file outside of any"))
            return
        try:
            if file.suffix.lower() in VIDEO_ENDINGS:
                self._read_video(file, label, split, on_frame)
            else:
                self._add(file, label, split, "", photo_facts(file, file.name).captured_at)
        except PhotoError as error:
            self.problems.append(Problem(str(file), None, "a photo or video", f"an unreadable file ({error})"))

    def _read_video(self, file: Path, label: str, split: str, on_frame: Callable[[int, int], None] | None) -> None:
        found = keep_frames(file, self.rules.frames_folder, self.rules.frames, on_frame)
        self.videos += 1
        self.dropped += found.dropped
        self.blurred += found.blurred
        for frame in found.frames:
            self._add(frame.file, label, split, file.relative_to(self.root).as_posix(), frame.captured_at)

    def _add(self, file: Path, label: str, split: str, group: str, moment: datetime | None) -> None:
        path = Path(os.path.abspath(file)).as_posix()
        known = self.classes.setdefault(path, label)
        if known != label:  # frames are named by their video's content
            received = f"the same video as of {known}" if group else known
            self.problems.append(Problem(group or path, None, f"a video of {label} alone", received))
            return
        self.rows.append(DatasetRow(path, label, split=split, group=group, captured_at=moment))


def class_of(folders: tuple[str, ...], level: Level) -> str:
    """The class that folders name, uppermost first; "" where there are none."""
    if level == "leaf":
        return folders[-1] if folders else ""
    return "/".join(folders if level == "full" else folders[:level])


def level_mapping(labels: tuple[str, ...], level: Level) -> dict[str, str]:
    """For ``Merge``: path labels (``body/engine/handbrake``) → the class at another level of the same hierarchy.

    Raises:
        ConfigError: a level that is none.
    """
    check_level(level)
    mapping = {label: class_of(tuple(label.split("/")), level) for label in labels}
    return {label: short for label, short in mapping.items() if short != label}


def check_level(level: Level) -> None:
    """Refuse what is not a level.

    Raises:
        ConfigError: neither ``leaf``, ``full`` nor a number from 1.
    """
    if level not in ("leaf", "full") and not (isinstance(level, int) and level >= 1):
        raise ConfigError(f"level: expected leaf, full or a number of folders from 1, received {level!r}")


def _files(root: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith(".") and Path(name).suffix.lower() in PHOTO_ENDINGS | VIDEO_ENDINGS:
                yield Path(folder, name)


def _frame_words(
    on_progress: Callable[[int, int, str], None] | None, done: int, count: int, name: str
) -> Callable[[int, int], None] | None:
    if on_progress is None:
        return None
    return lambda frame, frames: on_progress(done, count, f"{name}, frame {frame}" + (f"/{frames}" if frames else ""))
