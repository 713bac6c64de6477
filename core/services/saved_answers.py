"""Answers of a model version on labelled photos, kept in a folder, so that pages read curves without running it.

``NAME/about.json`` says whose answers these are and is written last; ``answers.csv`` (or COCO results) and
``truth.csv`` (or COCO instances) are what ``gridlens curves`` reads; ``photos.csv`` tells what can be said of each
photo: hash, day, camera, position, quality, and every further column of the dataset.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from core.config import REPOSITORY, Settings
from core.errors import ConfigError, NotFoundError, StoreError
from core.whole_files import write_whole

Kind = Literal["class", "box", "value"]

SAMPLE_ANSWERS = REPOSITORY / "sample_data" / "answers"
ABOUT_FILE = "about.json"
PHOTOS_FILE = "photos.csv"
_SAMPLE_ORDER: dict[Kind, int] = {"box": 0, "class": 1, "value": 2}
_NAME = re.compile(r"[^\W_][\w.+-]{0,79}")


@dataclass(frozen=True, slots=True, eq=False)
class SavedAnswers:
    """One folder of answers.

    Attributes:
        folder: where it lies; its name is the answers' name.
        kind: labels of whole photos, boxes, or values.
        model, number, version: whose answers; "" and 0 where another program's.
        title: what the model is called, or the answers where it has no name.
        labels: in the model's order; () for whatever occurs.
        dataset: as it was named when this was made.
        photos_dir: the folder that paths of photos begin at.
        photo_count, failed_count: photos that were answered, and that could not be read.
        made_at: UTC.
        answers_file, truth_file: names in ``folder``.
        multi_label: any number of labels may hold at once.
        calibration, conformal, thresholds: of the model, as its config had them.
    """

    folder: Path
    kind: Kind
    model: str
    number: int
    version: str
    title: str
    labels: tuple[str, ...]
    dataset: str
    photos_dir: Path
    photo_count: int
    failed_count: int
    made_at: datetime
    answers_file: str = "answers.csv"
    truth_file: str = "truth.csv"
    multi_label: bool = False
    calibration: Mapping[str, float] = field(default_factory=dict)
    conformal: Mapping[str, float] = field(default_factory=dict)
    thresholds: Mapping[str, float] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.folder.name


def answers_dir(settings: Settings) -> Path:
    """Where new answers are kept."""
    return settings.home / "answers"


def new_answers_dir(settings: Settings, name: str) -> Path:
    """The folder of that name among one's own answers; it need not be there.

    Raises:
        ConfigError: the name is not one, a path for example.
    """
    if not _NAME.fullmatch(name):
        raise ConfigError(f"answers: expected a name of letters, digits and . + - _, received {name[:80]!r}")
    return answers_dir(settings) / name


def require_new(folder: Path) -> None:
    """Refuse a folder that is there already, or whose name is none, before long work is done for it.

    Raises:
        ConfigError: see above.
    """
    if not _NAME.fullmatch(folder.name):
        raise ConfigError(f"answers: expected a name of letters, digits and . + - _, received {folder.name!r}")
    if folder.exists():
        raise ConfigError(f"{folder}: is there already; choose another name, or delete it first")


def list_answers(settings: Settings) -> tuple[tuple[SavedAnswers, ...], tuple[str, ...]]:
    """All saved answers, the newest first; and of folders that cannot be read, why.

    The shipped ones come last, boxes before labels and values: they show most of what there is to see.
    """
    found: list[SavedAnswers] = []
    problems: list[str] = []
    for parent in (answers_dir(settings), SAMPLE_ANSWERS):
        mine: list[SavedAnswers] = []
        for about in parent.glob(f"[!.]*/{ABOUT_FILE}"):
            try:
                mine.append(read_about(about.parent))
            except ConfigError as error:
                problems.append(str(error))
        if parent == SAMPLE_ANSWERS:
            found += sorted(mine, key=lambda one: (_SAMPLE_ORDER[one.kind], one.name))
        else:
            found += sorted(mine, key=lambda one: (-one.made_at.timestamp(), one.name))
    return tuple(found), tuple(problems)


def find_answers(settings: Settings, name: str) -> SavedAnswers:
    """Saved answers by their name; of equal names, one's own before the shipped one.

    Raises:
        NotFoundError: no such answers; the message lists those that exist.
        ConfigError: their ``about.json`` is damaged.
    """
    for parent in (answers_dir(settings), SAMPLE_ANSWERS):
        if _NAME.fullmatch(name) and (parent / name / ABOUT_FILE).is_file():
            return read_about(parent / name)
    known = ", ".join(dict.fromkeys(one.name for one in list_answers(settings)[0])) or "none yet"
    raise NotFoundError(f"answers {name[:80]!r}: expected one of {known}; make some with gridlens evaluate --save")


def read_about(folder: Path) -> SavedAnswers:
    """Read a folder's ``about.json``.

    Raises:
        ConfigError: it is missing, or not what ``write_answers`` writes.
    """
    path = folder / ABOUT_FILE
    try:
        told: dict[str, Any] = json.loads(path.read_text())
        return SavedAnswers(
            folder=folder,
            kind=_kind(told["kind"]),
            model=str(told["model"]),
            number=int(told["number"]),
            version=str(told["version"]),
            title=str(told["title"]),
            labels=tuple(str(label) for label in told["labels"]),
            dataset=str(told["dataset"]),
            photos_dir=(folder / str(told["photos"])).resolve(),
            photo_count=int(told["photo_count"]),
            failed_count=int(told["failed_count"]),
            made_at=datetime.fromisoformat(told["made_at"]).astimezone(UTC),
            answers_file=Path(str(told["answers_file"])).name,
            truth_file=Path(str(told["truth_file"])).name,
            multi_label=bool(told["multi_label"]),
            calibration=_numbers(told["calibration"]),
            conformal=_numbers(told["conformal"]),
            thresholds=_numbers(told["thresholds"]),
        )
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise ConfigError(f"{path}: expected a description of answers, received something else ({error!r})") from error


def write_answers(saved: SavedAnswers, files: Mapping[str, str | bytes]) -> SavedAnswers:
    """Write a new folder of answers; it is there whole or not at all.

    Args:
        saved: its folder must not exist.
        files: name → content of ``answers_file``, ``truth_file`` and ``photos.csv``.

    Raises:
        ConfigError: the name is not one, or something of that name is there.
        StoreError: disk full or folder not writable; nothing is left behind.
    """
    require_new(saved.folder)
    making = saved.folder.with_name(f".{saved.name}.{os.getpid()}")
    try:
        for name, content in files.items():
            write_whole(making / name, content, is_durable=False)
        write_whole(making / ABOUT_FILE, json.dumps(_about(saved), indent=1, ensure_ascii=False, allow_nan=False))
        making.rename(saved.folder)
    except OSError as error:
        raise StoreError(f"{saved.folder}: cannot be written ({error.strerror or error}); make room") from error
    finally:
        shutil.rmtree(making, ignore_errors=True)
    return read_about(saved.folder)


def _about(saved: SavedAnswers) -> dict[str, Any]:
    return {
        "kind": saved.kind,
        "model": saved.model,
        "number": saved.number,
        "version": saved.version,
        "title": saved.title,
        "labels": list(saved.labels),
        "dataset": saved.dataset,
        "photos": _photos_reference(saved),
        "photo_count": saved.photo_count,
        "failed_count": saved.failed_count,
        "made_at": saved.made_at.isoformat(timespec="seconds"),
        "answers_file": saved.answers_file,
        "truth_file": saved.truth_file,
        "multi_label": saved.multi_label,
        "calibration": dict(saved.calibration),
        "conformal": dict(saved.conformal),
        "thresholds": dict(saved.thresholds),
    }


def _photos_reference(saved: SavedAnswers) -> str:
    """Relative where photos lie around the answers, so that both move together; else absolute."""
    photos, folder = saved.photos_dir.resolve(), saved.folder.resolve()
    near = folder.is_relative_to(photos) or photos.is_relative_to(folder.parent.parent)
    return Path(os.path.relpath(photos, folder)).as_posix() if near else photos.as_posix()


def _kind(word: object) -> Kind:
    if word not in ("class", "box", "value"):
        raise ValueError(f"kind {word!r}")
    return word  # type: ignore[return-value]


def _numbers(told: Mapping[str, Any]) -> dict[str, float]:
    return {str(name): float(value) for name, value in told.items()}
