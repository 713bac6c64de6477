"""Trainings in the background: start, stop, resume, delete. One runs at a time, the others wait in line.

The run folders are the line: a run whose state file says ``waiting`` waits. What takes runs from it is a process of
its own (``core.services.training_runner``) that outlives page and server; it is started with a run, and again by
whoever looks at the runs and finds that some wait and nobody takes them.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from importlib.util import find_spec
from pathlib import Path

from core.config import REPOSITORY, Settings
from core.errors import ConfigError, StoreError
from core.services.training_configs import check_config
from core.services.training_runs import CONFIG_FILE, TrainingRun, list_runs, read_run
from core.services.training_states import (
    DEFAULT_BACKEND,
    START_FILE,
    now_text,
    start_facts,
    states_locked,
)
from core.services.worker import settings_environment
from core.training.run_folder import RunFolder, run_folder_of, write_json
from core.whole_files import write_whole

BACKENDS = {"tensorflow": "TensorFlow", "jax": "JAX", "torch": "PyTorch"}


def installed_backends() -> list[str]:
    """Names for ``KERAS_BACKEND`` that this installation can run, the default first. Imports none of them."""
    return [name for name in BACKENDS if find_spec(name) is not None]


def start_run(settings: Settings, config_path: Path, *, backend: str = DEFAULT_BACKEND) -> TrainingRun:
    """Put a config's training into the line; a run that was stopped or failed goes on where it was.

    Pressing start twice, even at the same moment, gives one run.

    Args:
        config_path: TOML; its contents are copied, so that it can be edited meanwhile.
        backend: for ``KERAS_BACKEND``.

    Raises:
        ConfigError: the config or its data is not what is expected, the backend is not installed, or this
            very training is done already.
        StoreError: the runs folder cannot be written to.
    """
    check_backend(backend)
    folder = run_folder_of(check_config(config_path), settings.runs_dir)
    name = folder.name
    with states_locked(settings.runs_dir):
        run = _existing(settings, name)
        if run is not None and run.status == "done":
            raise ConfigError(
                f"{config_path.name}: trained already, as {name}; change a setting, or delete that run first"
            )
        if run is None or not run.is_active:
            if not (folder / CONFIG_FILE).is_file():
                write_whole(folder / CONFIG_FILE, config_path.read_bytes())
            _wait_in_line(folder, config_path, backend)
    wake_line(settings)
    return read_run(settings.runs_dir, name)


def resume_run(settings: Settings, name: str) -> TrainingRun:
    """Put a run that was stopped, interrupted or failed back into the line; it goes on after its last whole epoch.

    Raises:
        NotFoundError: there is no such run.
        ConfigError: it keeps no config, its data has gone, or it is done.
    """
    run = read_run(settings.runs_dir, name)
    if run.is_active:
        return run
    if run.status == "done":
        raise ConfigError(f"{name}: is done; there is nothing to resume")
    config_path = run.folder / CONFIG_FILE
    if not config_path.is_file():
        raise ConfigError(f"{name}: expected {CONFIG_FILE} in its folder, found none; start it from its config again")
    backend = str(start_facts(run.folder).get("backend") or DEFAULT_BACKEND)
    check_backend(backend)
    check_config(config_path)
    with states_locked(settings.runs_dir):
        if not read_run(settings.runs_dir, name).is_active:
            _wait_in_line(run.folder, config_path, backend)
    wake_line(settings)
    return read_run(settings.runs_dir, name)


def stop_run(settings: Settings, name: str) -> TrainingRun:
    """Take a run out of the line, or ask its process to end after the step at hand; what is done is kept.

    Raises:
        NotFoundError: there is no such run.
        StoreError: the process belongs to somebody else.
    """
    with states_locked(settings.runs_dir):
        run = read_run(settings.runs_dir, name)
        if run.status == "waiting":
            RunFolder(run.folder).change_state(status="stopped", ended_at=now_text())
        elif run.status == "running" and run.pid is not None:
            try:
                os.kill(run.pid, signal.SIGTERM)
            except ProcessLookupError:
                pass  # it ended in this very moment
            except PermissionError as error:
                raise StoreError(f"{name}: process {run.pid} belongs to another user; stop it from there") from error
    return read_run(settings.runs_dir, name)


def delete_run(settings: Settings, name: str) -> None:
    """Remove a run's folder: config, curves, checkpoints, log. A model that was taken into use stays.

    Raises:
        NotFoundError: there is no such run.
        ConfigError: it is going on.
        StoreError: the folder cannot be removed.
    """
    with states_locked(settings.runs_dir):
        run = read_run(settings.runs_dir, name)
        if run.is_active:
            raise ConfigError(f"{name}: is {run.status}; stop it first")
        try:
            shutil.rmtree(run.folder)
        except OSError as error:
            raise StoreError(f"{run.folder}: cannot be removed ({error.strerror}); look who owns it") from error


def wake_line(settings: Settings) -> None:
    """Start the process that takes runs from the line, where some wait; a second one ends by itself at once."""
    if not any(run.status == "waiting" for run in list_runs(settings.runs_dir)):
        return
    process = subprocess.Popen(
        [sys.executable, "-m", "core.services.training_runner"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=REPOSITORY,
        env={**os.environ, **settings_environment(settings)},
        start_new_session=True,  # closing the server's terminal does not end it
    )
    threading.Thread(target=process.wait, daemon=True).start()  # leaves no zombie behind


def check_backend(backend: str) -> None:
    """Refuse a backend that cannot run here.

    Raises:
        ConfigError: it is unknown or not installed.
    """
    installed = installed_backends()
    if backend not in installed:
        raise ConfigError(f"backend: expected one of those installed, {', '.join(installed)}; got {backend!r}")


def _existing(settings: Settings, name: str) -> TrainingRun | None:
    return next((run for run in list_runs(settings.runs_dir) if run.name == name), None)


def _wait_in_line(folder: Path, config_path: Path, backend: str) -> None:
    write_json(folder / START_FILE, {"backend": backend, "asked_at": now_text()})
    RunFolder(folder).change_state(
        name=folder.name, config_path=str(config_path), status="waiting", pid=None, ended_at=None, error=""
    )
