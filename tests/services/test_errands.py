"""Long work in a process of its own."""

import json
import time
from pathlib import Path

import pytest

from core.services.errands import ORDER_FILE, RESULT_FILE, ErrandState, begin_errand, errand_state, stop_errand
from tests.services.toys import toy_settings

MODULE = "tests.services.toy_errand"


def _begun(tmp_path: Path, **order: bool) -> Path:
    folder = tmp_path / "errand"
    folder.mkdir(exist_ok=True)
    (folder / ORDER_FILE).write_text(json.dumps(order))
    begin_errand(toy_settings(tmp_path / "home"), folder, MODULE)
    return folder


def _ended(folder: Path) -> ErrandState:
    end_s = time.monotonic() + 60
    while (state := errand_state(folder)).state == "running":
        assert time.monotonic() < end_s
        time.sleep(0.05)
    return state


def test_an_errand_runs_with_the_settings_of_who_began_it_and_ends_with_a_result(tmp_path: Path) -> None:
    folder = _begun(tmp_path)
    assert _ended(folder).state == "done"
    assert (folder / RESULT_FILE).read_text() == str(tmp_path / "home")


def test_progress_is_seen_stopping_ends_it_and_it_can_be_taken_up_again(tmp_path: Path) -> None:
    folder = _begun(tmp_path, wait=True)
    begin_errand(toy_settings(tmp_path / "home"), folder, MODULE)  # a second press changes nothing
    end_s = time.monotonic() + 60
    while (state := errand_state(folder)).progress is None:
        assert time.monotonic() < end_s
        time.sleep(0.05)
    assert state.state == "running"
    assert (state.progress.words, state.progress.done, state.progress.total) == ("counting", 1, 4)
    assert state.progress.left_s == pytest.approx((time.time() - state.progress.began_at) * 3, rel=0.2)
    stop_errand(folder)
    assert errand_state(folder).state == "stopped"
    (folder / "go").touch()
    begin_errand(toy_settings(tmp_path / "home"), folder, MODULE)
    assert _ended(folder).state == "done"


def test_a_refusal_and_a_fault_are_told_apart(tmp_path: Path) -> None:
    assert _ended(_begun(tmp_path, refuse=True)) == ErrandState("failed", error="spoons: expected 3, received 2")
    state = _ended(_begun(tmp_path, **{"break": True}))
    assert state.state == "failed"
    assert state.error.startswith("ended by a fault: ZeroDivisionError: nothing to divide by; see ")
