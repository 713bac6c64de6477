"""Batches and their ledger."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from core.errors import NotFoundError
from core.store import MetadataChange, Store
from core.store.schema import LEDGER
from tests.store.samples import add, pole


@pytest.fixture
def batch(store: Store, tmp_path: Path) -> str:
    """A batch of five queued rows."""
    batch_id = store.create_batch("flight 12", ["helicopter inspection"])
    for seed in range(5):
        add(store, tmp_path, seed, batch_id=batch_id)
    return batch_id


def test_batches_are_listed_newest_first(store: Store) -> None:
    assert store.latest_batch() is None
    ids = [store.create_batch(name, ["t"]) for name in ("a", "b")]
    assert [found.id for found in store.batches()] == ids[::-1]
    latest = store.latest_batch()
    assert latest == store.batch(ids[1])
    assert latest is not None
    assert (latest.name, latest.tags, latest.cancelled_at) == ("b", ("t",), None)
    with pytest.raises(NotFoundError, match="batch x: not in the store"):
        store.batch("x")


def test_rows_go_from_queued_over_running_to_their_end(store: Store, batch: str) -> None:
    taken = store.claim_next("w1", 2)
    assert [(row.name, row.state, row.attempts) for row in taken] == [
        ("photo0.jpg", "running", 1),
        ("photo1.jpg", "running", 1),
    ]
    store.finish_row(taken[0].id)
    store.fail_row(taken[1].id, "photo1.jpg: the file is cut off")
    progress = store.progress(batch)
    assert (progress.total, progress.done, progress.failed, progress.running, progress.queued) == (5, 1, 1, 0, 3)
    assert progress.per_second > 0
    assert progress.seconds_left == pytest.approx(3 / progress.per_second)
    assert not progress.is_finished
    assert [row.error for row in store.rows(batch, ["failed"])] == ["photo1.jpg: the file is cut off"]
    assert [row.name for row in store.rows(batch, limit=2, offset=3)] == ["photo3.jpg", "photo4.jpg"]


def test_progress_of_a_finished_and_of_an_untouched_batch(store: Store, batch: str) -> None:
    assert store.progress(batch).seconds_left is None
    for row in store.claim_next("w", 10):
        store.finish_row(row.id)
    progress = store.progress(batch)
    assert (progress.is_finished, progress.seconds_left) == (True, 0.0)
    assert store.claim_next("w", 10) == []


def test_rate_by_hand(store: Store, batch: str) -> None:
    rows = store.claim_next("w", 5)
    start = rows[0].started_at
    assert start is not None
    with store.database.writing() as connection:
        for index, row in enumerate(rows[:4]):
            ends = {"state": "done", "started_at": start, "finished_at": start + timedelta(seconds=1 + index)}
            connection.execute(update(LEDGER).where(LEDGER.c.id == row.id).values(**ends))
    progress = store.progress(batch)
    assert progress.per_second == pytest.approx(1.0)  # 4 rows in 4 seconds
    assert progress.seconds_left == pytest.approx(1.0)


def test_no_row_is_given_to_two_workers(store: Store, tmp_path: Path) -> None:
    batch_id = store.create_batch("b")
    for seed in range(24):
        add(store, tmp_path, seed % 3, batch_id=batch_id)
    store.database.engine.dispose()

    def work(worker: int) -> list[int]:
        ids: list[int] = []
        while taken := store.claim_next(f"w{worker}", 2):
            ids += [row.id for row in taken]
        return ids

    with ThreadPoolExecutor(4) as threads:
        ids = [row_id for found in threads.map(work, range(4)) for row_id in found]
    assert sorted(ids) == [row.id for row in store.rows(batch_id)]


def test_rows_of_a_dead_worker_are_taken_up_again(store: Store, batch: str) -> None:
    dead = store.claim_next("dead", 2)
    assert {row.id for row in dead}.isdisjoint(row.id for row in store.claim_next("w", 1))
    with store.database.writing() as connection:  # a minute later
        ended = datetime.now(UTC) - timedelta(seconds=1)
        connection.execute(update(LEDGER).where(LEDGER.c.worker == "dead").values(lease_until=ended))
    again = store.claim_next("w", 2)
    assert [(row.id, row.attempts) for row in again] == [(row.id, 2) for row in dead]


def test_renewed_rows_are_not_taken_over(store: Store, batch: str) -> None:
    (mine, other) = store.claim_next("slow", 2, lease_s=0.05)
    assert store.renew_lease([mine.id], "slow", lease_s=60) == 1
    assert store.renew_lease([other.id], "thief", lease_s=60) == 0
    time.sleep(0.06)
    assert other.id in [row.id for row in store.claim_next("w", 5)]
    assert mine.id not in [row.id for row in store.rows(batch, ["queued"])]


def test_photo_that_kills_its_worker_fails_after_three_attempts(store: Store, batch: str) -> None:
    for _ in range(3):
        assert store.claim_next("w", 1, lease_s=0.01)[0].name == "photo0.jpg"
        time.sleep(0.02)
    assert store.claim_next("w", 1)[0].name == "photo1.jpg"
    (failed,) = store.rows(batch, ["failed"])
    assert "stopped 3 times while inspecting this photo" in str(failed.error)


def test_worker_that_stops_in_good_order_gives_back_its_rows(store: Store, batch: str) -> None:
    store.claim_next("w", 3)
    assert store.release_rows("w") == 3
    assert {row.attempts for row in store.rows(batch, ["queued"])} == {0}


def test_claims_may_keep_to_one_batch(store: Store, batch: str, tmp_path: Path) -> None:
    other = store.create_batch("other")
    add(store, tmp_path, 0, batch_id=other)
    assert [row.batch_id for row in store.claim_next("w", 9, batch_id=other)] == [other]


def test_stopped_batch_keeps_what_is_done_and_takes_no_more(store: Store, batch: str, tmp_path: Path) -> None:
    running = store.claim_next("w", 1)[0]
    assert store.cancel_batch(batch) == 4
    add(store, tmp_path, 9, batch_id=batch)
    store.finish_row(running.id)
    progress = store.progress(batch)
    assert (progress.total, progress.done, progress.cancelled, progress.is_finished) == (6, 1, 5, True)
    assert store.batch(batch).cancelled_at is not None
    assert store.retry_batch(batch) == 5
    assert len(store.claim_next("w", 9)) == 5


def test_retry_leaves_files_that_cannot_be_read(store: Store, batch: str) -> None:
    store.fail_file(batch, "../broken.jpg", "broken.jpg: the upload broke off")
    store.fail_row(store.claim_next("w", 1)[0].id, "model missing")
    assert store.retry_batch(batch) == 1
    assert [row.name for row in store.rows(batch, ["failed"])] == ["broken.jpg"]


def test_inspection_is_committed_whole(store: Store, batch: str) -> None:
    row = store.claim_next("w", 1)[0]
    assert row.photo_sha256 is not None
    changes = [MetadataChange("polecat.label", "TREE", "model:polecat@v1")]
    store.commit_inspection(
        row.photo_sha256, predictions=[pole(row.photo_sha256)], metadata=changes, urgency=(4.0, 2), row_id=row.id
    )
    assert [finding.label for finding in store.findings(row.photo_sha256)] == ["TREE"]
    assert store.metadata(row.photo_sha256) == {"polecat.label": "TREE"}
    assert store.photo_row(row.photo_sha256).urgency_step == 2
    assert store.progress(batch).done == 1


def test_inspection_that_fails_in_the_middle_leaves_nothing(store: Store, batch: str) -> None:
    row = store.claim_next("w", 1)[0]
    assert row.photo_sha256 is not None
    with pytest.raises(NotFoundError):
        store.commit_inspection(
            row.photo_sha256, predictions=[pole(row.photo_sha256), pole("0" * 64)], urgency=(4.0, 2), row_id=row.id
        )
    assert store.findings(row.photo_sha256) == ()
    assert store.progress(batch).running == 1
