"""Evaluations in the background: what page and API start and watch. ``python -m core.services.evaluation_runs FOLDER``.

An order lies in ``evaluations/NAME`` under Gridlens's home; what it comes to are saved answers of that name.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from core.config import Settings
from core.errors import ConfigError, NotFoundError, StoreError
from core.runtime.model_config import ModelFolder, find_model
from core.services.answer_writing import save_evaluation
from core.services.errands import (
    ORDER_FILE,
    RESULT_FILE,
    ErrandState,
    OnStep,
    begin_errand,
    errand_state,
    list_errands,
    run_errand,
    stop_errand,
)
from core.services.evaluate import check_dataset, evaluate_model
from core.services.saved_answers import list_answers, new_answers_dir, require_new
from core.whole_files import write_whole

_STEP = "photos answered"


@dataclass(frozen=True, slots=True)
class EvaluationOrder:
    """What is to be measured.

    Attributes:
        model: ``topcap``, ``topcap-v2`` or a version hash.
        dataset: absolute path of a dataset CSV.
        windows: the photos are windows at the scale that a detector works at.
    """

    model: str
    dataset: str
    windows: bool = False


@dataclass(frozen=True, slots=True)
class EvaluationRun:
    """An evaluation that was asked for, and how it stands; ``name`` is that of the answers to come."""

    name: str
    order: EvaluationOrder
    state: ErrandState


def suggested_name(settings: Settings, model: ModelFolder, dataset: Path) -> str:
    """A free name: ``topcap-v2_night_flights``, or with a number behind it."""
    stem = dataset.parent.name if dataset.name == "dataset.csv" else dataset.stem
    wanted = f"{model.config.name}-v{model.config.number}_{stem}"[:70]
    taken = {one.name for one in list_answers(settings)[0]}
    number, name = 1, wanted
    while name in taken or new_answers_dir(settings, name).exists() or (_runs_dir(settings) / name).exists():
        number += 1
        name = f"{wanted}_{number}"
    return name


def begin_evaluation(settings: Settings, name: str, order: EvaluationOrder) -> EvaluationRun:
    """Check an order and begin it in a process of its own.

    Args:
        settings: models, and where answers are kept.
        name: of the answers to come.
        order: what to measure.

    Raises:
        ConfigError: the name is none or taken, or the dataset is not fit for the model; names file and row.
        NotFoundError: no such model.
        StoreError: the order cannot be written.
    """
    require_new(new_answers_dir(settings, name))
    place = _runs_dir(settings) / name
    if place.exists():
        raise ConfigError(f"evaluation {name}: is there already; choose another name, or remove it first")
    folder = find_model(settings.models_dir, order.model)
    check_dataset(Path(order.dataset), folder)
    exact = EvaluationOrder(f"{folder.config.name}-v{folder.config.number}", order.dataset, order.windows)
    try:
        write_whole(place / ORDER_FILE, json.dumps(asdict(exact), indent=1))
    except OSError as error:
        raise StoreError(f"{place}: cannot be written ({error.strerror or error}); make room") from error
    return resume_evaluation(settings, name)


def resume_evaluation(settings: Settings, name: str) -> EvaluationRun:
    """Begin again what was stopped or failed; nothing where it runs or is done.

    Raises:
        NotFoundError: none of that name.
    """
    run = evaluation_run(settings, name)
    if run.state.state in ("failed", "stopped"):
        begin_errand(settings, _runs_dir(settings) / run.name, "core.services.evaluation_runs")
    return evaluation_run(settings, name)


def stop_evaluation(settings: Settings, name: str) -> EvaluationRun:
    """Stop; nothing is kept but the order.

    Raises:
        NotFoundError: none of that name.
    """
    stop_errand(_runs_dir(settings) / evaluation_run(settings, name).name)
    return evaluation_run(settings, name)


def remove_evaluation(settings: Settings, name: str) -> None:
    """Stop and forget an order; answers that it came to stay.

    Raises:
        NotFoundError: none of that name.
    """
    shutil.rmtree(_runs_dir(settings) / stop_evaluation(settings, name).name)


def evaluation_run(settings: Settings, name: str) -> EvaluationRun:
    """An evaluation that was asked for.

    Raises:
        NotFoundError: none of that name.
    """
    place = _runs_dir(settings) / Path(name).name
    try:
        order = EvaluationOrder(**json.loads((place / ORDER_FILE).read_text()))
    except (OSError, ValueError, TypeError) as error:
        raise NotFoundError(f"evaluation {name[:80]!r}: expected one that was begun, found none") from error
    return EvaluationRun(place.name, order, errand_state(place))


def list_evaluations(settings: Settings) -> list[EvaluationRun]:
    """All evaluations that were asked for and not removed, the newest first."""
    return list_errands(_runs_dir(settings), partial(evaluation_run, settings))


def _runs_dir(settings: Settings) -> Path:
    return settings.home / "evaluations"


def _evaluate(settings: Settings, place: Path, on_step: OnStep) -> None:
    order = evaluation_run(settings, place.name).order
    folder, dataset = find_model(settings.models_dir, order.model), Path(order.dataset)
    evaluation = evaluate_model(
        folder,
        dataset,
        windows=order.windows,
        max_pixels=settings.max_pixels,
        on_progress=lambda done, count: on_step(_STEP, done, count),
    )
    on_step("keeping the answers", 0, 1)
    saved = save_evaluation(evaluation, folder, dataset, new_answers_dir(settings, place.name))
    write_whole(place / RESULT_FILE, json.dumps({"answers": saved.name, "photos": saved.photo_count}))


if __name__ == "__main__":
    run_errand(_evaluate)
