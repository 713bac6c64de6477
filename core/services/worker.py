"""Background inspection: worker processes drain the ledger, and a supervisor in the app keeps them alive.

The ledger is the queue: a row is claimed in one transaction with a lease, and ended in the transaction
that writes its findings. A second queue beside it could only disagree with it.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress

from core.config import REPOSITORY, Settings, read_settings
from core.errors import GridlensError, StoreError
from core.services.context import Context, open_context
from core.services.inspect import inspect_photo
from core.store import LedgerRow

LOG = logging.getLogger("gridlens.worker")
ROWS_A_CLAIM = 4
IDLE_WAIT_S = 0.5
TROUBLE_WAIT_S = 3.0
RESTART_WAIT_S = 2.0


def drain(
    context: Context,
    worker: str,
    stop: threading.Event,
    *,
    batch_id: str | None = None,
    rows_a_claim: int = ROWS_A_CLAIM,
) -> int:
    """Inspect queued photos until none is left or ``stop`` is set.

    Args:
        context: store and models.
        worker: name in the ledger; unique among running workers.
        stop: set from elsewhere to finish the photo at hand and return.
        batch_id: only this batch; None for any.
        rows_a_claim: photos claimed at once; more saves database round trips and spreads less evenly.

    Returns:
        Rows ended, failed ones included.

    Raises:
        StoreError: the store cannot do it now; claimed rows go back into the queue.
    """
    count = 0
    try:
        while not stop.is_set():
            rows = context.store.claim_next(worker, rows_a_claim, batch_id=batch_id)
            if not rows:
                break
            for row in rows:
                if stop.is_set():
                    break
                inspect_row(context, row)
                count += 1
    finally:
        with suppress(StoreError):  # others take the rows over when their lease has run out
            context.store.release_rows(worker)
    return count


def inspect_row(context: Context, row: LedgerRow) -> None:
    """Inspect one row's photo; whatever is wrong with the photo ends up in the row, and nothing stops.

    Raises:
        StoreError: the store cannot do it now, and for which file; the row is not ended.
    """
    if row.photo_sha256 is None:
        context.store.fail_row(row.id, f"{row.name}: the file never reached the store; add it again")
        return
    try:
        inspect_photo(context, row.photo_sha256, row_id=row.id)
    except StoreError as error:
        raise StoreError(f"{row.name}: {error}") from error
    except GridlensError as error:
        context.store.fail_row(row.id, str(error))
    except MemoryError:
        context.store.fail_row(row.id, f"{row.name}: not enough memory for a photo of this size; make it smaller")
    except Exception:
        LOG.exception("row %d, photo %s", row.id, row.photo_sha256)
        context.store.fail_row(row.id, f"{row.name}: could not be inspected, by a fault in Gridlens; see its log")


def run_worker(settings: Settings, worker: str, stop: threading.Event) -> None:
    """Drain the ledger again and again until told to stop; survives a locked database or a full disk."""
    context = open_context(settings)
    while not stop.is_set():
        try:
            wait_s = 0.0 if drain(context, worker, stop) else IDLE_WAIT_S
        except StoreError as error:
            LOG.warning("%s; trying again", error)
            wait_s = TROUBLE_WAIT_S
        stop.wait(wait_s)


class WorkerSupervisor:
    """Starts worker processes with the app, restarts those that die, and takes them down with it.

    Workers are plain child processes and not ``multiprocessing`` ones: those would import the app's
    main module, with all of Streamlit, again. Each watches its standard input, which closes when the
    app is gone for whatever reason, so that no worker outlives it.
    """

    def __init__(self, settings: Settings) -> None:
        """Does nothing yet; see ``start``."""
        self._settings = settings
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self, delay_s: float = 0.0) -> None:
        """Start ``settings.worker_count`` workers, ``delay_s`` later so that the first page comes first."""
        if self._threads:
            return
        self._stop.clear()
        for number in range(self._settings.worker_count):
            thread = threading.Thread(target=self._keep_alive, args=(number, delay_s), daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self, timeout_s: float = 10.0) -> None:
        """Let every worker finish its photo, then end it; what they had claimed goes back into the queue."""
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout_s)
        self._threads.clear()

    def _keep_alive(self, number: int, delay_s: float) -> None:
        self._stop.wait(delay_s)
        while not self._stop.is_set():
            process = start_worker(self._settings, f"{os.getpid()}-{number}")
            while process.poll() is None and not self._stop.wait(0.25):
                pass
            if self._stop.is_set():
                _end(process)
                return
            _end(process)
            LOG.warning("worker %d ended with status %s; starting it again", number, process.returncode)
            self._stop.wait(RESTART_WAIT_S)


def start_worker(settings: Settings, name: str) -> subprocess.Popen[bytes]:
    """Start one worker process; it ends when its standard input is closed."""
    return subprocess.Popen(
        [sys.executable, "-m", "core.services.worker", "--name", name],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        cwd=REPOSITORY,
        env={**os.environ, **settings_environment(settings)},
    )


def settings_environment(settings: Settings) -> dict[str, str]:
    """The environment that ``read_settings`` reads these settings back from."""
    return {
        "GRIDLENS_HOME": str(settings.home),
        "GRIDLENS_DATABASE_URL": settings.database_url,
        "GRIDLENS_PHOTOS_URL": settings.photos_url,
        "GRIDLENS_MODELS": str(settings.models_dir),
        "GRIDLENS_WORKERS": str(settings.worker_count),
        "GRIDLENS_MAX_UPLOAD_MB": str(max(1, settings.max_upload_bytes // 1_000_000)),
        "GRIDLENS_MAX_MEGAPIXELS": str(max(1, settings.max_pixels // 1_000_000)),
        "GRIDLENS_RUNS": str(settings.runs_dir),
        "GRIDLENS_TRAININGS": str(settings.training_count),
    }


def _end(process: subprocess.Popen[bytes], timeout_s: float = 8.0) -> None:
    if process.stdin is not None:
        process.stdin.close()
    try:
        process.wait(timeout_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def main() -> None:
    """``python -m core.services.worker``: one worker, until standard input closes or SIGTERM comes."""
    parser = argparse.ArgumentParser(prog="python -m core.services.worker", description=main.__doc__)
    parser.add_argument("--name", default=str(os.getpid()), help="name in the ledger")
    worker = f"worker-{parser.parse_args().name}-{os.getpid()}"
    logging.basicConfig(level=logging.INFO, format=f"%(asctime)s {worker} %(levelname)s %(message)s")
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    signal.signal(signal.SIGINT, lambda *_: stop.set())
    threading.Thread(target=_stop_at_end_of_input, args=(stop,), daemon=True).start()
    run_worker(read_settings(), worker, stop)


def _stop_at_end_of_input(stop: threading.Event) -> None:
    while os.read(0, 4096):
        pass
    stop.set()


if __name__ == "__main__":
    main()
