"""Training configs: which there are, making one from a form's answers, checking one, and how several differ."""

from __future__ import annotations

import json
import math
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from core.config import REPOSITORY, Settings
from core.datasets import Task, read_dataset
from core.errors import ConfigError, GridlensError
from core.services.training_runs import CONFIG_FILE, TrainingRun
from core.training.config import TrainConfig, read_train_config
from core.training.parts import read_parts
from core.whole_files import write_whole

SHIPPED_CONFIGS = REPOSITORY / "configs"
SAMPLE_CONFIG = SHIPPED_CONFIGS / "sample-poles.toml"
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,40}")
_ABSENT = "–"
_PROSE = {"model.title", "model.summary", "model.limits", "data.commands"}
Sections = Mapping[str, Mapping[str, Any]]
"""A config as its TOML has it: section → key → value."""


@dataclass(frozen=True, slots=True)
class DatasetFacts:
    """What a form asks no person for, because the CSV says it.

    Attributes:
        path: of the CSV.
        task: classification, detection or regression.
        labels: in use, sorted; empty for a regression.
        counts: photos by label, or by part where the CSV splits them.
        photo_count: photos.
        value_range: least and greatest value of a regression; None otherwise.
    """

    path: Path
    task: Task
    labels: tuple[str, ...]
    counts: Mapping[str, Mapping[str, int]]
    photo_count: int
    value_range: tuple[float, float] | None


def known_configs(settings: Settings) -> list[Path]:
    """Configs that come with Gridlens, then those that were made here, by name."""
    own = own_configs_folder(settings)
    return [*sorted(SHIPPED_CONFIGS.glob("*.toml")), *sorted(own.glob("*.toml"))]


def own_configs_folder(settings: Settings) -> Path:
    """Where configs made with the form are kept."""
    return settings.home / "configs"


def dataset_facts(csv_path: Path) -> DatasetFacts:
    """Read what a dataset CSV can teach.

    Raises:
        ConfigError: it cannot be read; names file, row, expected and received.
    """
    dataset = read_dataset(csv_path)
    values = [row.value for row in dataset.rows if row.value is not None]
    value_range = (math.floor(min(values) * 100) / 100, math.ceil(max(values) * 100) / 100) if values else None
    counts: dict[str, dict[str, int]] = {}
    for rows in dataset.by_photo.values():
        part = counts.setdefault(rows[0].split or "photos", {})
        for label in {row.label or ("values" if values else "without") for row in rows}:
            part[label] = part.get(label, 0) + 1
    return DatasetFacts(csv_path, dataset.task, dataset.labels, counts, len(dataset.by_photo), value_range)


def write_config(settings: Settings, sections: Sections) -> Path:
    """Keep a form's answers as a TOML file under the data folder, checked; one of the same name stays.

    Raises:
        ConfigError: a setting is not what is expected; nothing is kept then.
        StoreError: the file cannot be written.
    """
    name = str(sections.get("model", {}).get("name", ""))
    if not _NAME.fullmatch(name):
        raise ConfigError(
            f"name: expected a letter, then letters, digits, - or _, all small, got {name!r}; for example poles-night"
        )
    text = toml_text(sections)
    folder = own_configs_folder(settings)
    number = 1
    while True:
        path = folder / f"{name}.toml" if number == 1 else folder / f"{name}-{number}.toml"
        if not path.exists() or path.read_text() == text:
            break
        number += 1
    is_new = not path.exists()
    write_whole(path, text)
    try:
        read_train_config(path)
    except ConfigError as error:
        if is_new:
            path.unlink()
        raise ConfigError(str(error).removeprefix(f"{path}: ")) from error
    return path


def toml_text(sections: Sections) -> str:
    """Sections as TOML; None is left out.

    Raises:
        ConfigError: a value is of a kind that TOML does not know.
    """
    lines: list[str] = []
    for section, values in sections.items():
        kept = {key: value for key, value in values.items() if value is not None}
        if kept:
            lines += [f"[{section}]", *(f"{_key(key)} = {_toml(value)}" for key, value in kept.items()), ""]
    return "\n".join(lines)


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else _text(key)


def _text(value: str) -> str:
    # TOML's strings take JSON's escapes; the one sign that JSON leaves alone and TOML forbids is DEL.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float) and math.isfinite(value):
        return repr(value)
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Sequence):
        return f"[{', '.join(_toml(part) for part in value)}]"
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{_key(str(k))} = {_toml(v)}' for k, v in value.items())} }}"
    raise ConfigError(f"setting: expected text, number, truth value or list, got {value!r}")


def check_config(path: Path) -> TrainConfig:
    """Check a config and the photos that it names, as training itself does before it starts.

    Data paths begin at the repository, where trainings run.

    Raises:
        ConfigError: names file, row, expected and received; up to 10 rows in one message.
    """
    config = read_train_config(path)
    data = config.data
    train, test = (tuple(str(REPOSITORY / name) for name in names) for names in (data.train, data.test))
    read_parts(replace(config, data=replace(data, train=train, test=test)))
    return config


def differing_settings(runs: Sequence[TrainingRun]) -> dict[str, list[str]]:
    """Setting → its value in each run, for the settings that are not the same in all of them.

    Defaults count as written; sentences for the card do not count. A run that keeps no config has a dash.
    """
    configs = [_flat_config(run) for run in runs]
    keys = dict.fromkeys(key for config in configs for key in config if key not in _PROSE)
    rows = {key: [config.get(key, _ABSENT) if config else None for config in configs] for key in keys}
    differing = {key: values for key, values in rows.items() if len(set(values) - {None}) > 1}
    return {key: [_ABSENT if value is None else value for value in values] for key, values in differing.items()}


def _flat_config(run: TrainingRun) -> dict[str, str]:
    path = run.folder / CONFIG_FILE
    if not path.is_file():
        return {}
    try:
        config = asdict(read_train_config(path))
    except GridlensError:  # made by another version: as it is written
        try:
            config = tomllib.loads(path.read_text())
        except (tomllib.TOMLDecodeError, UnicodeDecodeError):
            return {}
    sections = {name: values for name, values in config.items() if isinstance(values, Mapping)}
    return {f"{name}.{key}": _words(value) for name, values in sections.items() for key, value in values.items()}


def _words(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(_words(part) for part in value) or _ABSENT
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_words(part)}" for key, part in value.items()) or _ABSENT
    return _ABSENT if value is None or value == "" else str(value)
