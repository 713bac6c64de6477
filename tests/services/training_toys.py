"""Run folders written by training's own writer, small datasets, and a command that trains nothing but behaves."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from typing import Any

from core.training.run_folder import RunFolder, write_json, write_lines
from tests.services.toys import write_photo

CONFIG = """
[model]
name = "{name}"
number = 1
title = "Toy"
family = "classification"
labels = ["red", "blue"]
input_px = 32
pretrained = ""
summary = "A toy."
limits = "A toy."
[data]
train = ["{data}"]
[fit]
epochs = {epochs}
batch_size = 4
learning_rate = {rate}
tensorboard = false
"""


def write_dataset(folder: Path, count: int = 20) -> Path:
    """A CSV of photos, red and blue by turns, with its photos beside it."""
    rows = [(f"{i}.jpg", ("red", "blue")[i % 2]) for i in range(count)]
    for i, (name, _) in enumerate(rows):
        write_photo(folder / name, i, 40, 40)
    with (folder / "toy.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("path", "label"), *rows])
    return folder / "toy.csv"


def write_config(path: Path, data: Path, *, name: str = "toy", epochs: int = 2, rate: float = 0.001) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(CONFIG.format(name=name, data=data.as_posix(), epochs=epochs, rate=rate))
    return path


def epoch(number: int, of: int = 4, *, val_loss: float | None = None, **values: float) -> dict[str, Any]:
    loss = 1.0 / number
    record = {"epoch": number, "epochs": of, "loss": loss, "val_loss": val_loss or loss + 0.1, "elapsed_s": 2.0}
    return {**record, "learning_rate": 0.001, **values}


def write_run(
    runs_dir: Path,
    name: str = "toy-v1-00000001",
    *,
    epochs: list[dict[str, Any]] | None = None,
    config: str = "",
    result: dict[str, Any] | None = None,
    **state: Any,
) -> Path:
    """A run folder that is done with three epochs of four, changed by ``state``."""
    folder = runs_dir / name
    run = RunFolder(folder)
    records = [epoch(1), epoch(2), epoch(3, val_loss=0.9)] if epochs is None else epochs
    if records:
        write_lines(folder / "epochs.jsonl", records)
    if config:
        (folder / "config.toml").write_text(config)
    if result is not None:
        write_json(folder / "result.json", result)
    known = {"name": name, "config_path": "toy.toml", "status": "done", "pid": None, "epochs": 4, "error": None}
    run.change_state(**{**known, "started_at": "2026-11-20T12:00:00+00:00", "model_dir": None, **state})
    return folder


STAND_IN = """
import json, os, signal, sys, time
from pathlib import Path
from core.errors import ConfigError
from core.training.run_folder import RunFolder
from core.training.stopping import stop_if_asked, stops_on_request
config, wait_s = Path(sys.argv[1]), float(sys.argv[2])
run = RunFolder(config.parent)
began = time.time()
with stops_on_request(), run.recorded(config, 1):
    if "fails" in config.read_text():
        raise ConfigError("toy.csv row 3: expected a label among red, blue, received 'green'")
    while time.time() - began < wait_s:
        stop_if_asked()
        time.sleep(0.02)
    with (config.parent.parent / "starts.jsonl").open("a") as file:
        file.write(json.dumps([config.parent.name.partition("-v")[0], began, time.time()]) + "\\n")
"""


def stand_in_command(folder: Path, wait_s: float = 0.3) -> list[str]:
    """A process with training's states and signals, without its minutes."""
    return [sys.executable, "-c", STAND_IN, str(folder / "config.toml"), str(wait_s)]


def finished(runs_dir: Path) -> list[tuple[str, float, float]]:
    """Name, begin and end of every stand-in that ended by itself."""
    path = runs_dir / "starts.jsonl"
    return [tuple(json.loads(line)) for line in path.read_text().splitlines()] if path.exists() else []
