"""One training run from its config to a model folder: what ``gridlens train`` calls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from core.config import read_settings
from core.networks.architecture import feature_layer
from core.runtime.model_config import InputConfig, ModelConfig, ModelFolder, load_model_folder
from core.training.callbacks import OnEvent
from core.training.card import write_card
from core.training.config import TrainConfig, read_train_config
from core.training.export import write_model_folder
from core.training.fit import Fitted, fit_network
from core.training.folds import run_folds
from core.training.learner import architecture_of
from core.training.measuring import Decisions, decide
from core.training.parts import read_parts
from core.training.results import result_of
from core.training.run_folder import RunFolder, run_folder_of, write_json
from core.training.search import search
from core.training.stopping import stop_if_asked, stops_on_request
from core.training.targets import STRIDE_PX


@dataclass(frozen=True, slots=True)
class TrainedModel:
    """A finished run.

    Attributes:
        folder: the model folder that it wrote; None where nothing was exported.
        measured: what it measured on the test photos.
        run_dir: see RunFolder.
    """

    folder: ModelFolder | None
    measured: dict[str, Any]
    run_dir: Path


def train(
    config_path: Path,
    on_event: OnEvent | None = None,
    *,
    models_dir: Path | None = None,
    runs_dir: Path | None = None,
    export: bool = True,
) -> TrainedModel:
    """Fit, calibrate, measure and export the model of a config; started again, it goes on or returns at once.

    Args:
        config_path: TOML, see ``core.training.config``.
        on_event: called after every epoch.
        models_dir: where the model folder goes; default the settings' ``models_dir``.
        runs_dir: where the run's folder goes, named by the config's contents; default the settings'.
        export: whether to write a model folder; measures are written in any case.

    Raises:
        ConfigError: the config or a dataset is not what is expected; found before anything is fitted.
        StoppedError: the process got SIGTERM.
        StoreError: the disk is full; no finished checkpoint is lost.
    """
    config = read_train_config(config_path)
    settings = read_settings()
    run = RunFolder(run_folder_of(config, runs_dir or settings.runs_dir))
    finished = _finished(run, export)
    if finished:
        return finished
    with stops_on_request(), run.recorded(config_path, config.fit.epochs):
        if config.data.folds:
            result, folder = run_folds(config, run, on_event), None
        else:
            result, folder = _run_one(config, run, on_event, (models_dir or settings.models_dir) if export else None)
        model_dir = str(folder.path) if folder else None
        run.change_state(model_dir=model_dir)
        write_json(run.path / "result.json", {**result, "model_dir": model_dir})
    return TrainedModel(folder, result["measures"]["test"], run.path)


def _run_one(
    config: TrainConfig, run: RunFolder, on_event: OnEvent | None, models_dir: Path | None
) -> tuple[dict[str, Any], ModelFolder | None]:
    """Fit and measure one network, that of a search's best trial where there is one; export it where asked."""
    fit_dir, found = run.path, {}
    if config.search.trials:
        config, fit_dir, summary = search(config, run, on_event)
        found = {"search": summary}
    parts = read_parts(config)
    fitted = fit_network(config, parts.train, parts.validation, fit_dir, on_event)
    decided = decide(config, fitted.network, parts)
    folder = None
    if models_dir:
        stop_if_asked()
        folder = _export(config, models_dir, fitted, decided, parts.counts)
    return {**result_of(fitted, decided, parts), **found}, folder


def _finished(run: RunFolder, export: bool) -> TrainedModel | None:
    """What a run that is done has made; None where something is still to be done."""
    result = run.result
    if run.state.get("status") != "done" or not result:
        return None
    model_dir = result.get("model_dir") or ""
    is_exported = export and not result.get("folds")
    if is_exported and not Path(model_dir, "config.json").is_file():
        return None
    folder = load_model_folder(Path(model_dir)) if is_exported else None
    return TrainedModel(folder, result["measures"]["test"], run.path)


def _export(
    config: TrainConfig, models_dir: Path, fitted: Fitted, decided: Decisions, counts: Mapping[str, int]
) -> ModelFolder:
    hours = sum(record["elapsed_s"] for record in fitted.history) / 3600
    card = write_card(config, counts, decided.measures["test"], hours)
    contract = contract_of(config, decided, counts)
    return write_model_folder(models_dir, contract, fitted.network, decided.arrays, card)


def contract_of(config: TrainConfig, decided: Decisions, counts: Mapping[str, int]) -> ModelConfig:
    """``config.json`` of the model folder."""
    model = config.model
    detection = model.family == "detection"
    architecture = architecture_of(model, config.fit.dropout, model.input_px)
    return ModelConfig(
        name=model.name,
        number=model.number,
        title=model.title,
        family=model.family,
        labels=model.labels,
        reject_label=model.reject_label,
        input=InputConfig(
            model.input_px,
            model.input_px,
            "tiles" if detection else "stretch",
            model.long_side_px,
            model.tile_overlap_px,
        ),
        feature_layer=feature_layer(architecture),
        stride_px=STRIDE_PX if detection else None,
        value_range=model.value_range,
        multi_label=model.multi_label,
        architecture=architecture.to_mapping(),
        calibration=decided.calibration,
        conformal=decided.conformal,
        recognition=decided.recognition,
        thresholds=decided.thresholds,
        training={
            "data": asdict(config.data),
            "fit": asdict(config.fit),
            "augment": asdict(config.augment),
            "counts": dict(counts),
            "measured_on_renders": decided.measures["test"],
        },
    )
