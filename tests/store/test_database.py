"""Transactions, locks, several processes, migrations."""

import itertools
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from core.config import Settings
from core.errors import NotFoundError, StoreError
from core.store import PhotoFilter, Store, open_store
from core.store.migrate import MIGRATIONS
from core.store.photos import _ORDERS, _where
from core.store.schema import METADATA, PHOTOS, REVISION
from tests.store.conftest import settings_in
from tests.store.samples import add, photo_file, pole

ROOT = str(Path(__file__).parents[2])


def test_migrations_lead_to_exactly_the_schema(store: Store) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_current_head() == REVISION
    with store.database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


def test_schema_and_queries_are_postgresql_too() -> None:
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    for table in METADATA.sorted_tables:
        assert str(CreateTable(table).compile(dialect=dialect))
    wanted = PhotoFilter(tags=("a",), labels=("TREE",), batch_id="b", text="x", reviewed=True)
    query = str(_where(PHOTOS.select(), wanted).order_by(*_ORDERS["captured"]).compile(dialect=dialect))
    assert "NULLS LAST" in query
    assert "ILIKE" in query


def test_opening_again_changes_nothing_and_needs_no_alembic(store: Store, settings: Settings) -> None:
    script = (
        f"import sys; sys.path.insert(0, {ROOT!r})\n"
        "from pathlib import Path\nfrom core.store import open_store\nfrom tests.store.conftest import settings_in\n"
        f"open_store(settings_in(Path({str(settings.home)!r}))).close()\nprint('alembic' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_two_openings_of_a_new_home_at_once(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as threads:
        stores = list(threads.map(lambda _: open_store(settings_in(tmp_path / "new")), range(4)))
    assert [len(store.plugins()) for store in stores] == [3] * 4
    for store in stores:
        store.close()


def test_database_of_a_newer_version_is_refused(store: Store, settings: Settings) -> None:
    with store.database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="revision 9999, which this version of Gridlens does not know"):
        open_store(settings)


def test_damaged_database_is_said(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    (tmp_path / "gridlens.sqlite").write_bytes(b"no database " * 1000)
    with pytest.raises(StoreError, match=r"database file is damaged .*put a backup"):
        open_store(settings)


def test_transaction_is_all_or_nothing(store: Store, tmp_path: Path) -> None:
    sha256 = add(store, tmp_path)

    def break_off() -> None:
        with store.transaction():
            store.save_prediction(pole(sha256))
            store.set_urgency(sha256, 5.0, 3)
            assert store.findings(sha256)  # seen inside
            raise RuntimeError

    with pytest.raises(RuntimeError):
        break_off()
    assert store.findings(sha256) == ()
    assert store.photo_row(sha256).urgency_step == 0
    with store.transaction():
        store.save_prediction(pole(sha256))
    assert store.findings(sha256)


def test_transaction_of_one_thread_is_not_seen_by_others(store: Store, tmp_path: Path) -> None:
    sha256 = add(store, tmp_path)
    with ThreadPoolExecutor(1) as other, store.transaction():
        store.save_prediction(pole(sha256))
        assert other.submit(store.findings, sha256).result() == ()


def test_locked_database_is_said_and_changes_nothing(store: Store, settings: Settings, tmp_path: Path) -> None:
    sha256 = add(store, tmp_path)
    rival = sqlite3.connect(settings.home / "gridlens.sqlite", isolation_level=None)
    try:
        rival.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="locked by another process"):
            store.save_prediction(pole(sha256))
        with pytest.raises(StoreError, match="locked by another process"):
            add(store, tmp_path, 1)
        assert store.findings(sha256) == ()  # reading goes on
        rival.execute("ROLLBACK")
    finally:
        rival.close()
    assert store.save_prediction(pole(sha256))
    assert store.count() == 1


def test_full_disk_under_the_database_is_said(store: Store, tmp_path: Path) -> None:
    sha256 = add(store, tmp_path)
    store.database.close()
    with store.database.reading() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
    with pytest.raises(StoreError, match="the disk is full; nothing was changed"):
        store.set_metadata(sha256, "note", "x" * 1_000_000, "person:kari")
    assert store.metadata(sha256) == {}


_WRITER = """
import sys
from pathlib import Path
sys.path.insert(0, {root!r})
from core.store import open_store
from tests.store.conftest import settings_in
from tests.store.samples import pole
store = open_store(settings_in(Path({home!r})))
photo = Path({photo!r})
for number in range(25):
    sha256 = store.add_photo(photo, "a.jpg", batch_id={batch_id!r}).photo.sha256
    store.save_prediction(pole(sha256, version=f"v{{number}}"))
    store.set_metadata(sha256, "note", {me!r} + str(number), "person:" + {me!r})
"""


def test_two_processes_write_at_once(store: Store, settings: Settings, tmp_path: Path) -> None:
    batch_id = store.create_batch("b")
    photo = str(photo_file(tmp_path))
    writers = [
        subprocess.Popen(
            [
                sys.executable,
                "-c",
                _WRITER.format(root=ROOT, home=str(settings.home), photo=photo, batch_id=batch_id, me=me),
            ],
            stderr=subprocess.PIPE,
            text=True,
        )
        for me in ("kari", "ola")
    ]
    for writer in writers:
        assert writer.communicate(timeout=60)[1] == ""
        assert writer.returncode == 0
    (row,) = store.photos()
    assert store.progress(batch_id).total == 50
    notes = [entry for entry in store.history(row.photo.sha256) if entry.key == "note"]
    assert len(notes) == 50
    assert all(late.old_value == early.new_value for early, late in itertools.pairwise(notes))
    assert len(store.findings(row.photo.sha256)) == 1


def test_unknown_photo_in_a_transaction_is_not_found(store: Store) -> None:
    with pytest.raises(NotFoundError, match="expected a photo and a batch that the store knows"):
        store.save_prediction(pole("0" * 64))
