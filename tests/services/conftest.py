"""Fixtures of the services' tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.services.context import Context
from tests.services.toys import HELICOPTER, AddPhoto, ToyRegistry, toy_context, write_photo


@pytest.fixture
def toys(tmp_path: Path) -> Iterator[tuple[Context, ToyRegistry]]:
    """A context on a temporary store with toy models."""
    context, registry = toy_context(tmp_path / "home")
    yield context, registry
    context.store.close()


@pytest.fixture
def context(toys: tuple[Context, ToyRegistry]) -> Context:
    return toys[0]


@pytest.fixture
def registry(toys: tuple[Context, ToyRegistry]) -> ToyRegistry:
    return toys[1]


@pytest.fixture
def add_photo(context: Context, tmp_path: Path) -> AddPhoto:
    """Adds a small photo, another one for each seed; gives its hash."""

    def add(seed: int = 0, tag: str = HELICOPTER, batch_id: str | None = None) -> str:
        path = write_photo(tmp_path / "photos" / f"{seed}.jpg", seed)
        return context.store.add_photo(path, path.name, tags=(tag,), batch_id=batch_id).photo.sha256

    return add
