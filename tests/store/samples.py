"""Photos in the store, and counting of queries."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import event

from core.store import Store
from core.types import Finding, HeatMap, Prediction
from tests.imaging.pictures import save, scene


def photo_file(folder: Path, seed: int = 0, name: str | None = None) -> Path:
    """A small JPEG that differs with the seed."""
    return save(folder / (name or f"photo{seed}.jpg"), scene(60, 80, seed))


def add(store: Store, folder: Path, seed: int = 0, **options: Any) -> str:
    """Add a small photo; returns its hash."""
    path = photo_file(folder, seed)
    return store.add_photo(path, options.pop("name", path.name), **options).photo.sha256


def pole(sha256: str, label: str = "TREE", version: str = "v1", **parameters: Any) -> Prediction:
    """What PoleCat might say."""
    finding = Finding("polecat", version, "class", label, 0.9, {label: 0.9, "STEEL": 0.1}, (label,))
    heat_map = HeatMap(label, np.linspace(-1, 1, 49, dtype=np.float32).reshape(7, 7), "cam", "out_relu")
    return Prediction(sha256, "polecat", version, parameters, (finding,), (heat_map,), 0.003)


@contextmanager
def counted_queries(store: Store) -> Iterator[list[str]]:
    """The statements that run inside the block."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith("BEGIN"):
            statements.append(statement)

    event.listen(store.database.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(store.database.engine, "before_cursor_execute", note)
