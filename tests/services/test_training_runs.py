"""Run folders as people see them, whatever state a crash left them in."""

import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from core.errors import NotFoundError
from core.services.training_runs import list_runs, log_tail, measure_names, read_run, run_curves
from tests.services.training_toys import epoch, write_run


def test_a_finished_run_tells_epochs_times_and_its_best(tmp_path: Path) -> None:
    write_run(tmp_path, epochs=[epoch(1), epoch(2, val_loss=0.2), epoch(3)])
    (run,) = list_runs(tmp_path)
    assert (run.status, run.progress, run.epoch_count, run.epoch_s) == ("done", 1.0, 4, 2.0)
    assert run.best is not None
    assert (run.best.number, run.best.values["val_loss"]) == (2, 0.2)
    assert run.left_s is None


def test_a_record_that_was_written_again_counts_once_and_a_torn_line_not_at_all(tmp_path: Path) -> None:
    folder = write_run(tmp_path, epochs=[epoch(1), epoch(2), epoch(2, val_loss=0.3)])
    with (folder / "epochs.jsonl").open("a") as file:
        file.write('not json\n[1]\n{"epoch": 3, "loss": NaN, "val_loss": 0.5}\n{"epoch": 4, "lo')
    run = read_run(tmp_path, folder.name)
    assert [(e.number, e.values.get("val_loss")) for e in run.epochs] == [(1, 1.1), (2, 0.3), (3, 0.5)]
    assert "loss" not in run.epochs[2].values


def test_a_running_run_needs_its_process(tmp_path: Path) -> None:
    write_run(tmp_path, "alive", status="running", pid=os.getpid())
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    write_run(tmp_path, "gone", status="running", pid=gone.pid)
    write_run(tmp_path, "nobody", status="running", pid=None)
    assert {run.name: run.status for run in list_runs(tmp_path)} == {
        "alive": "running",
        "gone": "interrupted",
        "nobody": "interrupted",
    }


def test_another_process_with_the_old_number_is_not_taken_for_the_training(tmp_path: Path) -> None:
    folder = write_run(tmp_path, status="running", pid=os.getpid())
    yesterday = time.time() - 86_400
    os.utime(folder / "run.json", (yesterday, yesterday))
    assert read_run(tmp_path, folder.name).status == "interrupted"


def test_time_left_is_the_median_of_the_last_epochs(tmp_path: Path) -> None:
    folder = write_run(
        tmp_path, epochs=[epoch(1, elapsed_s=60.0), epoch(2), epoch(3)], status="running", pid=os.getpid()
    )
    run = read_run(tmp_path, folder.name)
    assert run.epoch_s == 2.0
    assert run.left_s == pytest.approx(2.0, abs=1.0)  # one epoch to come, less what it has had
    assert run.progress == 0.75


def test_runs_from_before_the_state_file_are_shown(tmp_path: Path) -> None:
    folder = tmp_path / "polecat-v1-46755433"
    folder.mkdir()
    (folder / "epochs.jsonl").write_text('{"epoch": 1, "epochs": 8, "loss": 1.14, "val_loss": 0.79}\n')
    assert read_run(tmp_path, folder.name).status == "interrupted"
    (folder / "measured.json").write_text("{}")
    run = read_run(tmp_path, folder.name)
    assert (run.status, run.epoch_s, run.epoch_count) == ("done", None, 8)


def test_what_goes_on_comes_first_then_the_latest(tmp_path: Path) -> None:
    write_run(tmp_path, "old", ended_at="2026-01-01T00:00:00+00:00")
    write_run(tmp_path, "new", ended_at="2026-02-01T00:00:00+00:00")
    write_run(tmp_path, "waits", status="waiting", epochs=[])
    write_run(tmp_path, "runs", status="running", pid=os.getpid())
    (tmp_path / "stray").mkdir()
    assert [run.name for run in list_runs(tmp_path)] == ["runs", "waits", "new", "old"]
    assert list_runs(tmp_path / "nowhere") == []


@pytest.mark.parametrize("name", ["none", "../toy", "", ".", "a/b"])
def test_a_name_that_is_no_run_is_said_so(tmp_path: Path, name: str) -> None:
    write_run(tmp_path / "runs", "toy")
    write_run(tmp_path, "toy")
    with pytest.raises(NotFoundError, match="not in"):
        read_run(tmp_path / "runs", name)


def test_curves_and_measures(tmp_path: Path) -> None:
    write_run(tmp_path, epochs=[epoch(1, accuracy=0.5, val_accuracy=0.4), epoch(2, accuracy=0.6)])
    (run,) = list_runs(tmp_path)
    assert measure_names([run]) == ["loss", "accuracy", "learning_rate"]
    (curve,) = run_curves(run, "accuracy")
    assert (curve.training, curve.validation, curve.best_epoch) == ((0.5, 0.6), (0.4, None), 2)


def test_folds_are_curves_of_their_own_the_best_first(tmp_path: Path) -> None:
    records = [epoch(1, fold=1), epoch(2, fold=1), epoch(3, fold=2, val_loss=0.2), epoch(4, fold=2, val_loss=0.3)]
    write_run(tmp_path, epochs=records)
    (run,) = list_runs(tmp_path)
    second, first = run_curves(run, "loss")
    assert (second.run, second.epochs, second.validation, second.best_epoch) == (
        "toy-v1-00000001, fold 2",
        (1, 2),
        (0.2, 0.3),
        1,
    )
    assert (first.run, first.best_epoch) == ("toy-v1-00000001, fold 1", 2)
    assert [curve.run for curve in run_curves(run, "loss", is_alone=True)] == ["fold 2", "fold 1"]
    assert "fold" not in measure_names([run])


def test_the_log_ends_with_its_last_lines(tmp_path: Path) -> None:
    folder = write_run(tmp_path)
    run = read_run(tmp_path, folder.name)
    assert log_tail(run) == ""
    (folder / "train.log").write_bytes(
        "".join(f"line {n}\n" for n in range(50_000)).encode() + b"I0000 port.cc:153] oneDNN\n\xff end\n"
    )
    tail = log_tail(run, 3).splitlines()
    assert tail == ["line 49998", "line 49999", "\ufffd end"]


def test_looking_while_others_delete_fails_nobody(tmp_path: Path) -> None:
    stop = threading.Event()

    def come_and_go() -> None:
        while not stop.is_set():
            shutil.rmtree(write_run(tmp_path, "fleeting", status="running", pid=os.getpid()))

    thread = threading.Thread(target=come_and_go)
    thread.start()
    try:
        write_run(tmp_path, "stays")
        for _ in range(300):
            assert "stays" in {run.name for run in list_runs(tmp_path)}
    finally:
        stop.set()
        thread.join()
