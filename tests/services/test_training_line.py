"""Background trainings: one after the other, whoever presses what at the same moment, whatever is killed."""

import itertools
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.config import Settings
from core.errors import ConfigError
from core.services import training_line, training_runner
from core.services.training_line import delete_run, resume_run, start_run, stop_run
from core.services.training_runs import TrainingRun, list_runs, read_run
from tests.services.toys import toy_settings
from tests.services.training_toys import finished, stand_in_command, write_config, write_dataset, write_run

PATIENCE_S = 60.0


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    write_dataset(tmp_path / "data")
    return toy_settings(tmp_path / "home")


@pytest.fixture
def line(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[threading.Thread]]:
    """Stand-ins in place of trainings, and the runner in threads in place of a process of its own."""
    threads: list[threading.Thread] = []

    def wake(_: Settings) -> None:
        threads.append(threading.Thread(target=training_runner.run_line, args=(settings,)))
        threads[-1].start()

    monkeypatch.setattr(training_runner, "training_command", lambda _, folder: stand_in_command(folder))
    monkeypatch.setattr(training_line, "wake_line", wake)
    yield threads
    for thread in threads:
        thread.join(PATIENCE_S)
        assert not thread.is_alive()


def config_of(settings: Settings, name: str, **changes: float) -> Path:
    data = settings.home.parent / "data" / "toy.csv"
    return write_config(settings.home / f"{name}.toml", data, name=name, **changes)  # type: ignore[arg-type]


def wait_for(settings: Settings, name: str, fits: Callable[[TrainingRun], bool]) -> TrainingRun:
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        run = read_run(settings.runs_dir, name)
        if fits(run):
            return run
        time.sleep(0.02)
    raise AssertionError(f"{name} stayed {run.status}: {run.error}")


def is_over(run: TrainingRun) -> bool:
    return not run.is_active


def test_runs_take_turns_and_nobody_needs_to_watch(settings: Settings, line: list[threading.Thread]) -> None:
    names = [start_run(settings, config_of(settings, name)).name for name in ("first", "second", "third")]
    for name in names:
        assert wait_for(settings, name, is_over).status == "done"
    times = finished(settings.runs_dir)
    assert [name for name, _, _ in times] == ["first", "second", "third"]
    assert all(earlier[2] <= later[1] for earlier, later in itertools.pairwise(times))


def test_two_who_press_start_at_once_get_one_run(
    settings: Settings, line: list[threading.Thread], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training_runner, "training_command", lambda _, folder: stand_in_command(folder, 3))
    config = config_of(settings, "toy")
    gate = threading.Barrier(4)

    def press() -> None:
        gate.wait()
        start_run(settings, config)

    people = [threading.Thread(target=press) for _ in range(4)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    (run,) = list_runs(settings.runs_dir)
    assert wait_for(settings, run.name, is_over).status == "done"
    assert len(finished(settings.runs_dir)) == 1
    with pytest.raises(ConfigError, match=rf"toy.toml: trained already, as {run.name}"):
        start_run(settings, config)


def test_several_at_a_time_where_the_settings_say_so(settings: Settings, line: list[threading.Thread]) -> None:
    # One runner serves both: it reads how many from its settings.
    both = replace(settings, training_count=2)
    names = [start_run(settings, config_of(settings, name)).name for name in ("first", "second")]
    assert [wait_for(both, name, is_over).status for name in names] == ["done", "done"]


def test_stop_ends_a_running_one_cleanly_and_resume_goes_on(
    settings: Settings, line: list[threading.Thread], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training_runner, "training_command", lambda _, folder: stand_in_command(folder, 60))
    name = start_run(settings, config_of(settings, "toy")).name
    wait_for(settings, name, lambda run: run.status == "running" and run.started_at is not None)
    stop_run(settings, name)
    assert wait_for(settings, name, is_over).status == "stopped"
    monkeypatch.setattr(training_runner, "training_command", lambda _, folder: stand_in_command(folder))
    resume_run(settings, name)
    assert wait_for(settings, name, is_over).status == "done"


def test_a_waiting_run_leaves_the_line_at_once(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training_line, "wake_line", lambda _: None)
    name = start_run(settings, config_of(settings, "toy")).name
    assert read_run(settings.runs_dir, name).status == "waiting"
    assert stop_run(settings, name).status == "stopped"
    assert resume_run(settings, name).status == "waiting"


def test_a_killed_training_is_interrupted_or_failed_never_running(
    settings: Settings, line: list[threading.Thread], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training_runner, "training_command", lambda _, folder: stand_in_command(folder, 60))
    name = start_run(settings, config_of(settings, "toy")).name
    run = wait_for(settings, name, lambda run: run.status == "running" and run.started_at is not None)
    assert run.pid is not None
    os.kill(run.pid, signal.SIGKILL)
    ended = wait_for(settings, name, lambda run: run.status == "failed")  # "interrupted" until the runner looks
    assert "was killed" in ended.error


def test_a_failing_run_says_why_and_the_next_one_gets_its_turn(
    settings: Settings, line: list[threading.Thread]
) -> None:
    bad = start_run(settings, config_of(settings, "fails")).name
    good = start_run(settings, config_of(settings, "good")).name
    failed = wait_for(settings, bad, is_over)
    assert (failed.status, failed.error) == (
        "failed",
        "toy.csv row 3: expected a label among red, blue, received 'green'",
    )
    assert wait_for(settings, good, is_over).status == "done"


def test_a_training_of_the_command_line_has_its_turn_too(settings: Settings, line: list[threading.Thread]) -> None:
    folder = write_run(settings.runs_dir, "by-hand", status="running", pid=os.getpid())
    name = start_run(settings, config_of(settings, "toy")).name
    time.sleep(1.5)
    assert read_run(settings.runs_dir, name).status == "waiting"
    write_run(settings.runs_dir, folder.name, status="done")
    assert wait_for(settings, name, is_over).status == "done"


def test_what_is_wrong_is_said_before_anything_is_put_into_the_line(settings: Settings) -> None:
    with pytest.raises(ConfigError, match=r"backend: expected one of those installed, tensorflow.*got 'theano'"):
        start_run(settings, config_of(settings, "toy"), backend="theano")
    data = settings.home.parent / "data" / "toy.csv"
    data.write_text(data.read_text() + "21.jpg,red\n")
    with pytest.raises(ConfigError, match="row 22: expected a photo"):
        start_run(settings, config_of(settings, "toy"))
    assert list_runs(settings.runs_dir) == []


def test_only_what_does_not_go_on_is_deleted(settings: Settings) -> None:
    write_run(settings.runs_dir, "busy", status="running", pid=os.getpid())
    with pytest.raises(ConfigError, match="busy: is running; stop it first"):
        delete_run(settings, "busy")
    folder = write_run(settings.runs_dir, "over")
    delete_run(settings, "over")
    assert not folder.exists()
    write_run(settings.runs_dir, "old", status="stopped")
    with pytest.raises(ConfigError, match=r"expected config\.toml in its folder, found none"):
        resume_run(settings, "old")


@pytest.mark.slow
def test_a_real_training_runs_in_a_process_of_its_own(settings: Settings) -> None:
    """The whole way, with nothing replaced: runner, command line, Keras, model folder, result."""
    name = start_run(settings, config_of(settings, "toy", epochs=2)).name
    end = time.monotonic() + 280
    while (run := read_run(settings.runs_dir, name)).is_active and time.monotonic() < end:
        time.sleep(0.5)
    assert (run.status, run.error) == ("done", "")
    assert [epoch.number for epoch in run.epochs] == [1, 2]
    assert run.model_dir == run.folder / "model" / "toy-v1"
    assert "epoch 2 of 2  loss" in (run.folder / "train.log").read_text()
