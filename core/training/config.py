"""``gridlens train CONFIG.toml``: everything that decides a training run, in one file."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar

from core.errors import ConfigError
from core.training.agreement import check_agreement
from core.training.section_values import check_values
from core.training.sections import AugmentSection, DataSection, FitSection, ModelSection, SearchSection

__all__ = [
    "AugmentSection",
    "DataSection",
    "FitSection",
    "ModelSection",
    "SearchSection",
    "TrainConfig",
    "read_train_config",
]

_SECTIONS = {"model": ModelSection, "data": DataSection, "fit": FitSection, "augment": AugmentSection}
_Section = TypeVar("_Section")


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """A whole training run."""

    path: Path
    model: ModelSection
    data: DataSection
    fit: FitSection = field(default_factory=FitSection)
    augment: AugmentSection = field(default_factory=AugmentSection)
    search: SearchSection = field(default_factory=SearchSection)


def read_train_config(path: Path) -> TrainConfig:
    """Read and check a TOML file. Data paths in it are relative to the working folder.

    Raises:
        ConfigError: the file is missing, is not TOML, has an unknown or missing key, a value of another
            kind than its key takes, or settings that do not go together; the message says which.
    """
    try:
        values = tomllib.loads(path.read_text())
    except FileNotFoundError as error:
        raise ConfigError(f"{path}: expected a TOML file, found nothing") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not valid TOML: {error}") from error
    known = [*_SECTIONS, "search"]
    unknown = sorted(set(values) - set(known))
    if unknown:
        raise ConfigError(f"{path}: unknown section [{unknown[0]}]; expected {', '.join(known)}")
    config = TrainConfig(
        path,
        _section(ModelSection, values.get("model", {}), path, "model"),
        _section(DataSection, values.get("data", {}), path, "data"),
        _section(FitSection, values.get("fit", {}), path, "fit"),
        _section(AugmentSection, values.get("augment", {}), path, "augment"),
        _search(values.get("search", {}), path),
    )
    check_agreement(path, config.model, config.data, config.fit)
    if config.search.trials and config.data.folds:
        raise ConfigError(f"{path}: [search] expected [data] folds = 0 with it, got {config.data.folds}")
    return config


def _section(section: type[_Section], values: Any, path: Path, name: str) -> _Section:
    if not isinstance(values, dict):
        raise ConfigError(f"{path}: expected a section [{name}], got {name} = {values!r}")
    known = [f.name for f in fields(section)]  # type: ignore[arg-type]
    unknown = sorted(set(values) - set(known))
    if unknown:
        raise ConfigError(f"{path}: [{name}] unknown key {unknown[0]!r}; expected some of {', '.join(known)}")
    try:
        return section(**check_values(section, values, f"{path}: [{name}]"))
    except TypeError as error:
        raise ConfigError(f"{path}: [{name}] {error}") from error


def _search(values: dict[str, Any], path: Path) -> SearchSection:
    ranges = {key: value for key, value in values.items() if key != "trials"}
    for key, value in ranges.items():
        section, _, name = key.partition(".")
        if section not in _SECTIONS or name not in {f.name for f in fields(_SECTIONS[section])}:
            raise ConfigError(
                f"{path}: [search] unknown key {key!r}; expected trials or a setting in quotes, "
                'for example "fit.learning_rate"'
            )
        if not isinstance(value, list) or len(value) < 2:
            raise ConfigError(
                f'{path}: [search] {key}: expected [low, high], [low, high, "log"] or a list of choices, got {value!r}'
            )
    plain = {"trials": values.get("trials", 0), "ranges": {key: tuple(value) for key, value in ranges.items()}}
    search = _section(SearchSection, plain, path, "search")
    if bool(search.trials) != bool(search.ranges):
        raise ConfigError(f"{path}: [search] expected both trials and a setting to draw, got {values}")
    return search
