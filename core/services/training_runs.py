"""Training runs as people look at them: how far each is, its curves, its log. Reads the run folders only."""

from __future__ import annotations

import json
import math
import re
import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, cast, get_args

from core.charts.loss_curves import Curve
from core.errors import NotFoundError
from core.services.training_states import writer_is_alive
from core.training.run_folder import RunFolder

RunStatus = Literal["waiting", "running", "done", "failed", "stopped", "interrupted"]
CONFIG_FILE, EPOCHS_FILE, RESULT_FILE, LOG_FILE = "config.toml", "epochs.jsonl", "result.json", "train.log"
BEST_WEIGHTS_FILES = ("best.safetensors", "best.weights.h5")  # the second: runs of the first version
_RECENT_EPOCHS = 5
_LOG_TAIL_BYTES = 200_000
_NOT_MEASURES = {"epoch", "epochs", "elapsed_s", "fold", "trial"}
_MOST_CURVES = 12
_NOISE = re.compile(r"I0000 |WARNING: All log messages before absl")  # no log level silences these


@dataclass(frozen=True, slots=True)
class Epoch:
    """One pass over the training photos.

    Attributes:
        number: from 1.
        values: ``loss``, ``val_loss`` and other measures; finite numbers only.
        duration_s: how long it took; None where the run did not write that down.
        fit: ``fold 2`` or ``trial 3`` where the run fits several networks one after the other; "" otherwise.
    """

    number: int
    values: Mapping[str, float]
    duration_s: float | None = None
    fit: str = ""


@dataclass(frozen=True, slots=True)
class TrainingRun:
    """One run folder.

    Attributes:
        name: the folder's name, and the run's in addresses.
        folder: where it is.
        status: ``interrupted`` where the file says running, but the process is gone.
        epochs: finished ones, in order.
        epoch_count: wanted in all; 0 while not known.
        started_at, ended_at: UTC; None where not known.
        error: why it failed; "" otherwise.
        model_dir: the model folder that it made; None while there is none.
        size_bytes: of the model file for serving, else of the best weights; None while there is neither.
        left_s: estimate for the epochs to come; None where nothing can be said.
        pid: of its process while it is running; None otherwise.
    """

    name: str
    folder: Path
    status: RunStatus
    epochs: tuple[Epoch, ...] = field(default=(), repr=False)
    epoch_count: int = 0
    started_at: datetime | None = None
    ended_at: datetime | None = None
    error: str = ""
    model_dir: Path | None = None
    size_bytes: int | None = None
    left_s: float | None = None
    pid: int | None = None

    @property
    def is_active(self) -> bool:
        """Whether something will still change without anybody pressing a button."""
        return self.status in ("waiting", "running")

    @property
    def progress(self) -> float:
        """Share of the epochs that are done, 0 to 1; a run that ended early by itself is done."""
        if self.status == "done":
            return 1.0
        return min(len(self.epochs) / self.epoch_count, 1.0) if self.epoch_count else 0.0

    @property
    def epoch_s(self) -> float | None:
        """Median duration of the last epochs, seconds; None where the run did not write it down."""
        known = [epoch.duration_s for epoch in self.epochs if epoch.duration_s is not None]
        return statistics.median(known[-_RECENT_EPOCHS:]) if known else None

    @property
    def best(self) -> Epoch | None:
        """See ``best_epoch``; None before the first one."""
        return best_epoch(self.epochs)


def best_epoch(epochs: Sequence[Epoch]) -> Epoch | None:
    """The first epoch with the lowest validation loss (training loss where there is no other)."""
    for name in ("val_loss", "loss"):
        having = [epoch for epoch in epochs if name in epoch.values]
        if having:
            return min(having, key=lambda epoch: epoch.values[name])
    return None


def list_runs(runs_dir: Path) -> list[TrainingRun]:
    """All runs of a folder: those going on first, then the latest first."""
    if not runs_dir.is_dir():
        return []
    runs = [run for folder in runs_dir.iterdir() if _is_run(folder) and (run := _read(folder))]
    order = ("running", "waiting")
    return sorted(runs, key=lambda run: (order.index(run.status) if run.is_active else 2, -_moment(run)))


def read_run(runs_dir: Path, name: str) -> TrainingRun:
    """One run by its name.

    Raises:
        NotFoundError: there is no such run.
    """
    folder = runs_dir / name
    run = _read(folder) if Path(name).name == name and _is_run(folder) else None
    if run is None:
        raise NotFoundError(f"training run {name!r}: not in {runs_dir}; it may have been deleted")
    return run


def measure_names(runs: Sequence[TrainingRun]) -> list[str]:
    """Measures that curves can show, without their ``val_``: the loss first, then the others by name."""
    found = {name.removeprefix("val_") for run in runs for epoch in run.epochs for name in epoch.values}
    return sorted(found, key=lambda name: (name != "loss", name))


def run_curves(run: TrainingRun, measure: str, *, is_alone: bool = False) -> list[Curve]:
    """One measure of a run as the figures take it: a curve, or one for each of its folds or best trials.

    Args:
        run: which.
        measure: name without ``val_``.
        is_alone: whether no other run is shown beside it; its fits are then named without it.
    """
    fits: dict[str, list[Epoch]] = {}
    for epoch in run.epochs:
        fits.setdefault(epoch.fit, []).append(epoch)
    named = sorted(fits.items(), key=lambda pair: _lowest(pair[1]))[:_MOST_CURVES]
    of_run = "" if is_alone else f"{run.name}, "
    return [_curve(of_run + fit if fit else run.name, epochs, measure) for fit, epochs in named]


def _lowest(epochs: Sequence[Epoch]) -> float:
    best = best_epoch(epochs)
    return math.inf if best is None else best.values.get("val_loss", math.inf)


def _curve(name: str, epochs: Sequence[Epoch], measure: str) -> Curve:
    best = best_epoch(epochs)
    return Curve(
        name,
        tuple(range(1, len(epochs) + 1)),  # of one fit, whatever number it has in the run
        tuple(epoch.values.get(measure) for epoch in epochs),
        tuple(epoch.values.get(f"val_{measure}") for epoch in epochs),
        epochs.index(best) + 1 if best else None,
    )


def log_tail(run: TrainingRun, line_count: int = 200) -> str:
    """The last lines that the run's process wrote, TensorFlow's own start-up notes left out; "" where it wrote none."""
    path = run.folder / LOG_FILE
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        file.seek(max(path.stat().st_size - _LOG_TAIL_BYTES, 0))
        text = file.read().decode(errors="replace")
    lines = [line for line in text.splitlines() if not _NOISE.match(line)]
    return "\n".join(lines[-line_count:])


def folder_bytes(folder: Path) -> int:
    """What a run takes on the disk."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _is_run(folder: Path) -> bool:
    return folder.is_dir() and any((folder / name).is_file() for name in ("run.json", EPOCHS_FILE, CONFIG_FILE))


def _read(folder: Path) -> TrainingRun | None:
    """The run in a folder; None where it is being deleted in this very moment."""
    try:
        return _read_whole(folder)
    except FileNotFoundError:
        return None


def _read_whole(folder: Path) -> TrainingRun:
    state = RunFolder(folder).state
    epochs, wanted = _read_epochs(folder / EPOCHS_FILE)
    model_dir = Path(state["model_dir"]) if isinstance(state.get("model_dir"), str) else None
    status = _status(folder, state)
    run = TrainingRun(
        name=folder.name,
        folder=folder,
        status=status,
        epochs=epochs,
        epoch_count=wanted or _whole_number(state.get("epochs")),
        started_at=_time(state.get("started_at")),
        ended_at=_time(state.get("ended_at")),
        error=str(state.get("error") or ""),
        model_dir=model_dir if model_dir is not None and model_dir.is_dir() else None,
        size_bytes=_model_bytes(folder, model_dir),
        pid=state.get("pid") if status == "running" else None,
    )
    return _with_time_left(run)


def _status(folder: Path, state: Mapping[str, Any]) -> RunStatus:
    said = state.get("status")
    if said == "running":
        return "running" if writer_is_alive(folder, state.get("pid")) else "interrupted"
    if said in get_args(RunStatus):
        return cast(RunStatus, said)
    # Runs from before there was a state file wrote what they measured as their last act.
    is_done = any((folder / name).is_file() for name in (RESULT_FILE, "measured.json"))
    return "done" if is_done else "interrupted"


def _read_epochs(path: Path) -> tuple[tuple[Epoch, ...], int]:
    """Epochs and how many are wanted. The last word on an epoch counts; a line half written is left out."""
    found: dict[int, dict[str, Any]] = {}
    wanted = 0
    for line in path.read_text().splitlines() if path.is_file() else ():
        try:
            record = json.loads(line)
            found[int(record["epoch"])] = record
            wanted = int(record.get("epochs", 0))
        except (ValueError, KeyError, TypeError, AttributeError):
            continue
    epochs = [_epoch(number, record) for number, record in sorted(found.items())]
    return tuple(epochs), wanted


def _epoch(number: int, record: Mapping[str, Any]) -> Epoch:
    values = {
        name: float(value)
        for name, value in record.items()
        if name not in _NOT_MEASURES and isinstance(value, int | float) and math.isfinite(value)
    }
    duration = record.get("elapsed_s")
    fit = next((f"{kind} {record[kind]}" for kind in ("fold", "trial") if kind in record), "")
    return Epoch(number, values, float(duration) if isinstance(duration, int | float) else None, fit)


def _with_time_left(run: TrainingRun) -> TrainingRun:
    if run.status != "running" or run.epoch_s is None or not run.epoch_count:
        return run
    since_s = time.time() - (run.folder / EPOCHS_FILE).stat().st_mtime
    to_come = run.epoch_count - len(run.epochs)
    return replace(run, left_s=max(run.epoch_s * to_come - min(since_s, run.epoch_s), 0.0))


def _model_bytes(folder: Path, model_dir: Path | None) -> int | None:
    candidates = [*([model_dir / "model.tflite"] if model_dir else []), *(folder / name for name in BEST_WEIGHTS_FILES)]
    return next((path.stat().st_size for path in candidates if path.is_file()), None)


def _moment(run: TrainingRun) -> float:
    known = run.ended_at or run.started_at
    if known:
        return known.timestamp()
    return run.folder.stat().st_mtime if run.folder.is_dir() else 0.0


def _time(text: object) -> datetime | None:
    if not isinstance(text, str):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _whole_number(value: object) -> int:
    return value if isinstance(value, int) and value > 0 else 0
