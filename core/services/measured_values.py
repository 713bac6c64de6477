"""Saved answers that are values: read, checked, and measured against the truth."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.datasets.problems import Problems
from core.datasets.read import read_dataset
from core.errors import ConfigError
from core.metrics.value_errors import ValueErrors, value_errors
from core.services.saved_answers import SavedAnswers

Float = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class MeasuredValues:
    """Values beside the truth, one a photo.

    Attributes:
        saved: the folder.
        photos: paths.
        values, truth: float64 (N,), in the model's unit.
        low, high: float64 (N,), ends of the stated intervals; NaN where none was stated.
        recognised: bool (N,), False where the model refused the photo; its value is kept for the record.
        errors: of the recognised photos.
    """

    saved: SavedAnswers
    photos: tuple[str, ...]
    values: Float
    truth: Float
    low: Float
    high: Float
    recognised: Bools
    errors: ValueErrors

    def share_within(self, margins: Float) -> Float:
        """Share of recognised photos whose absolute error is at most each margin: float64, NaN without photos."""
        size = np.sort(np.abs(self.values - self.truth)[self.recognised])
        if not len(size):
            return np.full(len(margins), np.nan)
        return np.asarray(np.searchsorted(size, margins, side="right") / len(size))

    def worst(self, least: float) -> NDArray[np.int64]:
        """Recognised photos whose absolute error is above a margin, the worst first."""
        size = np.where(self.recognised, np.abs(self.values - self.truth), -1.0)
        order = np.argsort(-size, kind="stable")
        return np.asarray(order[size[order] > least])


def measure_values(saved: SavedAnswers) -> MeasuredValues:
    """Read saved values and measure them.

    Raises:
        ConfigError: they are no values, or a file is damaged: a photo without truth, twice, or a number that is none.
            Names file and row.
    """
    if saved.kind != "value":
        raise ConfigError(f"{saved.name}: expected values, received answers with labels")
    truth = {row.path: row.value for row in read_dataset(saved.folder / saved.truth_file, "regression").rows}
    path = saved.folder / saved.answers_file
    problems = Problems(str(path))
    rows: dict[str, tuple[float, float, float, bool]] = {}
    with path.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.DictReader(file)
        if missing := {"path", "value"} - set(reader.fieldnames or ()):
            raise ConfigError(f"{path} row 1: expected columns path,value; {min(missing)} is missing")
        for number, cells in enumerate(reader, start=2):
            photo, value = cells["path"], _number(cells["value"])
            if photo not in truth:
                problems.add(number, f"a photo of {saved.truth_file}", photo)
            elif photo in rows:
                problems.add(number, f"one row for {photo}", "a second one")
            elif not math.isfinite(value):
                problems.add(number, "a finite number as value", cells["value"])
            else:
                low, high = _number(cells.get("low")), _number(cells.get("high"))
                rows[photo] = (value, low, high, cells.get("recognised", "yes") != "no")
    problems.stop_if_any()
    return _together(saved, rows, truth)


def _together(
    saved: SavedAnswers, rows: Mapping[str, tuple[float, float, float, bool]], truth: Mapping[str, float | None]
) -> MeasuredValues:
    photos = tuple(rows)
    columns = np.array([row[:3] for row in rows.values()], dtype=np.float64).reshape(-1, 3)
    recognised = np.array([row[3] for row in rows.values()], dtype=bool)
    true = np.array([truth[photo] for photo in photos], dtype=np.float64)
    values = columns[:, 0]
    errors = value_errors(values[recognised], true[recognised])
    return MeasuredValues(saved, photos, values, true, columns[:, 1], columns[:, 2], recognised, errors)


def _number(cell: str | None) -> float:
    try:
        return float(cell or "nan")
    except ValueError:
        return math.nan
