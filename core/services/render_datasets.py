"""Datasets of renders made in the background: begun, watched, stopped and taken up again.

A dataset is rendered by the command line itself (``gridlens render … --ranges``) in a process of its own, which goes
on when the page, the browser or the server is gone; see ``core.services.detached``.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from core.config import Settings
from core.errors import ConfigError, NotFoundError, RenderError
from core.render.folder_lock import rendering_in
from core.render.ranges import parse_ranges, ranges_toml
from core.render.scenes import scene_kind
from core.services.detached import detached_pid, start_detached

State = Literal["running", "stopped", "failed", "done"]
ORDER_FILE, RANGES_FILE, LOG_FILE, PROCESS_FILE = "order.json", "ranges.toml", "render.log", "process.lock"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
THUMBNAILS = 6
MOST_RENDERS = 1_000_000
_ERROR_MARK = "gridlens: "


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetOrder:
    """A dataset to render.

    Attributes:
        name: of its folder: letters, digits, dot, dash, underscore.
        scene, variant: see ``core.render.scenes.SCENES``.
        count: renders wanted in all.
        size_px: long side.
        seed: first seed.
        workers: processes.
        variables: what is not left to the variant, as in the ranges file.
    """

    name: str
    scene: str
    variant: str
    count: int
    size_px: int = 256
    seed: int = 0
    workers: int = 1
    variables: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RenderedDataset:
    """A dataset as it stands.

    Attributes:
        order: what it is to be.
        folder: where it is.
        state: ``done`` where all renders and the table are there.
        done: finished renders.
        per_hour: renders an hour of the process that runs; None before its first.
        left_s: time left at that rate; None where unknown.
        error: why it failed; None in other states.
        thumbnails: its first images.
    """

    order: DatasetOrder
    folder: Path
    state: State
    done: int
    per_hour: float | None = None
    left_s: float | None = None
    error: str | None = None
    thumbnails: tuple[Path, ...] = ()


def renders_dir(settings: Settings) -> Path:
    """Folder with one folder a dataset."""
    return settings.home / "renders"


def begin_dataset(settings: Settings, order: DatasetOrder) -> RenderedDataset:
    """Check an order and start to render it.

    Raises:
        ConfigError: a value is out of range, a variable is unknown, or the name is taken by another order.
        RenderError: the folder cannot be written.
    """
    _check(order)
    folder = renders_dir(settings) / order.name
    ranges = parse_ranges({"scene": order.scene, "variant": order.variant, "variables": order.variables}, order.name)
    scene_kind(order.scene, order.variant, ranges, order.name)
    if folder.exists():
        raise ConfigError(
            f"name: expected one that is free, received {order.name!r}, which {folder} has; choose another"
        )
    try:
        folder.mkdir(parents=True)
        (folder / RANGES_FILE).write_text(ranges_toml(ranges))
        (folder / ORDER_FILE).write_text(json.dumps(asdict(order), indent=1))
    except OSError as error:
        raise RenderError(f"{folder}: cannot be written: {error.strerror or error}") from error
    _start(folder, order)
    return dataset_named(settings, order.name)


def resume_dataset(settings: Settings, name: str) -> RenderedDataset:
    """Take up a stopped or failed dataset; one that runs or is done stays as it is.

    Raises:
        NotFoundError: no dataset of that name.
        RenderError: its folder cannot be written.
    """
    dataset = dataset_named(settings, name)
    if dataset.state in ("stopped", "failed"):
        _start(dataset.folder, dataset.order)
    return dataset_named(settings, name)


def stop_dataset(settings: Settings, name: str, patience_s: float = 20.0) -> RenderedDataset:
    """Stop a dataset's process and wait for its end; what is finished is kept.

    Raises:
        NotFoundError: no dataset of that name.
    """
    folder = dataset_named(settings, name).folder
    end_s = time.monotonic() + patience_s
    pid = _pid(folder)
    if pid is not None:
        _send_signal(pid, signal.SIGTERM)
    while (pid := _pid(folder)) is not None:
        if time.monotonic() > end_s:
            _send_signal(pid, signal.SIGKILL)
        time.sleep(0.1)
    return dataset_named(settings, name)


def list_datasets(settings: Settings) -> list[RenderedDataset]:
    """All datasets, the newest first."""
    orders = sorted(renders_dir(settings).glob(f"*/{ORDER_FILE}"), key=lambda path: -path.stat().st_mtime)
    return [_dataset(path.parent) for path in orders]


def dataset_named(settings: Settings, name: str) -> RenderedDataset:
    """One dataset.

    Raises:
        NotFoundError: none of that name; the message lists those that there are.
    """
    folder = renders_dir(settings) / name
    if not NAME.fullmatch(name) or not (folder / ORDER_FILE).is_file():
        known = ", ".join(sorted(p.parent.name for p in renders_dir(settings).glob(f"*/{ORDER_FILE}")))
        raise NotFoundError(f"dataset {name!r}: expected one of {known or 'none, since none was made yet'}")
    return _dataset(folder)


def free_name(settings: Settings, variant: str) -> str:
    """A folder name that is free: the variant and the next number."""
    number = 1
    while (renders_dir(settings) / f"{variant.lower()}-{number}").exists():
        number += 1
    return f"{variant.lower()}-{number}"


def command_text(order: DatasetOrder) -> str:
    """The same on the command line: the ranges file, and the command that reads it."""
    words = ["gridlens", *_arguments(order, RANGES_FILE, order.name)]
    if not order.variables:
        place = words.index("--ranges")
        return shlex.join(words[:place] + words[place + 2 :])
    ranges = parse_ranges({"variables": order.variables}, order.name)
    return f"cat > {RANGES_FILE} <<'END'\n{ranges_toml(ranges).strip()}\nEND\n{shlex.join(words)}"


def _arguments(order: DatasetOrder, ranges: str, out: str) -> list[str]:
    return [
        "render", order.scene, "--variant", order.variant, "--count", str(order.count), "--seed", str(order.seed),
        "--size", str(order.size_px), "--workers", str(order.workers), "--ranges", ranges, "--out", out,
    ]  # fmt: skip


def _check(order: DatasetOrder) -> None:
    if not NAME.fullmatch(order.name):
        raise ConfigError(
            f"name: expected up to 64 letters, digits, dots, dashes and underscores, received {order.name!r}"
        )
    for name, low, high in (("count", 1, MOST_RENDERS), ("size_px", 32, 2048), ("seed", 0, 2**53), ("workers", 1, 64)):
        value = getattr(order, name)
        if not low <= value <= high:
            raise ConfigError(f"{name}: expected {low} to {high}, received {value}")


def _start(folder: Path, order: DatasetOrder) -> None:
    """Run the command line in a session of its own; it inherits the lock that tells that it runs."""
    program = [sys.executable, "-m", "core.cli.main", *_arguments(order, str(folder / RANGES_FILE), str(folder))]
    try:
        start_detached(
            program,
            folder / PROCESS_FILE,
            folder / LOG_FILE,
            niceness=10,  # pages, previews and inspections come first
            environment=os.environ,
        )
    except OSError as error:
        raise RenderError(f"{folder}: cannot be rendered: {error.strerror or error}") from error


def _send_signal(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):  # it has just ended
        os.kill(pid, number)


def _pid(folder: Path) -> int | None:
    """The process that renders the dataset, from its start to its end; None where there is none."""
    pid = detached_pid(folder / PROCESS_FILE)
    if pid is not None:
        return pid
    rendering = rendering_in(folder)  # somebody runs the command line on it
    return rendering.pid if rendering else None


def _dataset(folder: Path) -> RenderedDataset:
    order = DatasetOrder(**json.loads((folder / ORDER_FILE).read_text()))
    done = min(sum(1 for _ in (folder / "truth").glob("*.json")), order.count)
    thumbnails = tuple(sorted((folder / "images").glob("00000[0-9].jpg"))[:THUMBNAILS])
    if _pid(folder) is not None:
        per_hour, left_s = _pace(folder, order.count, done)
        return RenderedDataset(order, folder, "running", done, per_hour, left_s, None, thumbnails)
    if done == order.count and (folder / "dataset.csv").exists():
        return RenderedDataset(order, folder, "done", done, thumbnails=thumbnails)
    error = _error(folder)
    return RenderedDataset(order, folder, "failed" if error else "stopped", done, error=error, thumbnails=thumbnails)


def _pace(folder: Path, count: int, done: int) -> tuple[float | None, float | None]:
    rendering = rendering_in(folder)
    new = 0 if rendering is None else done - rendering.done_before
    if rendering is None or new < 1:
        return None, None
    per_s = new / max(time.time() - rendering.started_at, 1e-3)
    return per_s * 3600.0, (count - done) / per_s


def _error(folder: Path) -> str | None:
    """What the command line said last, where it ended by an error of its own."""
    try:
        lines = (folder / LOG_FILE).read_text(errors="replace").strip().splitlines()
    except OSError:
        return None
    if not lines:
        return None
    said = next((line for line in reversed(lines) if line.startswith(_ERROR_MARK)), None)
    if said is not None:
        return said.removeprefix(_ERROR_MARK)
    return f"ended by a fault: {lines[-1]}; see {folder / LOG_FILE}" if lines[0].startswith("Traceback") else None
