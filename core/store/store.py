"""The store: one object for photos, findings, metadata, plugins and batches."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from core.config import Settings
from core.store.batches import BatchesPart
from core.store.database import BUSY_TIMEOUT_S, Database, open_engine, plain_words
from core.store.files import PhotoFiles
from core.store.findings import FindingsPart
from core.store.inspections import InspectionsPart
from core.store.intake import IntakePart
from core.store.metadata_log import MetadataPart
from core.store.migrate import migrate
from core.store.photos import PhotosPart
from core.store.plugins import PluginsPart
from core.store.summary import SummaryPart
from core.store.thresholds import ThresholdsPart


class Store(
    IntakePart,
    PhotosPart,
    MetadataPart,
    FindingsPart,
    PluginsPart,
    BatchesPart,
    InspectionsPart,
    ThresholdsPart,
    SummaryPart,
):
    """Everything Gridlens keeps. Thread-safe; several processes may have one open on the same home.

    Made by ``open_store``. Each public method is one transaction; ``transaction`` joins several.
    """

    def __init__(self, settings: Settings, database: Database, files: PhotoFiles) -> None:
        self.settings = settings
        self.database = database
        self.files = files

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Join this thread's calls inside the block into one transaction: all of it is written, or nothing."""
        with self.database.writing():
            yield

    def close(self) -> None:
        """Close the database connections of this process."""
        self.database.close()


def open_store(settings: Settings, *, busy_timeout_s: float = BUSY_TIMEOUT_S) -> Store:
    """Open the store, making or updating what is missing. Each process opens its own (never across a fork).

    Args:
        settings: where things are kept.
        busy_timeout_s: how long SQLite waits for another process's write, seconds.

    Raises:
        StoreError: the home folder or the database cannot be written to, or is of a newer version.
    """
    with plain_words(f"opening {settings.home}"):
        settings.home.mkdir(parents=True, exist_ok=True)
    engine = open_engine(settings.database_url, busy_timeout_s)
    migrate(engine, settings.home / "migrate.lock")
    store = Store(settings, Database(engine), PhotoFiles(settings.photos_url, settings.home / "photo_cache"))
    store.clear_incoming()
    return store
