"""Settings from the environment, read once. Every name starts with ``GRIDLENS_``."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from core.errors import ConfigError

REPOSITORY = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Settings:
    """Where Gridlens keeps things, and its limits.

    Attributes:
        home: folder of everything written (database, photos, queue). ``GRIDLENS_HOME``, default ``var/``.
        database_url: SQLAlchemy address. ``GRIDLENS_DATABASE_URL``, default SQLite in ``home``.
        photos_url: fsspec address of the photo store. ``GRIDLENS_PHOTOS_URL``, default a folder in ``home``.
        models_dir: folder with one folder a model version. ``GRIDLENS_MODELS``, default ``models/``.
        worker_count: inspection worker processes. ``GRIDLENS_WORKERS``, default the CPUs, at most 4.
        max_upload_bytes: largest accepted file. ``GRIDLENS_MAX_UPLOAD_MB``, default 200.
        max_pixels: largest accepted photo, in pixels. ``GRIDLENS_MAX_MEGAPIXELS``, default 300.
        runs_dir: folder with one folder a training run. ``GRIDLENS_RUNS``, default ``runs/``.
        training_count: trainings that run at a time, others wait in line. ``GRIDLENS_TRAININGS``, default 1.
    """

    home: Path
    database_url: str
    photos_url: str
    models_dir: Path
    worker_count: int
    max_upload_bytes: int
    max_pixels: int
    runs_dir: Path = REPOSITORY / "runs"
    training_count: int = 1

    @property
    def datasets_dir(self) -> Path:
        """Folder of dataset versions and of frames taken from videos; in ``home``, so that both move together."""
        return self.home / "datasets"


def read_settings() -> Settings:
    """Read the environment.

    Raises:
        ConfigError: a number is not a positive whole number.
    """
    home = Path(os.environ.get("GRIDLENS_HOME", REPOSITORY / "var")).expanduser().resolve()
    return Settings(
        home=home,
        database_url=os.environ.get("GRIDLENS_DATABASE_URL", f"sqlite:///{home / 'gridlens.sqlite'}"),
        photos_url=os.environ.get("GRIDLENS_PHOTOS_URL", str(home / "photos")),
        models_dir=Path(os.environ.get("GRIDLENS_MODELS", REPOSITORY / "models")).expanduser().resolve(),
        worker_count=_positive("GRIDLENS_WORKERS", min(os.cpu_count() or 1, 4)),
        max_upload_bytes=_positive("GRIDLENS_MAX_UPLOAD_MB", 200) * 1_000_000,
        max_pixels=_positive("GRIDLENS_MAX_MEGAPIXELS", 300) * 1_000_000,
        runs_dir=Path(os.environ.get("GRIDLENS_RUNS", REPOSITORY / "runs")).expanduser().resolve(),
        training_count=_positive("GRIDLENS_TRAININGS", 1),
    )


def _positive(name: str, default: int) -> int:
    text = os.environ.get(name, str(default))
    if not text.isdigit() or int(text) < 1:
        raise ConfigError(f"{name}: expected a whole number of at least 1, got {text!r}")
    return int(text)
