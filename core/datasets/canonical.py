"""Rows → the bytes of a version's CSV, always the same ones for the same rows, and the name that follows from them."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator
from datetime import UTC

from core.datasets.rows import BOX_COLUMNS, OPTIONAL_COLUMNS, TASK_COLUMNS, Dataset, DatasetRow

HASH_DIGITS = 10


def canonical_csv(dataset: Dataset) -> bytes:
    """A dataset as CSV: rows sorted, each once, columns in DESIGN's order, UTF-8, lines end with a line feed.

    ``split``, ``group`` and ``captured_at`` are columns only where a row has one. Numbers are written with as
    many digits as it takes to read the same float again.
    """
    rows = sorted(set(dataset.rows), key=DatasetRow.sort_key)
    used = [name for name in OPTIONAL_COLUMNS if any(getattr(row, name) for row in rows)]
    columns = [*TASK_COLUMNS[dataset.task], *used]
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(_cells(rows, columns))
    return text.getvalue().encode()


def content_hash(csv_bytes: bytes) -> str:
    """The name of a version: the first 10 hex digits of its CSV's SHA-256."""
    return hashlib.sha256(csv_bytes).hexdigest()[:HASH_DIGITS]


def _cells(rows: list[DatasetRow], columns: list[str]) -> Iterator[list[str]]:
    for row in rows:
        cells = row_cells(row)
        yield [cells[name] for name in columns]


def row_cells(row: DatasetRow) -> dict[str, str]:
    """A row as texts by column."""
    box = row.box_xyxy_px
    sides = ("",) * 4 if box is None else tuple(repr(float(side)) for side in box)
    return {
        "path": row.path,
        "label": row.label,
        **dict(zip(BOX_COLUMNS, sides, strict=True)),
        "value": "" if row.value is None else repr(float(row.value)),
        "split": row.split,
        "group": row.group,
        "captured_at": row.captured_at.astimezone(UTC).isoformat() if row.captured_at else "",
    }
