"""Batches and their ledger: what came, what is in work, what is done, what failed and why."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, func, insert, or_, select, update

from core.errors import NotFoundError
from core.store.database import Database
from core.store.names import clean_name
from core.store.rows import Batch, BatchProgress, LedgerRow, RowState
from core.store.schema import BATCHES, LEDGER

LEASE_S = 120.0
MAX_ATTEMPTS = 3
_RATE_WINDOW_S = 20.0

# Statements that every photo asks for are built once: building one costs SQLAlchemy more than running it.
_INSERT_ROW = insert(LEDGER)
_END_ROW = (
    update(LEDGER)
    .where(LEDGER.c.id == bindparam("row_id"))
    .values(state=bindparam("new_state"), error=bindparam("why"), finished_at=bindparam("now"), lease_until=None)
)
_TAGS_OF_BATCH = select(BATCHES.c.tags).where(BATCHES.c.id == bindparam("batch_id"))
_CANCELLED_AT = select(BATCHES.c.cancelled_at).where(BATCHES.c.id == bindparam("batch_id"))


class BatchesPart:
    """Batches, and the work that waits in their ledgers."""

    database: Database

    def create_batch(self, name: str, tags: Iterable[str] = ()) -> str:
        """Begin a batch; every photo added to it gets the tags. Returns its id, 32 hex digits."""
        batch_id = uuid.uuid4().hex
        with self.database.writing() as connection:
            connection.execute(
                insert(BATCHES).values(id=batch_id, name=name, tags=list(tags), created_at=datetime.now(UTC))
            )
        return batch_id

    def batch(self, batch_id: str) -> Batch:
        """One batch.

        Raises:
            NotFoundError: no such batch.
        """
        with self.database.reading() as connection:
            row = connection.execute(select(BATCHES).where(BATCHES.c.id == batch_id)).one_or_none()
        if row is None:
            raise NotFoundError(f"batch {batch_id[:80]}: not in the store; pick one from the list of batches")
        return _batch(row)

    def batches(self, limit: int = 50) -> list[Batch]:
        """The newest batches, newest first."""
        with self.database.reading() as connection:
            found = connection.execute(select(BATCHES).order_by(BATCHES.c.created_at.desc()).limit(limit))
            return [_batch(row) for row in found]

    def latest_batch(self) -> Batch | None:
        """The newest batch; None where there is none yet."""
        return next(iter(self.batches(1)), None)

    def rows(
        self, batch_id: str, states: Sequence[RowState] = (), *, limit: int | None = None, offset: int = 0
    ) -> list[LedgerRow]:
        """Rows of a batch in order of arrival, all or those in some states."""
        query = select(LEDGER).where(LEDGER.c.batch_id == batch_id).order_by(LEDGER.c.id)
        if states:
            query = query.where(LEDGER.c.state.in_(states))
        with self.database.reading() as connection:
            return [_row(row) for row in connection.execute(query.limit(limit).offset(offset))]

    def fail_file(self, batch_id: str, name: str, error: str) -> int:
        """Note a file that did not get as far as the store (an upload that broke off). Returns the row's id."""
        with self.database.writing() as connection:
            return add_row(connection, batch_id, clean_name(name), None, error=error)

    def progress(self, batch_id: str) -> BatchProgress:
        """How far a batch is; two queries."""
        with self.database.reading() as connection:
            counted = connection.execute(
                select(LEDGER.c.state, func.count().label("rows"))
                .where(LEDGER.c.batch_id == batch_id)
                .group_by(LEDGER.c.state)
            )
            counts: dict[str, int] = {row.state: row.rows for row in counted}
            per_second = _rate(connection, batch_id)
        left = counts.get("queued", 0) + counts.get("running", 0)
        return BatchProgress(
            total=sum(counts.values()),
            done=counts.get("done", 0),
            failed=counts.get("failed", 0),
            running=counts.get("running", 0),
            queued=counts.get("queued", 0),
            cancelled=counts.get("cancelled", 0),
            per_second=per_second,
            seconds_left=0.0 if left == 0 else (left / per_second if per_second > 0 else None),
        )

    def claim_next(
        self, worker: str, n: int = 1, *, lease_s: float = LEASE_S, batch_id: str | None = None
    ) -> list[LedgerRow]:
        """Take up to n rows into work, in order of arrival; no two workers get the same row.

        Rows whose worker has not finished, failed or renewed them within its lease are taken up again;
        a row that was taken up three times in vain fails, for it seems to kill its worker.

        Args:
            worker: name of the worker, for the record.
            n: most rows to take.
            lease_s: time until others may take the rows over, seconds.
            batch_id: only rows of this batch; None for any.

        Raises:
            StoreError: the store cannot do it now.
        """
        # Looking first keeps idle workers from taking the write lock again and again.
        with self.database.reading() as connection:
            if connection.execute(_claimable(batch_id).limit(1)).first() is None:
                return []
        with self.database.writing() as connection:
            _fail_hopeless(connection)
            query = _claimable(batch_id).order_by(LEDGER.c.id).limit(n).with_for_update(skip_locked=True)
            ids = list(connection.scalars(query))
            now = datetime.now(UTC)
            connection.execute(
                update(LEDGER)
                .where(LEDGER.c.id.in_(ids))
                .values(
                    state="running",
                    worker=worker,
                    attempts=LEDGER.c.attempts + 1,
                    started_at=now,
                    lease_until=now + timedelta(seconds=lease_s),
                )
            )
            taken = connection.execute(select(LEDGER).where(LEDGER.c.id.in_(ids)).order_by(LEDGER.c.id))
            return [_row(row) for row in taken]

    def renew_lease(self, row_ids: Sequence[int], worker: str, lease_s: float = LEASE_S) -> int:
        """Keep rows for longer; returns how many are still this worker's."""
        with self.database.writing() as connection:
            return connection.execute(
                update(LEDGER)
                .where(LEDGER.c.id.in_(row_ids), LEDGER.c.worker == worker, LEDGER.c.state == "running")
                .values(lease_until=datetime.now(UTC) + timedelta(seconds=lease_s))
            ).rowcount

    def release_rows(self, worker: str) -> int:
        """Put a worker's unfinished rows back in the queue, when it stops in good order; returns how many."""
        with self.database.writing() as connection:
            return connection.execute(
                update(LEDGER)
                .where(LEDGER.c.worker == worker, LEDGER.c.state == "running")
                .values(state="queued", worker=None, lease_until=None, attempts=LEDGER.c.attempts - 1)
            ).rowcount

    def finish_row(self, row_id: int) -> None:
        """Note that a row's work is done."""
        with self.database.writing() as connection:
            end_row(connection, row_id, None)

    def fail_row(self, row_id: int, error: str) -> None:
        """Note that a row's work failed, with words fit to show."""
        with self.database.writing() as connection:
            end_row(connection, row_id, error)

    def cancel_batch(self, batch_id: str) -> int:
        """Stop a batch: what waits is cancelled, what runs is finished. Returns how many rows waited."""
        now = datetime.now(UTC)
        with self.database.writing() as connection:
            connection.execute(update(BATCHES).where(BATCHES.c.id == batch_id).values(cancelled_at=now))
            return connection.execute(
                update(LEDGER)
                .where(LEDGER.c.batch_id == batch_id, LEDGER.c.state == "queued")
                .values(state="cancelled", finished_at=now)
            ).rowcount

    def retry_batch(self, batch_id: str) -> int:
        """Queue failed and cancelled rows again whose photo could be read; returns how many."""
        with self.database.writing() as connection:
            connection.execute(update(BATCHES).where(BATCHES.c.id == batch_id).values(cancelled_at=None))
            return connection.execute(
                update(LEDGER)
                .where(
                    LEDGER.c.batch_id == batch_id,
                    LEDGER.c.state.in_(("failed", "cancelled")),
                    LEDGER.c.photo_sha256.is_not(None),
                )
                .values(state="queued", error=None, attempts=0, finished_at=None)
            ).rowcount


def batch_tags(connection: Connection, batch_id: str) -> tuple[str, ...]:
    """The tags that a batch gives to its photos; none where there is no such batch."""
    return tuple(connection.scalar(_TAGS_OF_BATCH, {"batch_id": batch_id}) or ())


def add_row(
    connection: Connection, batch_id: str, name: str, photo_sha256: str | None, *, error: str | None = None
) -> int:
    """Put a file into a batch's ledger: queued (cancelled in a stopped batch), or failed with its error.

    Returns:
        The row's id.
    """
    now = datetime.now(UTC)
    state: RowState = "queued" if error is None else "failed"
    if error is None and connection.scalar(_CANCELLED_AT, {"batch_id": batch_id}):
        state = "cancelled"  # the upload was still under way when a person stopped the batch
    inserted = connection.execute(
        _INSERT_ROW,
        {
            "batch_id": batch_id,
            "name": name,
            "photo_sha256": photo_sha256,
            "state": state,
            "error": error,
            "attempts": 0,
            "queued_at": now,
            "finished_at": None if state == "queued" else now,
        },
    )
    return int(inserted.inserted_primary_key[0])  # type: ignore[index]


def end_row(connection: Connection, row_id: int, error: str | None) -> None:
    """Mark a row done, or failed where there is an error."""
    state: RowState = "done" if error is None else "failed"
    connection.execute(_END_ROW, {"row_id": row_id, "new_state": state, "why": error, "now": datetime.now(UTC)})


def _claimable(batch_id: str | None) -> Any:
    abandoned = and_(LEDGER.c.state == "running", LEDGER.c.lease_until < datetime.now(UTC))
    query = select(LEDGER.c.id).where(or_(LEDGER.c.state == "queued", abandoned))
    return query if batch_id is None else query.where(LEDGER.c.batch_id == batch_id)


def _fail_hopeless(connection: Connection) -> None:
    now = datetime.now(UTC)
    connection.execute(
        update(LEDGER)
        .where(LEDGER.c.state == "running", LEDGER.c.lease_until < now, LEDGER.c.attempts >= MAX_ATTEMPTS)
        .values(
            state="failed",
            error=f"the worker stopped {MAX_ATTEMPTS} times while inspecting this photo; look at its log",
            finished_at=now,
        )
    )


def _rate(connection: Connection, batch_id: str) -> float:
    """Rows finished a second, over the last 20 s before the newest finish."""
    of_batch = and_(LEDGER.c.batch_id == batch_id, LEDGER.c.state.in_(("done", "failed")))
    worked = and_(of_batch, LEDGER.c.started_at.is_not(None))
    newest = connection.scalar(select(func.max(LEDGER.c.finished_at)).where(worked))
    if newest is None:
        return 0.0
    since = newest - timedelta(seconds=_RATE_WINDOW_S)
    count, first = connection.execute(
        select(func.count(), func.min(LEDGER.c.started_at)).where(worked, LEDGER.c.finished_at >= since)
    ).one()
    span_s = (newest - max(first, since)).total_seconds()
    return float(count / span_s) if span_s > 0 else 0.0


def _batch(row: Row[Any]) -> Batch:
    return Batch(row.id, row.name, tuple(row.tags), row.created_at, row.cancelled_at)


def _row(row: Row[Any]) -> LedgerRow:
    return LedgerRow(
        id=row.id,
        batch_id=row.batch_id,
        name=row.name,
        photo_sha256=row.photo_sha256,
        state=row.state,
        error=row.error,
        attempts=row.attempts,
        queued_at=row.queued_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
    )
