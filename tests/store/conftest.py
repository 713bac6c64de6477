"""A fresh store for each test, copied from one that was migrated once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.config import Settings
from core.store import Store, open_store


def settings_in(home: Path) -> Settings:
    """Settings of a store that lives in one folder."""
    return Settings(
        home=home,
        database_url=f"sqlite:///{home / 'gridlens.sqlite'}",
        photos_url=str(home / "photos"),
        models_dir=home / "models",
        worker_count=1,
        max_upload_bytes=2_000_000,
        max_pixels=50_000_000,
    )


@pytest.fixture(scope="session")
def migrated_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("migrated")
    open_store(settings_in(home)).close()
    return home


@pytest.fixture
def settings(migrated_home: Path, tmp_path: Path) -> Settings:
    home = tmp_path / "home"
    home.mkdir()
    shutil.copy(migrated_home / "gridlens.sqlite", home)
    return settings_in(home)


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    opened = open_store(settings, busy_timeout_s=0.3)
    yield opened
    opened.close()
