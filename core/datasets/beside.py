"""What a folder of renders keeps beside a photo: masks, and the variables that it was rendered with.

Everything is found from the photo itself (``FOLDER/images/000001.jpg`` → ``FOLDER/masks/000001_object.png`` and
``FOLDER/variables.csv``), so that its rows keep it in every version of a dataset, wherever their CSV lies.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.datasets.rows import Dataset
from core.errors import ConfigError

VARIABLES_FILE = "variables.csv"

_Table = dict[str, NDArray[np.float64]]


def mask_file(photo: Path, kind: str) -> Path:
    """Where the mask of a render lies, be it there or not.

    Args:
        photo: the render.
        kind: what it masks: ``object``, ``joint``.
    """
    return photo.parent.parent / "masks" / f"{photo.stem}_{kind}.png"


def variables_of(dataset: Dataset, csv_path: Path, columns: Sequence[str]) -> _Table:
    """Numbers that photos were rendered with.

    A ``variables.csv`` beside the dataset CSV comes first, with paths as that has them; for photos that it does
    not name, the one in the folder of renders that the photo lies in.

    Args:
        dataset: what was read from ``csv_path``.
        csv_path: for messages, and to look beside it.
        columns: names of variables.

    Returns:
        Path as in the dataset → float64 (len(columns),), in the variables' own units.

    Raises:
        ConfigError: a photo has no variables, or a table lacks a column or holds a cell that is no number.
    """
    tables: dict[Path, _Table] = {}

    def found(table: Path, name: str) -> NDArray[np.float64] | None:
        if table not in tables:
            tables[table] = _read_table(table, columns) if table.is_file() else {}
        return tables[table].get(name)

    values: _Table = {}
    for path in dataset.by_photo:
        photo = dataset.file(path)
        beside, in_folder = csv_path.with_name(VARIABLES_FILE), photo.parent.parent / VARIABLES_FILE
        numbers = found(beside, path)
        if numbers is None:
            numbers = found(in_folder, f"{photo.parent.name}/{photo.name}")
        if numbers is None:
            places = " or ".join(dict.fromkeys((str(beside), str(in_folder))))
            raise ConfigError(f"{csv_path}: expected {', '.join(columns)} of {path} in {places}, received no row of it")
        values[path] = numbers
    return values


def _read_table(path: Path, columns: Sequence[str]) -> _Table:
    """Photo → numbers of the named columns.

    Raises:
        ConfigError: no such column, or a cell is not a finite number.
    """
    values: _Table = {}
    with path.open(newline="") as file:
        reader = csv.DictReader(file)
        missing = [c for c in ("path", *columns) if c not in (reader.fieldnames or ())]
        if missing:
            found = ", ".join(reader.fieldnames or ())
            raise ConfigError(f"{path}: expected a column {missing[0]!r}, received {found}")
        for number, row in enumerate(reader, start=2):
            cells = [row[c] for c in columns]
            try:
                numbers = np.array([float(cell) for cell in cells])
            except (TypeError, ValueError):
                numbers = np.array([np.nan])
            if not np.isfinite(numbers).all():
                raise ConfigError(f"{path} row {number}: expected numbers in {', '.join(columns)}, received {cells}")
            values[row["path"]] = numbers
    return values
