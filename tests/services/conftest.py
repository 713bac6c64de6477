"""Fixtures of the services' tests."""

from pathlib import Path

import pytest

from core.services.context import Context
from tests.services.toys import HELICOPTER, AddPhoto, write_photo


@pytest.fixture
def add_photo(context: Context, tmp_path: Path) -> AddPhoto:
    """Adds a small photo, another one for each seed; gives its hash."""

    def add(seed: int = 0, tag: str = HELICOPTER, batch_id: str | None = None) -> str:
        path = write_photo(tmp_path / "photos" / f"{seed}.jpg", seed)
        return context.store.add_photo(path, path.name, tags=(tag,), batch_id=batch_id).photo.sha256

    return add
