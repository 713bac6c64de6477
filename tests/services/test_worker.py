"""The background worker and its supervisor."""

import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from core.errors import ModelError, StoreError
from core.services.context import Context, open_context
from core.services.worker import WorkerSupervisor, drain, run_worker, settings_environment, start_worker
from tests.services.toys import HELICOPTER, AddPhoto, ToyRegistry, toy_settings, write_photo


def test_drain_ends_every_row_and_a_bad_photo_stops_nothing(
    context: Context, registry: ToyRegistry, add_photo: AddPhoto
) -> None:
    batch_id = context.store.create_batch("batch")
    shas = [add_photo(seed, batch_id=batch_id) for seed in range(3)]
    context.store.original_path(shas[1]).write_bytes(b"\xff\xd8\xff gone bad")
    assert drain(context, "me", threading.Event()) == 3
    rows = {row.photo_sha256: row for row in context.store.rows(batch_id)}
    assert [rows[sha256].state for sha256 in shas] == ["done", "failed", "done"]
    assert (rows[shas[1]].error or "").startswith("1.jpg: ")


def test_a_fault_of_ours_is_a_row_without_a_stack_trace(
    context: Context, registry: ToyRegistry, add_photo: AddPhoto, caplog: pytest.LogCaptureFixture
) -> None:
    batch_id = context.store.create_batch("batch")
    add_photo(batch_id=batch_id)
    registry.models["polecat"].error = ZeroDivisionError("secret detail")
    drain(context, "me", threading.Event())
    (row,) = context.store.rows(batch_id)
    assert row.error == "0.jpg: could not be inspected, by a fault in Gridlens; see its log"
    assert "secret detail" in caplog.text


def test_a_broken_model_is_named_in_the_row(context: Context, registry: ToyRegistry, add_photo: AddPhoto) -> None:
    batch_id = context.store.create_batch("batch")
    add_photo(batch_id=batch_id)
    registry.models["polecat"].error = ModelError("polecat-v1: expected a LiteRT model")
    drain(context, "me", threading.Event())
    assert context.store.rows(batch_id)[0].error == "polecat-v1: expected a LiteRT model"


def test_trouble_with_the_store_puts_claimed_rows_back(
    context: Context, registry: ToyRegistry, add_photo: AddPhoto, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch_id = context.store.create_batch("batch")
    add_photo(batch_id=batch_id)

    def locked(*_: object, **__: object) -> None:
        raise StoreError("the database is locked")

    with monkeypatch.context() as patch:
        patch.setattr(type(context.store), "commit_inspection", locked)
        with pytest.raises(StoreError, match=r"^0\.jpg: the database is locked"):
            drain(context, "me", threading.Event())
    (row,) = context.store.rows(batch_id)
    assert (row.state, row.attempts) == ("queued", 0)
    assert drain(context, "me", threading.Event()) == 1


def test_a_worker_that_is_told_to_stop_leaves_the_rest_in_the_queue(
    context: Context, registry: ToyRegistry, add_photo: AddPhoto, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch_id = context.store.create_batch("batch")
    for seed in range(4):
        add_photo(seed, batch_id=batch_id)
    stop = threading.Event()
    predict = registry.models["polecat"].predict
    monkeypatch.setattr(registry.models["polecat"], "predict", lambda *a: (stop.set(), predict(*a))[1])
    assert drain(context, "me", stop) == 1
    assert context.store.progress(batch_id).queued == 3


def test_a_worker_survives_a_store_that_is_away_for_a_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stop, calls = threading.Event(), []

    def flaky(*_: object) -> int:
        calls.append(1)
        if len(calls) == 1:
            raise StoreError("the database is locked")
        stop.set()
        return 0

    monkeypatch.setattr("core.services.worker.drain", flaky)
    monkeypatch.setattr("core.services.worker.TROUBLE_WAIT_S", 0.01)
    run_worker(toy_settings(tmp_path), "me", stop)
    assert len(calls) == 2


def test_settings_survive_the_way_through_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from core.config import read_settings

    settings = toy_settings(tmp_path.resolve(), tmp_path.resolve() / "models")
    for name, value in settings_environment(settings).items():
        monkeypatch.setenv(name, value)
    assert read_settings() == settings


def wait_until(condition: Callable[[], bool], timeout_s: float = 30.0) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "timed out"
        time.sleep(0.05)


@pytest.mark.slow
def test_a_worker_ends_when_the_app_is_gone(tmp_path: Path) -> None:
    worker = start_worker(toy_settings(tmp_path / "home"), "test")
    assert worker.stdin is not None
    time.sleep(0.5)
    worker.stdin.close()  # what the system does when the parent dies
    assert worker.wait(20) == 0


@pytest.mark.slow
def test_a_killed_worker_is_replaced_and_its_photos_are_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[int] = []
    original = start_worker

    def noting(*arguments: object) -> object:
        process = original(*arguments)  # type: ignore[arg-type]
        started.append(process.pid)
        return process

    monkeypatch.setattr("core.services.worker.start_worker", noting)
    monkeypatch.setattr("core.services.worker.RESTART_WAIT_S", 0.0)
    context = open_context(toy_settings(tmp_path / "home"))
    supervisor = WorkerSupervisor(context.settings)
    supervisor.start()
    try:
        wait_until(lambda: len(started) == 2)
        os.kill(started[0], signal.SIGKILL)
        wait_until(lambda: len(started) == 3)
        batch_id = context.store.create_batch("batch", (HELICOPTER,))
        for seed in range(6):
            path = write_photo(tmp_path / f"{seed}.jpg", seed)
            context.store.add_photo(path, path.name, batch_id=batch_id)
        wait_until(lambda: context.store.progress(batch_id).is_finished)
        assert context.store.progress(batch_id).done == 6
    finally:
        supervisor.stop()
        context.store.close()
    for pid in started:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
