"""One engine, and transactions that the store's parts share."""

from __future__ import annotations

import errno
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError, DataError, IntegrityError, InternalError, ProgrammingError
from sqlalchemy.pool import ConnectionPoolEntry

from core.errors import NotFoundError, StoreError

BUSY_TIMEOUT_S = 10.0
_DISK_ERRORS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EROFS: "the disk is read-only",
    errno.EACCES: "the folder may not be written to",
    errno.EPERM: "the folder may not be written to",
    errno.EIO: "the disk reports an error",
}
_DISK_REMEDY = "free some space or make the folder writable, then try again"


def open_engine(database_url: str, busy_timeout_s: float = BUSY_TIMEOUT_S) -> Engine:
    """Open a database; SQLite with foreign keys and a busy timeout in seconds (WAL mode is set by ``migrate``).

    SQLite's write transactions take the write lock when they begin (``BEGIN IMMEDIATE``): a
    transaction that reads first and writes later cannot wait for the lock and would fail at once.
    """
    is_sqlite = make_url(database_url).get_backend_name() == "sqlite"
    arguments: dict[str, Any] = {"timeout": busy_timeout_s, "check_same_thread": False} if is_sqlite else {}
    # A gallery asks from some forty server threads at once; a connection costs next to nothing in SQLite.
    engine = create_engine(
        database_url,
        connect_args=arguments,
        json_serializer=to_json,
        pool_pre_ping=not is_sqlite,
        max_overflow=60 if is_sqlite else 10,
    )
    if is_sqlite:
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def to_json(value: object) -> str:
    """Canonical JSON: sorted keys, no spaces, no NaN."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def insert_missing(connection: Connection, table: Table, values: dict[str, Any]) -> bool:
    """Insert a row unless one of the same key is there; True where it was inserted."""
    if connection.dialect.name == "postgresql":
        # Imported here: it takes 0.15 s, which every start on SQLite would pay.
        from sqlalchemy.dialects import postgresql

        return connection.execute(postgresql.insert(table).on_conflict_do_nothing(), values).rowcount > 0
    return connection.execute(sqlite.insert(table).on_conflict_do_nothing(), values).rowcount > 0


def _prepare_sqlite(connection: Any, _: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # BEGIN is ours, see _begin_sqlite
    cursor = connection.cursor()
    # NORMAL in WAL mode: a power cut may lose the last commits, never the database's consistency.
    for pragma in ("synchronous=NORMAL", "foreign_keys=ON", "temp_store=MEMORY"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("gridlens_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


class Database:
    """The engine, with one current transaction a thread that nested calls join."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._writing_engine = engine.execution_options(gridlens_writes=True)
        self._current = threading.local()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one state; the thread's own transaction where there is one."""
        current: Connection | None = getattr(self._current, "connection", None)
        if current is not None:
            yield current
            return
        with plain_words("reading the database"), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction: committed whole at the end of the outermost block, undone on any error."""
        current: Connection | None = getattr(self._current, "connection", None)
        if current is not None:
            yield current
            return
        with plain_words("writing to the database"), self._writing_engine.begin() as connection:
            self._current.connection = connection
            try:
                yield connection
            finally:
                self._current.connection = None

    def close(self) -> None:
        """Close all connections; the database stays usable and opens new ones when asked."""
        self.engine.dispose()


@contextmanager
def plain_words(doing: str) -> Iterator[None]:
    """Turn failures of disk and database into StoreError.

    Args:
        doing: what was being done, for example ``keeping pole.jpg``; begins the message.

    Raises:
        StoreError: disk full or not writable, database locked, damaged or out of reach.
        NotFoundError: a row names a photo or batch that is not there.
    """
    try:
        yield
    except OSError as error:
        reason = _DISK_ERRORS.get(error.errno or 0)
        if reason is None:
            raise
        raise StoreError(f"{doing}: {reason}; nothing was changed; {_DISK_REMEDY}") from error
    except IntegrityError as error:
        if "foreign key" not in str(error.orig).lower():
            raise
        raise NotFoundError(
            f"{doing}: expected a photo and a batch that the store knows, received one that it does not; add it first"
        ) from error
    except (DataError, InternalError, ProgrammingError):
        raise  # a bug of ours
    except DatabaseError as error:
        raise StoreError(f"{doing}: {_database_reason(error)}") from error


def _database_reason(error: DatabaseError) -> str:
    text = str(error.orig).lower()
    if "locked" in text or "busy" in text:
        return "the database is locked by another process for too long; nothing was changed; try again"
    if "full" in text:
        return f"the disk is full; nothing was changed; {_DISK_REMEDY}"
    if "readonly" in text or "read-only" in text or "unable to open" in text:
        return f"the database cannot be opened for writing; {_DISK_REMEDY}"
    if "not a database" in text or "malformed" in text:
        return f"the database file is damaged ({error.orig}); put a backup in its place, or move it away to start anew"
    return f"the database cannot do it now ({error.orig}); nothing was changed"
