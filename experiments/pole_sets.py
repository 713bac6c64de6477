"""The pole scenes that several studies share, as a frozen backbone sees them."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.errors import ConfigError
from experiments.features import Labelled, photo_features
from experiments.pole_scenes import KINDS, PoleRecipe
from experiments.sets import RenderSet, ensure, photo_paths, read_rows
from experiments.study import Context

CLASSES = (*KINDS, "NONE")
TRAIN_SEED, TEST_SEED = 300_000, 970_000


def pole_pool(context: Context, part: str) -> Labelled:
    """Scenes in the renderer's own mix of kinds, for ``train`` or ``test``."""
    sizes = context.sizes
    count, seed = (sizes.pole_train, TRAIN_SEED) if part == "train" else (sizes.pole_test, TEST_SEED)
    return labelled(RenderSet(f"pole_{part}", "pole", count, seed, sizes.pole_px), context)


def special_pool(context: Context, name: str, count: int, seed: int, recipe: PoleRecipe) -> Labelled:
    """Scenes made by a recipe."""
    return labelled(RenderSet(name, "pole", count, seed, context.sizes.pole_px, recipe=recipe), context)


def labelled(wanted: RenderSet, context: Context) -> Labelled:
    """Render a set where need be, and give its features and classes."""
    csv_path = ensure(wanted, context)
    rows = read_rows(csv_path)
    features = photo_features(photo_paths(csv_path, rows), wanted.name, context)
    return Labelled(features, np.array([row["label"] for row in rows]))


@dataclass(frozen=True, slots=True)
class FieldPhotos:
    """Field photos whose kind of pole is certain."""

    paths: tuple[Path, ...]
    labels: tuple[str, ...]


def field_photos(folder: Path) -> FieldPhotos:
    """Read ``labels.csv`` (columns path, pole_type) of a folder; rows without a kind are left out.

    Raises:
        ConfigError: there is no such file, a column is missing, or a kind is not known.
    """
    table = folder / "labels.csv"
    if not table.is_file():
        raise ConfigError(f"{table}: expected a table of field photos, found nothing")
    with table.open(newline="") as file:
        reader = csv.DictReader(file)
        missing = [name for name in ("path", "pole_type") if name not in (reader.fieldnames or [])]
        if missing:
            raise ConfigError(f"{table}: expected columns path and pole_type; {missing[0]} is missing")
        rows = [(number, row) for number, row in enumerate(reader, start=2) if row["pole_type"]]
    for number, row in rows:
        if row["pole_type"] not in KINDS:
            raise ConfigError(f"{table} row {number}: expected one of {', '.join(KINDS)}, got {row['pole_type']!r}")
    return FieldPhotos(tuple(folder / r["path"] for _, r in rows), tuple(r["pole_type"] for _, r in rows))
