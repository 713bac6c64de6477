"""Bringing a database to the schema that this version of Gridlens uses."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from core.errors import StoreError
from core.store.database import plain_words
from core.store.schema import REVISION

MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(engine: Engine, lock_path: Path) -> None:
    """Run the revisions that a database lacks.

    Alembic costs a tenth of a second to import, so a database that is up to date does not touch it.
    Several processes may start at once: the lock file lets one migrate and the others wait.

    Raises:
        StoreError: the database cannot be opened, or a newer Gridlens made it.
    """
    with plain_words("opening the database"):
        if _revision(engine) == REVISION:
            return
        with _locked(lock_path):
            _upgrade(engine)


def _revision(engine: Engine) -> str | None:
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        return None if found is None else str(found)


def _upgrade(engine: Engine) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    revision = _revision(engine)
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if revision is not None and revision not in known:
        raise StoreError(
            f"the database is at revision {revision}, which this version of Gridlens does not know; "
            "update Gridlens, or set GRIDLENS_HOME to another folder"
        )
    if engine.dialect.name == "sqlite":
        _use_write_ahead_log(engine)
    with _beginning(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _use_write_ahead_log(engine: Engine) -> None:
    """Let readers go on while one writes. SQLite remembers it in the file; it cannot be set in a transaction."""
    raw = engine.raw_connection()
    try:
        raw.cursor().execute("PRAGMA journal_mode=WAL")
    finally:
        raw.close()


@contextmanager
def _beginning(engine: Engine) -> Iterator[Connection]:
    with engine.execution_options(gridlens_writes=True).begin() as connection:
        yield connection


@contextmanager
def _locked(lock_path: Path) -> Iterator[None]:
    lock_path.parent.mkdir(parents=True, exist_ok=True)
    with lock_path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
