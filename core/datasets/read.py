"""Dataset CSV (DESIGN section 8) → rows. Everything that can be wrong without opening a photo is found here."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from core.datasets.problems import Problems, shown
from core.datasets.rows import BOX_COLUMNS, SPLITS, TASK_COLUMNS, Dataset, DatasetRow, Task
from core.errors import ConfigError
from core.types import BoxXyxyPx

_LINE_BREAK = re.compile(r"[\r\n\0]")
_NOTHING_TO_LEARN = "columns path,label or path,label,x_min,y_min,x_max,y_max or path,value"


def read_dataset(csv_path: Path, task: Task | None = None) -> Dataset:
    """Read a dataset CSV.

    Args:
        csv_path: UTF-8, comma-separated; relative paths in it begin at its folder. Columns that are none of
            DESIGN's are skipped.
        task: what it must teach; None takes what its columns say (boxes before values before labels).

    Returns:
        The rows in the file's order, with ``row_numbers``. An empty label is a photo without the object.

    Raises:
        ConfigError: the file is missing or empty, lacks a column, or rows are wrong: a number that is none,
            NaN or infinite, a box without extent, an unknown split, a time without zone, a photo in two splits
            or two groups, a value given twice. The message names file, row, expected and received, for up to 10 rows.
    """
    if not csv_path.is_file():
        raise ConfigError(f"{csv_path}: expected a dataset CSV, received {_what_is_there(csv_path)}")
    problems = Problems(str(csv_path))
    rows: list[DatasetRow] = []
    numbers: list[int] = []
    try:
        with csv_path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file, strict=True)
            task = task_of_columns(csv_path, reader.fieldnames or (), task)
            for number, cells in _whole_rows(reader, problems):
                row = _row(cells, number, task, problems)
                if row is not None:
                    rows.append(row)
                    numbers.append(number)
    except UnicodeDecodeError as error:
        raise ConfigError(f"{csv_path}: expected a CSV in UTF-8, received other bytes; save it as UTF-8") from error
    except csv.Error as error:
        raise ConfigError(f"{csv_path}: expected a CSV, received a line that is none ({error})") from error
    check_photos(rows, numbers, task, problems)
    problems.stop_if_any()
    if not rows:
        raise ConfigError(f"{csv_path}: expected at least one photo, received none")
    return Dataset(task, tuple(rows), csv_path.parent, tuple(numbers))


def task_of_columns(csv_path: Path, columns: Sequence[str], task: Task | None = None) -> Task:
    """What a CSV with these columns teaches.

    Raises:
        ConfigError: the columns are not those of the task, or of any.
    """
    for known in (task,) if task else ("detection", "regression", "classification"):
        if set(TASK_COLUMNS[known]) <= set(columns):
            return known
    wanted = f"columns {','.join(TASK_COLUMNS[task])}" if task else _NOTHING_TO_LEARN
    hint = "; save it with commas" if len(columns) == 1 and ";" in columns[0] else ""
    raise ConfigError(f"{csv_path} row 1: expected {wanted}, received {shown(','.join(columns))}{hint}")


def _what_is_there(path: Path) -> str:
    return "a folder" if path.is_dir() else "nothing of that name"


def _whole_rows(reader: csv.DictReader[str], problems: Problems) -> Iterator[tuple[int, dict[str, str]]]:
    width = len(reader.fieldnames or ())
    for cells in reader:
        count = sum(1 for cell in cells.values() if isinstance(cell, str)) + len(cells.get(None, ()))  # type: ignore[call-overload]
        if count != width:
            problems.add(reader.line_num, f"{width} cells as in the header", f"{count}")
        else:
            yield reader.line_num, cells


def _row(cells: dict[str, str], number: int, task: Task, problems: Problems) -> DatasetRow | None:
    before = len(problems.found)
    if not cells["path"].strip():
        problems.add(number, "a path", cells["path"])
    label = cells["label"].strip() if task != "regression" else ""
    box = _box(cells, label, number, problems) if task == "detection" else None
    value = _number(cells, "value", number, problems) if task == "regression" else None
    split = (cells.get("split") or "").strip()
    if split and split not in SPLITS:
        problems.add(number, f"split {', '.join(SPLITS)} or nothing", split)
    moment = _moment((cells.get("captured_at") or "").strip(), number, problems)
    if len(problems.found) > before:
        return None
    return DatasetRow(cells["path"], label, box, value, split, (cells.get("group") or "").strip(), moment)


def _box(cells: dict[str, str], label: str, number: int, problems: Problems) -> BoxXyxyPx | None:
    texts = [cells[name].strip() for name in BOX_COLUMNS]
    if not any(texts) and not label:
        return None
    if not label:
        problems.add(number, "a label for the box, or no box", label)
    sides = [_number(cells, name, number, problems) for name in BOX_COLUMNS]
    x_min, y_min, x_max, y_max = (math.nan if side is None else side for side in sides)
    if x_max <= x_min or y_max <= y_min:
        problems.add(number, "x_min < x_max and y_min < y_max", f"{x_min:g},{y_min:g},{x_max:g},{y_max:g}")
    return x_min, y_min, x_max, y_max


def _number(cells: dict[str, str], name: str, number: int, problems: Problems) -> float | None:
    text = cells[name].strip()
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        problems.add(number, f"a number as {name}", text)
        return None
    return value + 0.0  # no minus zero


def _moment(text: str, number: int, problems: Problems) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        problems.add(number, "captured_at with zone, like 2026-06-12T09:04:00+00:00", text)
        return None
    return moment.astimezone(UTC)


def check_photos(rows: Sequence[DatasetRow], numbers: Sequence[int], task: Task, problems: Problems) -> None:
    """Note where rows of one photo do not fit together: two splits, two groups, two values, a label and none;
    and what would break the lines of a CSV.

    Args:
        rows: of a dataset.
        numbers: what each row is called in messages.
        task: the dataset's.
        problems: where they are noted.
    """
    first: dict[str, tuple[int, DatasetRow]] = {}
    for number, row in zip(numbers, rows, strict=True):
        if any(_LINE_BREAK.search(text) for text in (row.path, row.label, row.group)):
            problems.add(number, "path, label and group without line breaks", row.path)
        earlier_number, earlier = first.setdefault(row.path, (number, row))
        if earlier is row:
            continue
        for what in ("split", "group"):
            mine, other = getattr(row, what), getattr(earlier, what)
            if mine != other:
                problems.add(number, f"{what} {shown(other)} for {row.path} as in row {earlier_number}", mine)
        if task == "regression" and row.value != earlier.value:
            problems.add(number, f"one value for {row.path}, {earlier.value:g} as in row {earlier_number}", row.value)
        if (row.label == "") != (earlier.label == ""):
            problems.add(number, f"either labels or none for {row.path}, as in row {earlier_number}", row.label)
