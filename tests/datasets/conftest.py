"""Small photos and datasets of each task."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.datasets import Dataset, DatasetRow
from tests.imaging.pictures import save, scene

MORNING = datetime(2026, 6, 12, 9, 4, tzinfo=UTC)
WritePhoto = Callable[..., str]


@pytest.fixture
def photo(tmp_path: Path) -> WritePhoto:
    """Writes a photo of 200 × 120 px below ``tmp_path/photos``; gives its absolute path."""

    def write(name: str, seed: int = 0, width_px: int = 200, height_px: int = 120) -> str:
        path = tmp_path / "photos" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return str(save(path, scene(height_px, width_px, seed)))

    return write


@pytest.fixture
def boxed(photo: WritePhoto, tmp_path: Path) -> Dataset:
    """Three photos for a detector: two boxes, one box, none; with splits, a group and a time."""
    a, b, c = photo("a.jpg", 1), photo("deeper/a.jpg", 2), photo("c d.png", 3)
    return Dataset(
        "detection",
        (
            DatasetRow(a, "whole top cap", (10.5, 20.25, 60.125, 90.0), None, "train", "pole 7", MORNING),
            DatasetRow(a, "missing cap", (0.0, 0.0, 200.0, 120.0), None, "train", "pole 7", MORNING),
            DatasetRow(b, "whole top cap", (100.1, 50.7, 133.3, 77.9), split="validation"),
            DatasetRow(c, split="test"),
        ),
        tmp_path,
    )  # fmt: skip


@pytest.fixture
def classed(photo: WritePhoto, tmp_path: Path) -> Dataset:
    """Four photos for a classifier."""
    names = {"TREE/1.jpg": "TREE", "TREE/2.jpg": "TREE", "STEEL/1.jpg": "STEEL", "lattice/1.jpg": "STEEL/lattice"}
    rows = [DatasetRow(photo(name, seed), label) for seed, (name, label) in enumerate(names.items())]
    return Dataset("classification", tuple(rows), tmp_path)


@pytest.fixture
def valued(photo: WritePhoto, tmp_path: Path) -> Dataset:
    """Three photos with values."""
    rows = [DatasetRow(photo(f"{i}.jpg", i), value=value) for i, value in enumerate((0.125, 0.4, 0.0))]
    return Dataset("regression", tuple(rows), tmp_path)
