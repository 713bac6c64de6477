"""Trouble with disk, database and files: each is named with its reason, and every other photo is finished."""

import errno
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.errors import StoreError
from core.services.batch import SHARD_FILES, inspect_files
from core.services.context import Context
from core.store import open_store
from tests.services.toys import write_photo

FillDisk = Callable[[set[Path]], None]


@pytest.fixture
def fill_disk_for(monkeypatch: pytest.MonkeyPatch) -> FillDisk:
    """Makes the disk too small for some files."""
    copy = shutil.copyfileobj

    def fill(too_large: set[Path]) -> None:
        def copy_if_it_fits(reader: Any, writer: Any, block_bytes: int) -> None:
            if Path(reader.name) in too_large:
                raise OSError(errno.ENOSPC, "No space left on device")
            copy(reader, writer, block_bytes)

        monkeypatch.setattr(shutil, "copyfileobj", copy_if_it_fits)

    return fill


@pytest.fixture
def rival(context: Context) -> Iterator[sqlite3.Connection]:
    """Another program with the same database."""
    connection = sqlite3.connect(context.settings.home / "gridlens.sqlite", isolation_level=None)
    yield connection
    connection.close()


@pytest.fixture
def hasty(context: Context) -> Iterator[Context]:
    """The same store, which waits next to nothing for the database."""
    store = open_store(context.settings, busy_timeout_s=0.05)
    yield replace(context, store=store)
    store.close()


def photos(folder: Path, count: int) -> list[Path]:
    return [write_photo(folder / f"{number}.jpg", number) for number in range(count)]


def finished(context: Context) -> int:
    return sum(bool(context.store.findings(row.photo.sha256)) for row in context.store.photos())


def test_photos_that_the_disk_has_no_room_for_are_rows_and_all_others_are_finished(
    context: Context, tmp_path: Path, fill_disk_for: FillDisk
) -> None:
    paths = photos(tmp_path, 12)
    large = {paths[3], paths[9]}
    fill_disk_for(large)
    outcomes = inspect_files(context, paths)
    for outcome in outcomes:
        if outcome.path not in large:
            assert outcome.error is None
            continue
        assert outcome.photo_sha256 is None
        assert str(outcome.error).startswith(f"{outcome.path.name}: keeping the original: the disk is full")
        assert "free some space" in str(outcome.error)
    batch_id = context.store.batches()[0].id
    assert [row.name for row in context.store.rows(batch_id, ["failed"])] == ["3.jpg", "9.jpg"]
    assert context.store.progress(batch_id).done == finished(context) == 10


def test_a_disk_that_is_full_for_good_stops_the_batch_and_keeps_what_is_done(
    context: Context, tmp_path: Path, fill_disk_for: FillDisk
) -> None:
    paths = photos(tmp_path, SHARD_FILES + 9)
    fill_disk_for(set(paths[SHARD_FILES:]))
    with pytest.raises(StoreError, match=r"^8\.jpg: keeping the original: the disk is full"):
        inspect_files(context, paths)
    assert finished(context) == SHARD_FILES


def test_a_database_locked_for_a_while_costs_only_the_photos_that_came_meanwhile(
    hasty: Context, rival: sqlite3.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = photos(tmp_path, SHARD_FILES + 4)
    put = hasty.store.files.put

    def lock_at_the_sixth(source: Path, key: str, *, may_move: bool) -> None:
        if source == paths[5]:
            rival.execute("BEGIN IMMEDIATE")
        put(source, key, may_move=may_move)

    monkeypatch.setattr(hasty.store.files, "put", lock_at_the_sixth)
    monkeypatch.setattr("core.services.batch.time.sleep", lambda _: rival.in_transaction and rival.execute("ROLLBACK"))
    outcomes = inspect_files(hasty, paths)
    hit = [outcome for outcome in outcomes if outcome.error]
    assert [outcome.path for outcome in hit] == paths[5:8]
    for outcome in hit:
        assert str(outcome.error).startswith(f"{outcome.path.name}: writing to the database: the database is locked")
    progress = hasty.store.progress(hasty.store.batches()[0].id)
    assert (progress.done, progress.failed) == (9, 3)
    assert finished(hasty) == 9
    assert not [outcome for outcome in inspect_files(hasty, paths) if outcome.error]  # started again, it is whole


def test_the_same_path_twice_is_two_outcomes_and_counts_twice(context: Context, tmp_path: Path) -> None:
    path = write_photo(tmp_path / "a.jpg")
    seen: list[int] = []
    outcomes = inspect_files(context, [path, path], on_progress=lambda done, _: seen.append(done))
    assert [outcome.error for outcome in outcomes] == [None, None]
    assert outcomes[0].photo_sha256 == outcomes[1].photo_sha256
    assert seen == [0, 2]
