"""A search for better settings with Optuna: each trial a whole fit in its own folder, scored on validation photos."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import optuna
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend

from core.errors import ConfigError, InputError
from core.training.agreement import check_agreement
from core.training.callbacks import OnEvent
from core.training.config import TrainConfig
from core.training.fit import fit_network
from core.training.measuring import validation_score
from core.training.parts import read_parts
from core.training.run_folder import RunFolder, write_lines
from core.training.series import Series

_JOURNAL = "search.journal"


def search(config: TrainConfig, run: RunFolder, on_event: OnEvent | None) -> tuple[TrainConfig, Path, dict[str, Any]]:
    """Try settings until all trials are done; a killed search goes on with the trial that it was in.

    A trial that cannot be fitted (settings that do not go together, a loss that became infinite) fails
    and the search goes on.

    Returns:
        The config of the best trial, the folder of its fit, and what ``result.json`` says of the search.

    Raises:
        ConfigError: every trial failed; names the last reason.
    """
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    storage = JournalStorage(JournalFileBackend(str(run.path / _JOURNAL)))
    study = optuna.create_study(storage=storage, study_name="search", direction="minimize", load_if_exists=True)
    series = Series(run.path, "trial", config.search.trials, on_event)
    while True:
        trial = _next_trial(study, config)
        if trial is None:
            break
        try:
            name, score = _run_trial(apply(config, trial.params), series, trial.number + 1)
            study.set_user_attr("measure", name)
            study.tell(trial.number, score)
        except InputError as error:
            study.set_user_attr(_error_key(trial.number), str(error))
            study.tell(trial.number, state=optuna.trial.TrialState.FAIL)
        _write_trials(run.path, study)
    done = [t for t in study.trials if t.state == optuna.trial.TrialState.COMPLETE]
    if not done:
        raise ConfigError(f"{config.path}: [search] every trial failed; the last: {_error(study, study.trials[-1])}")
    best = study.best_trial
    summary = {
        "trials": len(study.trials),
        "best_trial": best.number + 1,
        "measure": study.user_attrs["measure"],
        "score": best.value,
        "settings": best.params,
    }
    return apply(config, best.params), series.folder(best.number + 1), summary


def apply(config: TrainConfig, parameters: dict[str, Any]) -> TrainConfig:
    """The config with some of its settings replaced.

    Args:
        config: any.
        parameters: ``section.key`` → value.

    Raises:
        ConfigError: the settings do not go together.
    """
    for key, value in parameters.items():
        section, _, name = key.partition(".")
        config = replace(config, **{section: replace(getattr(config, section), **{name: value})})
    check_agreement(config.path, config.model, config.data, config.fit)
    return config


def distributions(config: TrainConfig) -> dict[str, optuna.distributions.BaseDistribution]:
    """What each setting of [search] is drawn from.

    Raises:
        ConfigError: a range whose low is not under its high, or a logarithmic one from 0.
    """
    return {key: _distribution(config.path, key, values) for key, values in config.search.ranges.items()}


def _distribution(path: Path, key: str, values: tuple[Any, ...]) -> optuna.distributions.BaseDistribution:
    is_log = len(values) == 3 and values[2] == "log"
    ends = values[:2] if is_log else values
    numbers = all(isinstance(v, int | float) and not isinstance(v, bool) for v in ends)
    if not numbers or len(ends) > 2:
        return optuna.distributions.CategoricalDistribution(values)
    low, high = ends
    if not low < high or (is_log and low <= 0):
        raise ConfigError(f"{path}: [search] {key}: expected low under high (over 0 for log), got {list(values)}")
    if isinstance(low, int) and isinstance(high, int):
        return optuna.distributions.IntDistribution(low, high, log=is_log)
    return optuna.distributions.FloatDistribution(float(low), float(high), log=is_log)


def _next_trial(study: optuna.Study, config: TrainConfig) -> Any:
    """The trial that a killed search was in, else a new one; None once there are enough."""
    for trial in study.trials:
        if trial.state == optuna.trial.TrialState.RUNNING and trial.params:
            return trial
        if trial.state == optuna.trial.TrialState.RUNNING:  # killed between asking and drawing
            study.tell(trial.number, state=optuna.trial.TrialState.FAIL)
    number = len(study.trials)
    if number >= config.search.trials:
        return None
    # A sampler of its own for each trial, so that a search that was killed draws what it would have drawn.
    study.sampler = optuna.samplers.TPESampler(seed=config.fit.seed + number)
    return study.ask(distributions(config))


def _run_trial(config: TrainConfig, series: Series, number: int) -> tuple[str, float]:
    parts = read_parts(config)
    fitted = fit_network(config, parts.train, parts.validation, series.folder(number), series.listener(number))
    name, score = validation_score(config, fitted.network, parts.validation)
    keras.backend.clear_session()
    return name, score


def _write_trials(run_dir: Path, study: optuna.Study) -> None:
    records = [
        {
            "trial": trial.number + 1,
            "score": trial.value,
            "settings": trial.params,
            "status": trial.state.name.lower(),
            "error": _error(study, trial),
        }
        for trial in study.trials
    ]
    write_lines(run_dir / "trials.jsonl", records)


def _error_key(number: int) -> str:
    return f"error of trial {number}"


def _error(study: optuna.Study, trial: optuna.trial.FrozenTrial) -> str | None:
    """Why a trial failed; None where it did not. Kept with the study: a trial taken up again cannot hold it."""
    found: str | None = study.user_attrs.get(_error_key(trial.number))
    return found
