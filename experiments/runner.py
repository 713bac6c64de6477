"""Runs studies one run after the other: skips what is finished, goes on after a kill, writes the CSVs."""

from __future__ import annotations

import csv
import io
import json
import os
import platform
import subprocess
import time
import traceback
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from core.config import REPOSITORY
from core.errors import StoppedError
from core.training.run_folder import write_json
from core.whole_files import write_whole
from experiments.study import Context, Run, Study, Tables

TABLES = ("results", "epochs")
PROVENANCE = ("config_hash", "seed", "commit", "machine", "hours", "sizes", "finished_at")
"""Columns that every row of a CSV ends with."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a study's runs went, by name: run now, finished before, failed, left for another time."""

    done: tuple[str, ...]
    skipped: tuple[str, ...]
    failed: tuple[str, ...]
    left: tuple[str, ...]


def run_study(study: Study, context: Context, deadline_s: float | None = None) -> Outcome:
    """Do the runs of a study that are not finished; the CSVs are written anew after each.

    Args:
        study: what to run.
        context: sizes and folders.
        deadline_s: ``time.monotonic()`` after which no run shall end; one that is expected to end later
            is left for another time. None for no limit.

    A run that fails is reported, its traceback kept in ``error.txt`` of its folder, and the others go on.
    """
    names: dict[str, list[str]] = {"done": [], "skipped": [], "failed": [], "left": []}
    for run in study.runs(context):
        folder = context.out / study.name / run.name
        minutes = run.minutes * context.sizes.minutes_share
        if finished(run, folder):
            names["skipped"].append(run.name)
        elif deadline_s is not None and time.monotonic() + 60 * minutes > deadline_s:
            names["left"].append(run.name)
            context.say(f"{study.name}/{run.name}: left for another time (about {minutes:.1f} minutes)")
        else:
            went_well = _do(study, run, folder, context)
            names["done" if went_well else "failed"].append(run.name)
            write_csvs(study, context)
    write_csvs(study, context)
    return Outcome(*(tuple(names[k]) for k in ("done", "skipped", "failed", "left")))


def finished(run: Run, folder: Path) -> bool:
    """Whether the folder holds this run's rows, measured with the same settings."""
    path = folder / "rows.json"
    return path.exists() and bool(json.loads(path.read_text())["config_hash"] == run.config_hash)


def _do(study: Study, run: Run, folder: Path, context: Context) -> bool:
    folder.mkdir(parents=True, exist_ok=True)
    settings = {"seed": run.seed, "settings": run.settings}
    (folder / "settings.json").write_text(json.dumps(settings, indent=1, default=str) + "\n")
    context.say(f"{study.name}/{run.name}: started")
    started = time.monotonic()
    try:
        measured = run.measure(folder, context)
    except StoppedError:
        raise
    except Exception as error:  # one run's failure must not cost the night's others
        (folder / "error.txt").write_text(traceback.format_exc())
        context.say(f"{study.name}/{run.name}: failed, {type(error).__name__}: {error}")
        return False
    (folder / "error.txt").unlink(missing_ok=True)
    hours = (time.monotonic() - started) / 3600
    common = {"run": run.name}
    origin = {
        "config_hash": run.config_hash,
        "seed": run.seed,
        "commit": commit(),
        "machine": machine(),
        "hours": round(hours, 4),
        "sizes": context.sizes.name,
        "finished_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    rows = {
        "results": [{**common, **row, **origin} for row in measured.results],
        "epochs": [{**common, **row, **origin} for row in measured.epochs],
    }
    write_json(folder / "rows.json", {"config_hash": run.config_hash, "tables": rows})
    context.say(f"{study.name}/{run.name}: done in {hours * 60:.1f} minutes")
    return True


def write_csvs(study: Study, context: Context) -> None:
    """Collect the rows of every finished run; a run that is not here keeps the rows that its CSV has."""
    before = read_tables(study, context.results)
    for table in TABLES:
        rows: list[Mapping[str, Any]] = []
        for run in study.runs(context):
            path = context.out / study.name / run.name / "rows.json"
            if path.exists():
                rows += json.loads(path.read_text())["tables"][table]
            else:
                rows += [row for row in before[table] if row["run"] == run.name]
        if rows:
            _write_csv(csv_path(study.name, table, context.results), rows)


def read_tables(study: Study, results: Path) -> Tables:
    """The rows of a study's CSVs as text; no rows where a CSV is not there."""
    tables: dict[str, list[dict[str, str]]] = {}
    for table in TABLES:
        path = csv_path(study.name, table, results)
        tables[table] = []
        if path.exists():
            with path.open(newline="") as file:
                tables[table] = list(csv.DictReader(file))
    return tables


def csv_path(study: str, table: str, results: Path) -> Path:
    """Where a study's table is kept."""
    return results / (f"{study}.csv" if table == "results" else f"{study}_{table}.csv")


def _write_csv(path: Path, rows: list[Mapping[str, Any]]) -> None:
    found: Iterable[str] = dict.fromkeys(name for row in rows for name in row)
    names = [n for n in found if n not in PROVENANCE] + list(PROVENANCE)
    text = io.StringIO()
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_whole(path, text.getvalue())


def commit() -> str:
    """The checkout's commit, with ``-dirty`` where files differ from it; ``unknown`` outside git."""
    command = ["git", "describe", "--always", "--dirty", "--exclude=*"]
    answer = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    return answer.stdout.strip() or "unknown"


@lru_cache(maxsize=1)
def machine() -> str:
    """How many CPUs, and their name where Linux tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        model = next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        model = platform.machine()
    return f"{os.cpu_count()} x {model}"
