"""Studies are run once, taken up where they stopped, and leave CSVs that say where each row comes from."""

import csv
import time
from pathlib import Path

import pytest

from experiments.runner import PROVENANCE, read_tables, run_study
from experiments.sizes import SMOKE
from experiments.study import Context, Measured, Run, Study


def _context(folder: Path) -> Context:
    said: list[str] = []
    return Context(SMOKE, folder / "out", folder / "results", folder, folder, None, said.append)


class _Counting:
    """A study of two runs that remembers which were measured, and of which the second can be made to fail."""

    def __init__(self, second_setting: int = 1) -> None:
        self.measured: list[str] = []
        self.fails, self.second_setting = False, second_setting

    @property
    def study(self) -> Study:
        runs = [
            Run("first", 1, {"n": 1}, 10.0, lambda folder, context: self._measure("first")),
            Run("second", 2, {"n": self.second_setting}, 10.0, lambda folder, context: self._measure("second")),
        ]
        return Study("counting", "Which?", lambda context: runs, lambda tables: "table", lambda tables: {})

    def _measure(self, name: str) -> Measured:
        if name == "second" and self.fails:
            raise ValueError("no disk")
        self.measured.append(name)
        return Measured([{"value": len(name)}], [{"epoch": 1, "val_loss": 0.5}])


def test_every_run_is_done_once_and_its_rows_say_where_they_come_from(tmp_path):
    counting, context = _Counting(), _context(tmp_path)
    assert run_study(counting.study, context).done == ("first", "second")
    again = run_study(counting.study, context)
    assert (again.done, again.skipped) == ((), ("first", "second"))
    assert counting.measured == ["first", "second"]
    rows = read_tables(counting.study, context.results)["results"]
    assert [(r["run"], r["value"], r["seed"]) for r in rows] == [("first", "5", "1"), ("second", "6", "2")]
    assert all(rows[0][name] for name in PROVENANCE)
    assert read_tables(counting.study, context.results)["epochs"][1]["val_loss"] == "0.5"


def test_changed_settings_run_anew_and_only_they_do(tmp_path):
    context = _context(tmp_path)
    run_study(_Counting(1).study, context)
    changed = _Counting(2)
    assert run_study(changed.study, context).done == ("second",)
    assert changed.measured == ["second"]


def test_a_failed_run_is_told_and_tried_again(tmp_path):
    counting, context = _Counting(), _context(tmp_path)
    counting.fails = True
    assert run_study(counting.study, context).failed == ("second",)
    assert "no disk" in (context.out / "counting" / "second" / "error.txt").read_text()
    assert [r["run"] for r in read_tables(counting.study, context.results)["results"]] == ["first"]
    counting.fails = False
    assert run_study(counting.study, context).done == ("second",)
    assert counting.measured == ["first", "second"]


def test_a_budget_leaves_what_would_end_after_it(tmp_path):
    counting, context = _Counting(), _context(tmp_path)  # two runs of 10 minutes, a twentieth of that when small
    assert run_study(counting.study, context, time.monotonic() + 20).left == ("first", "second")
    assert counting.measured == []
    assert run_study(counting.study, context, time.monotonic() + 60).done == ("first", "second")


def test_rows_of_runs_made_elsewhere_stay(tmp_path):
    here, there = _context(tmp_path / "here"), _context(tmp_path / "there")
    run_study(_Counting().study, there)
    here.results.mkdir(parents=True)
    text = (there.results / "counting.csv").read_text()
    (here.results / "counting.csv").write_text(text.replace(SMOKE.name, "elsewhere"))
    failing = _Counting()
    failing.fails = True
    run_study(failing.study, here)
    with (here.results / "counting.csv").open(newline="") as file:
        assert [(r["run"], r["sizes"]) for r in csv.DictReader(file)] == [("first", "smoke"), ("second", "elsewhere")]


def test_settings_and_seed_make_the_hash():
    def hashed(settings: dict[str, int], seed: int) -> str:
        return Run("r", seed, settings, 0.0, lambda folder, context: Measured([], [])).config_hash

    assert hashed({"a": 1, "b": 2}, 1) == hashed({"b": 2, "a": 1}, 1)
    assert len({hashed({"a": 1}, 1), hashed({"a": 2}, 1), hashed({"a": 1}, 2)}) == 3


def test_a_stop_request_ends_the_study(tmp_path):
    from core.errors import StoppedError

    def stop(folder: Path, context: Context) -> Measured:
        raise StoppedError("asked to")

    study = Study("s", "?", lambda c: [Run("r", 1, {}, 0.0, stop)], lambda t: "", lambda t: {})
    with pytest.raises(StoppedError):
        run_study(study, _context(tmp_path))
