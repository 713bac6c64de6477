"""What a run keeps on disk: its state, its epochs, its checkpoints. A file is whole or absent, whatever happens."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from core.errors import GridlensError, StoppedError, StoreError
from core.training.config import TrainConfig
from core.whole_files import clear_left_overs, write_whole


def run_folder_of(config: TrainConfig, runs_dir: Path) -> Path:
    """The folder of a config's run: its model's name and number, and a short hash of the file's contents."""
    digest = hashlib.sha256(config.path.read_bytes()).hexdigest()[:8]
    return runs_dir / f"{config.model.name}-v{config.model.number}-{digest}"


def write_json(path: Path, values: Any) -> None:
    """Write a JSON file at once."""
    write_whole(path, json.dumps(values, indent=1) + "\n")


def write_lines(path: Path, records: Iterable[Mapping[str, Any]]) -> None:
    """Write one JSON object a line, at once."""
    write_whole(path, "".join(json.dumps(record) + "\n" for record in records))


@dataclass(frozen=True, slots=True)
class RunFolder:
    """``run.json`` (state), ``config.toml`` (copy), ``epochs.jsonl``, ``result.json`` of one run."""

    path: Path

    @property
    def state(self) -> dict[str, Any]:
        """What ``run.json`` says; empty where there is none."""
        return _read_json(self.path / "run.json")

    @property
    def result(self) -> dict[str, Any]:
        """What ``result.json`` says; empty where there is none."""
        return _read_json(self.path / "result.json")

    def change_state(self, **changes: Any) -> None:
        """Change some keys of ``run.json``."""
        write_json(self.path / "run.json", {**self.state, **changes})

    @contextmanager
    def recorded(self, config_path: Path, epochs: int) -> Iterator[None]:
        """Write down that the run is running, and how it ends: done, stopped, or failed with its error."""
        clear_left_overs(self.path)
        write_whole(self.path / "config.toml", config_path.read_bytes())
        self.change_state(
            name=self.path.name,
            config_path=self.state.get("config_path") or str(config_path),
            status="running",
            pid=os.getpid(),
            started_at=self.state.get("started_at") or _now(),
            ended_at=None,
            epochs=epochs,
            error=None,
            model_dir=None,
        )
        try:
            yield
        except (KeyboardInterrupt, StoppedError):
            self.change_state(status="stopped", ended_at=_now())
            raise
        except BaseException as error:
            words = str(error) if isinstance(error, GridlensError) else f"{type(error).__name__}: {error}"
            with suppress(StoreError):  # the error itself is worth more than a note of it
                self.change_state(status="failed", ended_at=_now(), error=words)
            raise
        self.change_state(status="done", ended_at=_now())


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _read_json(path: Path) -> dict[str, Any]:
    with suppress(OSError, ValueError):
        found = json.loads(path.read_text())
        if isinstance(found, dict):
            return found
    return {}
