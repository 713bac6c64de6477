"""What came of a training run: its measures by part, folds, trials of a search, and taking its model into use."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.charts.trials import Trial
from core.config import Settings
from core.errors import ConfigError, StoreError
from core.runtime.model_config import load_model_folder
from core.services.training_runs import TrainingRun
from core.training.run_folder import RunFolder

PARTS = ("train", "validation", "test")
TRIALS_FILE = "trials.jsonl"


@dataclass(frozen=True, slots=True)
class ValuePairs:
    """A regression's test photos: true and predicted values, and the half width of its interval."""

    true: tuple[float, ...]
    predicted: tuple[float, ...]
    half_width: float | None


@dataclass(frozen=True, slots=True)
class Confusion:
    """A classifier's test photos: ``counts[true][answer]``."""

    labels: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class RunResult:
    """What a finished run measured, as far as its kind has it.

    Attributes:
        measures: part → measure → value.
        per_label: label → measure → value, on the test part.
        counts: part → photos.
        facts: hours, epochs to the best one, and other single numbers.
        folds: K-fold: measures of each fold.
        spread: K-fold: measure → (mean, standard deviation) over the folds.
        search_measure: what a search made small; "" for no search.
        pairs, confusion: for figures.
    """

    measures: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    per_label: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    facts: Mapping[str, float] = field(default_factory=dict)
    folds: Sequence[Mapping[str, float]] = ()
    spread: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    search_measure: str = ""
    pairs: ValuePairs | None = None
    confusion: Confusion | None = None


def run_result(run: TrainingRun) -> RunResult:
    """Read what a run measured; empty fields where it measured nothing yet, or is of an older make."""
    found = RunFolder(run.folder).result or {"measures": {"test": _old_measures(run.folder)}}
    measures = {part: values for part in PARTS if (values := _mapping(_mapping(found.get("measures")).get(part)))}
    tested = measures.get("test", {})
    folds = [_numbers(_mapping(fold).get("measures", fold)) for fold in found.get("folds") or ()]
    return RunResult(
        measures={part: _numbers(values) for part, values in measures.items()},
        per_label={label: _numbers(values) for label, values in _mapping(tested.get("per_label")).items()},
        counts={part: int(n) for part, n in _numbers(found.get("counts")).items() if part in PARTS},
        facts=_numbers({name: value for name, value in found.items() if name != "counts"}),
        folds=folds,
        spread={name: (tested[name], sd) for name, sd in _numbers(found.get("deviation")).items() if name in tested},
        search_measure=str(_mapping(found.get("search")).get("measure") or ""),
        pairs=_pairs(_mapping(found.get("scatter"))),
        confusion=_confusion(_mapping(found.get("confusion"))),
    )


def run_trials(run: TrainingRun) -> list[Trial]:
    """The trials of a search, in order; the last word on a trial counts."""
    path = run.folder / TRIALS_FILE
    trials: dict[int, Trial] = {}
    for line in path.read_text().splitlines() if path.is_file() else ():
        with suppress(ValueError, KeyError, TypeError):
            record = json.loads(line)
            number, score = int(record["trial"]), record.get("score")
            value = None if score is None else float(score)
            trials[number] = Trial(number, value, dict(record["settings"]), str(record.get("error") or ""))
    return [trials[number] for number in sorted(trials)]


def is_in_use(settings: Settings, run: TrainingRun) -> bool:
    """Whether the run's model lies in the models folder already, this very version."""
    if run.model_dir is None:
        return False
    there = settings.models_dir / run.model_dir.name
    files = ("config.json", "weights.safetensors")
    return all((there / f).is_file() and (there / f).read_bytes() == (run.model_dir / f).read_bytes() for f in files)


def take_into_use(settings: Settings, run: TrainingRun) -> Path:
    """Copy the run's model into the models folder, whole or not at all; it is loaded at the next start.

    Returns:
        The model's folder there.

    Raises:
        ConfigError: the run made no model, or another one has its name and number.
        ModelError: the model folder is incomplete.
        StoreError: the models folder cannot be written to.
    """
    if run.model_dir is None:
        raise ConfigError(f"{run.name}: expected a model folder, this run made none")
    target = settings.models_dir / run.model_dir.name
    if is_in_use(settings, run):
        return target
    load_model_folder(run.model_dir)
    if target.exists():
        raise ConfigError(
            f"{target}: another model has this name and number; train with the next [model] number, or remove that one"
        )
    part = settings.models_dir / f".{target.name}.{os.getpid()}.part"
    try:
        settings.models_dir.mkdir(parents=True, exist_ok=True)
        # A folder without its config is no model yet; whoever looks at the models meanwhile passes it by.
        shutil.copytree(run.model_dir, part, ignore=shutil.ignore_patterns("config.json"))
        shutil.copy2(run.model_dir / "config.json", part)
        os.rename(part, target)
    except OSError as error:
        shutil.rmtree(part, ignore_errors=True)
        raise StoreError(
            f"{target}: cannot be written ({error.strerror or error}); look for room and rights"
        ) from error
    return target


def _old_measures(folder: Path) -> dict[str, Any]:
    """Runs from before ``result.json`` kept the measures on their test photos."""
    with suppress(OSError, ValueError):
        return _mapping(json.loads((folder / "measured.json").read_text()))
    return {}


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _numbers(value: Any) -> dict[str, float]:
    kept = {k: v for k, v in _mapping(value).items() if isinstance(v, int | float) and not isinstance(v, bool)}
    return {name: float(number) for name, number in kept.items()}


def _pairs(found: Mapping[str, Any]) -> ValuePairs | None:
    true, predicted = found.get("true"), found.get("predicted")
    if not true or not predicted or len(true) != len(predicted):
        return None
    width = found.get("half_width")
    return ValuePairs(tuple(map(float, true)), tuple(map(float, predicted)), None if width is None else float(width))


def _confusion(found: Mapping[str, Any]) -> Confusion | None:
    labels, counts = found.get("labels"), found.get("counts")
    if not labels or not counts:
        return None
    return Confusion(tuple(map(str, labels)), tuple(tuple(int(n) for n in row) for row in counts))
