"""``python -m core.services.training_runner``: takes waiting trainings from the line until none is left.

It belongs to nobody: pages and servers come and go. A lock that ends with the process keeps it the only one.
"""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import IO

from core.config import REPOSITORY, Settings, read_settings
from core.services.training_runs import CONFIG_FILE, LOG_FILE, TrainingRun, list_runs
from core.services.training_states import (
    DEFAULT_BACKEND,
    now_text,
    start_facts,
    states_locked,
)
from core.training.run_folder import RunFolder

RUNNER_LOCK_FILE = ".runner.lock"
MODEL_FOLDER = "model"
LOOK_EVERY_S = 0.5
NICENESS = 10  # pages stay quick while a training takes all the cores
_ERROR_MARK = "gridlens: "


def main() -> None:
    """Run the line of the environment's settings."""
    with suppress(OSError):
        os.nice(NICENESS)
    run_line(read_settings())


def run_line(settings: Settings) -> None:
    """Start waiting runs, oldest first, as many at a time as the settings allow; return when none waits or runs.

    Returns at once where another process does this already.
    """
    lock = (settings.runs_dir / RUNNER_LOCK_FILE).open("w")
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        children: dict[Path, subprocess.Popen[bytes]] = {}
        while True:
            # Whoever adds a run holds this lock as well: it is either seen here, or finds the runner gone.
            with states_locked(settings.runs_dir):
                _reap(children)
                runs = list_runs(settings.runs_dir)
                # One that was stopped and is wanted again waits until its old process has gone.
                waiting = sorted((run for run in runs if run.status == "waiting"), key=_asked_at)
                ready = [run for run in waiting if run.folder not in children]
                free = settings.training_count - sum(run.status == "running" for run in runs)
                for run in ready[: max(free, 0)]:
                    children[run.folder] = _start(settings, run)
                if not children and not waiting:
                    fcntl.flock(lock, fcntl.LOCK_UN)
                    return
            time.sleep(LOOK_EVERY_S)


def _start(settings: Settings, run: TrainingRun) -> subprocess.Popen[bytes]:
    backend = str(start_facts(run.folder).get("backend") or DEFAULT_BACKEND)
    with (run.folder / LOG_FILE).open("ab") as log:
        process = subprocess.Popen(
            training_command(settings, run.folder),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=REPOSITORY,  # what data paths in configs begin at
            env={"TF_CPP_MIN_LOG_LEVEL": "3", **os.environ, "KERAS_BACKEND": backend, "PYTHONUNBUFFERED": "1"},
            start_new_session=True,  # a training outlives this process too
        )
    RunFolder(run.folder).change_state(status="running", pid=process.pid, ended_at=None, error=None)
    return process


def training_command(settings: Settings, folder: Path) -> list[str]:
    """The command that trains the config in a run's folder. The model stays there until someone takes it into use."""
    places = ["--runs", str(settings.runs_dir), "--models", str(folder / MODEL_FOLDER)]
    return [sys.executable, "-m", "core.cli.main", "train", str(folder / CONFIG_FILE), *places]


def _reap(children: dict[Path, subprocess.Popen[bytes]]) -> None:
    """Note how trainings ended that could not note it themselves."""
    for folder, process in list(children.items()):
        code = process.poll()
        if code is None:
            continue
        del children[folder]
        state = RunFolder(folder).state
        if state.get("status") == "running" and state.get("pid") == process.pid:
            _note_end(folder, code)


def _note_end(folder: Path, code: int) -> None:
    if code == -signal.SIGTERM:
        RunFolder(folder).change_state(status="stopped", ended_at=now_text())
    elif code == 0:
        RunFolder(folder).change_state(status="done", ended_at=now_text())
    else:
        with (folder / LOG_FILE).open("rb") as log:
            RunFolder(folder).change_state(status="failed", ended_at=now_text(), error=_last_words(log, code))


def _last_words(log: IO[bytes], code: int) -> str:
    """Why a process failed: what ``gridlens`` said, else its last line."""
    text = log.read().decode(errors="replace").strip()
    if _ERROR_MARK in text:
        return text.rpartition(_ERROR_MARK)[2].strip()
    if code == -signal.SIGKILL:
        return "its process was killed, most often for want of memory; try a smaller batch or input"
    return text.splitlines()[-1] if text else f"its process ended with status {code} and no word"


def _asked_at(run: TrainingRun) -> str:
    return str(start_facts(run.folder).get("asked_at") or "")


if __name__ == "__main__":
    main()
