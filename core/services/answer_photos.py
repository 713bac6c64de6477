"""What can be said of the photos behind saved answers: from their files, the dataset's columns, and the store."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np

from core.datasets.rows import BOX_COLUMNS
from core.errors import PhotoError
from core.imaging.decode import decode_upright
from core.imaging.photo import describe
from core.imaging.quality import QUALITY_LONG_SIDE_PX, photo_quality
from core.services.context import Context
from core.services.saved_answers import PHOTOS_FILE

_NOT_A_COLUMN = {"path", "label", "value", "captured_at", *BOX_COLUMNS}
FILE_COLUMNS = ("sha256", "day", "camera", "latitude_deg", "longitude_deg", "megapixels")
MEASURED = ("megapixels", "brightness", "contrast", "blur", "dark_share", "bright_share")
_NEVER_SLICED = {"path", "sha256", "latitude_deg", "longitude_deg"}
_MAX_PIXELS = 300_000_000
_MOST_VALUES = 40  # a column with more values than this says nothing by slices
_STEPS = ("lowest third", "middle third", "highest third")


def photo_columns(paths: Sequence[str], photos_dir: Path, dataset_csv: Path | None) -> list[Sequence[object]]:
    """Rows of ``photos.csv``, its header first; cells of photos that cannot be read stay empty.

    Args:
        paths: of the photos, relative to ``photos_dir``.
        photos_dir: see there.
        dataset_csv: whose further columns (line, region, photographer, group …) are taken over; None for none.
    """
    extras = _further_columns(dataset_csv) if dataset_csv is not None else {}
    names = list(dict.fromkeys(name for row in extras.values() for name in row))
    header = ["path", *FILE_COLUMNS, *MEASURED[1:], *names]
    rows: list[Sequence[object]] = [header]
    for path in paths:
        told = {"path": path, **_file_facts(photos_dir / path, path), **extras.get(path, {})}
        rows.append([told.get(name, "") for name in header])
    return rows


def told_columns(context: Context, photos_csv: Path, photos: Sequence[str]) -> dict[str, list[str]]:
    """What is known of photos: name → one value a photo, "" where it is not known.

    Metadata of photos that are in the store (line, flight, ``polecat.label`` …) come on top of the file's columns,
    found by the hash of the photo.

    Args:
        context: the store.
        photos_csv: of the saved answers; one that is not there has no columns.
        photos: paths, in the order wanted.
    """
    told = read_photo_rows(photos_csv)
    rows = [told.get(photo, {}) for photo in photos]
    names = list(dict.fromkeys(name for row in rows for name in row if name not in _NEVER_SLICED))
    columns = {name: [row.get(name, "") for row in rows] for name in names}
    known = context.store.metadata_of([row["sha256"] for row in rows if row.get("sha256")])
    held = [known.get(row.get("sha256", ""), {}) for row in rows]
    for key in sorted({key for metadata in held for key in metadata if not key.startswith("quality.")}):
        values = [metadata.get(key) for metadata in held]
        columns.setdefault(key, ["" if value is None else str(value) for value in values])
    return columns


def slicing_columns(told: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Columns that photos can be divided by: measured ones become thirds; those with one value, or with more than
    40, are left out."""
    columns = {name: _thirds(cells) if name in MEASURED else list(cells) for name, cells in told.items()}
    return {name: cells for name, cells in columns.items() if 2 <= len(set(cells)) <= _MOST_VALUES}


def read_photo_rows(photos_csv: Path) -> dict[str, dict[str, str]]:
    """Path → what ``photos.csv`` tells of it; empty where there is no such file."""
    if not photos_csv.is_file():
        return {}
    with photos_csv.open(newline="", encoding="utf-8") as file:
        return {row["path"]: row for row in csv.DictReader(file)}


def photo_hashes(answers_folder: Path) -> dict[str, str]:
    """Path → SHA-256, of the photos of saved answers whose file could be read when they were kept."""
    rows = read_photo_rows(answers_folder / PHOTOS_FILE)
    return {path: row["sha256"] for path, row in rows.items() if row.get("sha256")}


def _file_facts(file: Path, name: str) -> dict[str, object]:
    try:
        photo = describe(file, name, _MAX_PIXELS)
        quality = photo_quality(decode_upright(file, name, at_least_px=QUALITY_LONG_SIDE_PX))
    except (PhotoError, OSError):
        return {}
    latitude, longitude = photo.gps or ("", "")
    return {
        "sha256": photo.sha256,
        "day": photo.captured_at.date().isoformat() if photo.captured_at else "",
        "camera": photo.camera or "",
        "latitude_deg": latitude,
        "longitude_deg": longitude,
        "megapixels": round(photo.width_px * photo.height_px / 1e6, 2),
        **{key: round(value, 5) for key, value in asdict(quality).items()},
    }


def _further_columns(dataset_csv: Path) -> dict[str, dict[str, str]]:
    """Path → cells of its first row, of the columns that are none of a dataset's own."""
    found: dict[str, dict[str, str]] = {}
    with dataset_csv.open(newline="", encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            cells = {(name or "").strip(): (cell or "").strip() for name, cell in row.items() if isinstance(cell, str)}
            path = cells.get("path", "")
            found.setdefault(path, {name: cell for name, cell in cells.items() if name not in _NOT_A_COLUMN})
    return found


def _thirds(cells: Sequence[str]) -> list[str]:
    """Each number's third among all, with its range; "" for what is no number."""
    values = np.array([_number(cell) for cell in cells])
    known = values[~np.isnan(values)]
    if len(np.unique(known)) < 3:
        return list(cells)
    low, high = np.quantile(known, [1 / 3, 2 / 3])
    words = (f"under {low:.3g}", f"{low:.3g} to {high:.3g}", f"over {high:.3g}")
    step = (values >= low).astype(int) + (values > high)
    return ["" if np.isnan(v) else f"{_STEPS[k]} ({words[k]})" for v, k in zip(values, step, strict=True)]


def _number(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return float("nan")
