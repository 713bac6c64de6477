"""Files and folders of this machine through all models, in this process or in a pool of them."""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from core.config import Settings
from core.errors import InputError, StoreError
from core.services.context import Context, open_context
from core.services.worker import TROUBLE_WAIT_S, drain

SHARD_FILES = 8
DRAIN_TRIES = 5
DEFAULT_TAG = "helicopter inspection"
OnProgress = Callable[[int, int], None]
"""Called with (files ended, files in all)."""


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """What became of one file.

    Attributes:
        path: as found.
        photo_sha256: the photo; None where the file could not be read.
        error: what went wrong, naming the file; None where its findings are in the store.
    """

    path: Path
    photo_sha256: str | None
    error: str | None


def inspect_files(
    context: Context,
    paths: Sequence[Path],
    *,
    tags: Sequence[str] = (DEFAULT_TAG,),
    name: str = "command line",
    workers: int = 1,
    on_progress: OnProgress | None = None,
) -> list[FileOutcome]:
    """Add files to the store and inspect them; files that cannot be read or kept are outcomes with an error.

    Work is committed photo by photo. Killed and started again, what was committed is not computed again,
    since the store knows it by content.

    Args:
        context: this process's store and models.
        paths: files.
        tags: given to every photo; they decide which plugins run.
        name: of the batch in the store.
        workers: processes; 1 works in this one.
        on_progress: called after every shard, and at the beginning.

    Returns:
        One outcome a file, in the order of ``paths``.

    Raises:
        StoreError: the store could not write findings, even after waiting; what was committed stays.
    """
    batch_id = context.store.create_batch(name, tags)
    shards = [tuple(paths[start : start + SHARD_FILES]) for start in range(0, len(paths), SHARD_FILES)]
    taken: dict[Path, _TakenIn] = {}
    done_count = 0
    if on_progress:
        on_progress(0, len(paths))
    for done in _run_shards(context, batch_id, shards, workers):
        taken.update({file.path: file for file in done})
        done_count += len(done)
        if on_progress:
            on_progress(done_count, len(paths))
    errors = _errors_when_finished(context, batch_id)
    files = [taken[path] for path in paths]
    return [FileOutcome(file.path, file.photo_sha256, file.error or errors.get(file.row_id)) for file in files]


@dataclass(frozen=True, slots=True)
class _TakenIn:
    """One file after its intake: a row in the ledger, an error, or trouble of the store, which left no row."""

    path: Path
    photo_sha256: str | None = None
    row_id: int | None = None
    error: str | None = None
    trouble: StoreError | None = None


def inspect_shard(context: Context, batch_id: str, paths: Sequence[Path]) -> list[_TakenIn]:
    """Add the files of one shard to the store, then inspect what the batch has queued, own photos or others'.

    Raises:
        StoreError: none of a whole shard could be kept; the rest would fare no better, and wait long for it.
    """
    taken = [_take_in(context, batch_id, path) for path in paths]
    _drain_patiently(context, batch_id)
    if len(paths) == SHARD_FILES and all(file.trouble for file in taken):
        raise taken[0].trouble  # type: ignore[misc]  # all have one
    for file in taken:
        if file.trouble:
            with suppress(StoreError):  # the outcome says it, too
                context.store.fail_file(batch_id, file.path.name, str(file.trouble))
    return taken


def _drain_patiently(context: Context, batch_id: str) -> None:
    """Inspect what the batch has queued; a database that another process locks for a while is waited for."""
    for tries_left in reversed(range(DRAIN_TRIES)):
        try:
            drain(context, f"batch-{os.getpid()}", threading.Event(), batch_id=batch_id, rows_a_claim=SHARD_FILES)
            return
        except StoreError:
            if not tries_left:
                raise
            time.sleep(TROUBLE_WAIT_S)


def _take_in(context: Context, batch_id: str, path: Path) -> _TakenIn:
    try:
        if not os.access(path, os.R_OK):
            reason = f"{path.name}: expected a file that can be read; check its permissions"
            context.store.fail_file(batch_id, path.name, reason)
            return _TakenIn(path, error=reason)
        added = context.store.add_photo(path, path.name, batch_id=batch_id)
    except InputError as error:
        return _TakenIn(path, error=str(error))
    except StoreError as error:
        return _TakenIn(path, error=str(error), trouble=error)
    return _TakenIn(path, added.photo.sha256, added.row_id)


def _run_shards(
    context: Context, batch_id: str, shards: Sequence[Sequence[Path]], workers: int
) -> Iterator[list[_TakenIn]]:
    if min(workers, len(shards)) <= 1:
        yield from (inspect_shard(context, batch_id, shard) for shard in shards)
        return
    # Spawned, not forked: forked children would share locks and LiteRT threads that no longer run.
    pool = ProcessPoolExecutor(
        min(workers, len(shards)), multiprocessing.get_context("spawn"), _open_in_worker, (context.settings,)
    )
    try:
        futures = [pool.submit(_inspect_shard_in_worker, batch_id, shard) for shard in shards]
        for future in as_completed(futures):
            yield future.result()
    except BrokenProcessPool as error:
        raise StoreError(
            "a worker process ended unexpectedly (out of memory?); start the same command again, what is done is kept"
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


_context_of_worker: Context | None = None


def _open_in_worker(settings: Settings) -> None:
    global _context_of_worker
    _context_of_worker = open_context(settings)


def _inspect_shard_in_worker(batch_id: str, paths: Sequence[Path]) -> list[_TakenIn]:
    assert _context_of_worker is not None  # the pool's initializer ran
    return inspect_shard(_context_of_worker, batch_id, paths)


def _errors_when_finished(context: Context, batch_id: str) -> dict[int | None, str]:
    """Row → error, once the rows that a running app's workers have taken over are ended too."""
    while not context.store.progress(batch_id).is_finished:
        _drain_patiently(context, batch_id)
        time.sleep(0.2)
    return {row.id: row.error or "failed" for row in context.store.rows(batch_id, ("failed", "cancelled"))}
