"""Predictions and truth from CSV. A million rows are read as columns; only what is wrong is looked at row by row."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.datasets.problems import MOST_SHOWN, Problems, shown
from core.datasets.rows import BOX_COLUMNS
from core.errors import ConfigError
from core.services.answer_columns import Columns

Float = NDArray[np.float64]

NOTHING_SHOWN = "NONE"


def read_csv_answers(path: Path) -> Columns:
    """Predictions ``path,label,score[,x_min,y_min,x_max,y_max]``; other columns are skipped, but for ``recognised``.

    Rows whose ``recognised`` is ``no`` are left out, with a note: what a model refuses is no answer at any threshold.

    Raises:
        ConfigError: see ``core.services.answer_set.read_answer_set``.
    """
    columns, rows = _read(path, ("path", "label", "score"))
    problems = Problems(str(path))
    _check_filled(columns["label"], "a label", rows, problems)
    _check_filled(columns["path"], "a path", rows, problems)
    score = _numbers(columns["score"], "score", rows, problems)
    every_row = np.ones(len(rows), dtype=bool)
    boxes = _boxes(columns, every_row, rows, problems) if "x_min" in columns else None
    refused = _refused(columns, rows, problems)
    problems.stop_if_any()
    found = Columns(str(path), columns["path"], columns["label"], score, boxes, rows)
    if not refused.any():
        return found
    count = len({columns["path"][k] for k in np.flatnonzero(refused)})
    note = f"{count} photos that the model did not recognise count as not answered"
    return replace(found.taken(np.flatnonzero(~refused)), notes=(note,))


def read_csv_truth(path: Path) -> Columns:
    """A dataset CSV ``path,label[,x_min,y_min,x_max,y_max]``; a label that is empty or NONE shows nothing.

    Unlike a dataset to learn from, truth to measure by may hold boxes without area: they are never found, and count.

    Raises:
        ConfigError: see ``core.services.answer_set.read_answer_set``.
    """
    columns, rows = _read(path, ("path", "label"))
    problems = Problems(str(path))
    if not rows:
        raise ConfigError(f"{path}: expected at least one photo, received none")
    _check_filled(columns["path"], "a path", rows, problems)
    labels = ["" if label == NOTHING_SHOWN else label for label in columns["label"]]
    is_there = np.array([bool(label) for label in labels])
    boxes = _boxes(columns, is_there, rows, problems) if "x_min" in columns else None
    problems.stop_if_any()
    return Columns(str(path), columns["path"], labels, np.zeros(0), boxes, rows)


def _read(path: Path, needed: tuple[str, ...]) -> tuple[dict[str, list[str]], list[int]]:
    """Columns by name, and the line of each row."""
    if not path.is_file():
        raise ConfigError(f"{path}: expected a CSV with columns {','.join(needed)}, received nothing of that name")
    problems = Problems(str(path))
    kept: list[list[str]] = []
    lines: list[int] = []
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.reader(file, strict=True)
            header = [name.strip() for name in next(reader, [])]
            _check_header(path, header, needed)
            for cells in reader:
                if len(cells) == len(header):
                    kept.append(cells)
                    lines.append(reader.line_num)
                elif cells:
                    problems.add(reader.line_num, f"{len(header)} cells as in the header", str(len(cells)))
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: expected a CSV in UTF-8, received other bytes; save it as UTF-8") from error
    except csv.Error as error:
        raise ConfigError(f"{path}: expected a CSV, received a line that is none ({error})") from error
    problems.stop_if_any()
    by_name = zip(*kept, strict=True) if kept else ([] for _ in header)
    columns = {name: [cell.strip() for cell in cells] for name, cells in zip(header, by_name, strict=True)}
    return columns, lines


def _check_header(path: Path, header: Sequence[str], needed: tuple[str, ...]) -> None:
    wanted = (*needed, *BOX_COLUMNS) if set(BOX_COLUMNS) & set(header) else needed
    if missing := [name for name in wanted if name not in header]:
        raise ConfigError(
            f"{path} row 1: expected columns {','.join(wanted)}, received {shown(','.join(header))}; "
            f"{missing[0]} is missing"
        )
    if len(set(header)) < len(header):
        raise ConfigError(f"{path} row 1: expected each column once, received {shown(','.join(header))}")


def _check_filled(cells: list[str], expected: str, rows: list[int], problems: Problems) -> None:
    if "" in cells:
        for k in [k for k, cell in enumerate(cells) if not cell]:
            problems.add(rows[k], expected, "")


def _numbers(cells: Sequence[str], name: str, rows: Sequence[int], problems: Problems) -> Float:
    """Finite numbers; those that are none are noted, and 0."""
    try:
        values = np.array(cells, dtype=np.float64) if cells else np.zeros(0)
    except ValueError:
        values = np.array([_number(cell) for cell in cells])
    bad = np.flatnonzero(~np.isfinite(values))
    for k in bad.tolist():
        problems.add(rows[k], f"a finite number as {name}", cells[k])
    values[bad] = 0.0
    return values


def _refused(columns: dict[str, list[str]], rows: Sequence[int], problems: Problems) -> NDArray[np.bool_]:
    """Rows that the model itself refuses; none where the file does not tell."""
    cells = columns.get("recognised", [])
    for k in [k for k, cell in enumerate(cells) if cell not in ("yes", "no")]:
        problems.add(rows[k], "yes or no as recognised", cells[k])
    return np.array([cell == "no" for cell in cells] or [False] * len(rows), dtype=bool)


def _number(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return float("nan")


def _boxes(columns: dict[str, list[str]], is_there: NDArray[np.bool_], rows: list[int], problems: Problems) -> Float:
    """Boxes (N, 4), zeros in rows that show nothing."""
    there = np.flatnonzero(is_there)
    boxes = np.zeros((len(rows), 4))
    mine = [rows[k] for k in there]
    before = len(problems.found)
    for side, name in enumerate(BOX_COLUMNS):
        column = columns[name]
        boxes[there, side] = _numbers([column[k] for k in there], name, mine, problems)
    if len(problems.found) == before:
        for k in np.flatnonzero((boxes[:, 2:] < boxes[:, :2]).any(axis=1))[: MOST_SHOWN + 1]:
            received = ",".join(f"{value:g}" for value in boxes[k])
            problems.add(rows[k], "x_min ≤ x_max and y_min ≤ y_max", received)
    return boxes
