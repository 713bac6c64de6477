"""Datasets in the background: begun, watched, stopped, killed, taken up again; all by the real command line."""

from __future__ import annotations

import csv
import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.config import Settings
from core.errors import ConfigError, NotFoundError
from core.render.ranges import read_ranges
from core.render.wanted import Span
from core.services import render_datasets
from core.services.render_datasets import (
    DatasetOrder,
    RenderedDataset,
    begin_dataset,
    command_text,
    dataset_named,
    free_name,
    list_datasets,
    resume_dataset,
    stop_dataset,
)
from tests.services.toys import toy_settings

ORDER = DatasetOrder(name="poles-1", scene="pole", variant="scene", count=40, size_px=32, variables={"label": "NONE"})


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    settings = toy_settings(tmp_path / "home")
    yield settings
    for dataset in list_datasets(settings):  # whatever went wrong, nothing goes on
        stop_dataset(settings, dataset.order.name)


def wait(settings: Settings, until: Callable[[RenderedDataset], bool], patience_s: float = 120.0) -> RenderedDataset:
    end_s = time.monotonic() + patience_s
    while time.monotonic() < end_s:
        dataset = dataset_named(settings, ORDER.name)
        if until(dataset):
            return dataset
        time.sleep(0.05)
    pytest.fail(f"not within {patience_s} s: {dataset}")


@pytest.mark.slow
def test_a_dataset_is_begun_stopped_killed_and_finished(settings: Settings) -> None:
    assert begin_dataset(settings, ORDER).state == "running"
    seen = wait(settings, lambda dataset: dataset.done >= 2)
    assert seen.state == "running"
    assert seen.per_hour is not None
    assert seen.left_s is not None
    stopped = stop_dataset(settings, ORDER.name)
    assert stopped.state == "stopped"
    assert 2 <= stopped.done < ORDER.count
    assert stopped.error is None
    assert not list(stopped.folder.glob("*/*.part"))

    assert resume_dataset(settings, ORDER.name).state == "running"
    wait(settings, lambda dataset: dataset.done > stopped.done)
    os.kill(int((stopped.folder / "process.lock").read_text()), signal.SIGKILL)
    killed = wait(settings, lambda dataset: dataset.state != "running")
    assert killed.state == "stopped"

    resume_dataset(settings, ORDER.name)
    done = wait(settings, lambda dataset: dataset.state != "running")
    assert (done.state, done.done, done.error) == ("done", 40, None)
    assert [path.name for path in done.thumbnails] == [f"{i:06d}.jpg" for i in range(6)]
    with (done.folder / "dataset.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 40
    assert {row["label"] for row in rows} == {"NONE"}
    assert resume_dataset(settings, ORDER.name).state == "done"
    assert list_datasets(settings) == [done]


def finished(settings: Settings, monkeypatch: pytest.MonkeyPatch, order: DatasetOrder, log: str = "") -> Path:
    """A dataset whose process has ended, with this log."""
    monkeypatch.setattr(render_datasets, "_start", lambda folder, _: (folder / "render.log").write_text(log))
    return begin_dataset(settings, order).folder


def test_a_dataset_that_fails_says_why(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    log = "noise\ngridlens: x/images/000001.jpg: cannot be written: No space left on device; make room\n"
    finished(settings, monkeypatch, ORDER, log)
    failed = dataset_named(settings, ORDER.name)
    assert failed.state == "failed"
    assert failed.error == "x/images/000001.jpg: cannot be written: No space left on device; make room"


def test_a_fault_is_told_from_a_stop(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = finished(settings, monkeypatch, ORDER, "Traceback (most recent call last):\n  …\nMemoryError\n")
    assert dataset_named(settings, ORDER.name).error == f"ended by a fault: MemoryError; see {folder / 'render.log'}"
    (folder / "render.log").write_text("")
    assert dataset_named(settings, ORDER.name).state == "stopped"


def test_what_was_ordered_is_in_the_folder(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    order = replace(ORDER, scene="shackle", variant="WTX_WBG", variables={"rust": [0.1, 0.3], "background": "none"})
    folder = finished(settings, monkeypatch, order)
    ranges = read_ranges(folder / "ranges.toml")
    assert ranges.variables == {"rust": Span(0.1, 0.3), "background": "none"}
    assert (ranges.scene, ranges.variant) == ("shackle", "WTX_WBG")
    assert dataset_named(settings, order.name).order == order


def test_the_command_is_the_one_to_type() -> None:
    assert command_text(replace(ORDER, variables={})) == (
        "gridlens render pole --variant scene --count 40 --seed 0 --size 32 --workers 1 --out poles-1"
    )
    assert command_text(ORDER).splitlines() == [
        "cat > ranges.toml <<'END'",
        "[variables]",
        'label = "NONE"',
        "END",
        "gridlens render pole --variant scene --count 40 --seed 0 --size 32 --workers 1 --ranges ranges.toml "
        "--out poles-1",
    ]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": "../up"}, "name: expected up to 64 letters, digits, dots, dashes and underscores, received '../up'"),
        ({"name": ".hidden"}, "name: expected up to 64"),
        ({"count": 0}, "count: expected 1 to 1000000, received 0"),
        ({"size_px": 9}, "size_px: expected 32 to 2048, received 9"),
        ({"variant": "WTX_WBG"}, "variant: expected one of scene, top, close-up, received 'WTX_WBG'"),
        ({"variables": {"wether": "sun"}}, "poles-1: wether: expected what pole scenes of variant scene draw"),
        ({"variables": {"noise_of_255": [3, 1]}}, r"poles-1: noise_of_255: expected \[lowest, highest\]"),
    ],
)
def test_orders_that_cannot_be_are_refused_and_leave_nothing(
    settings: Settings, change: dict[str, Any], words: str
) -> None:
    with pytest.raises(ConfigError, match=words):
        begin_dataset(settings, replace(ORDER, **change))
    assert list_datasets(settings) == []
    assert not (settings.home / "renders").exists()


def test_a_name_is_given_once(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    assert free_name(settings, "NOTX_WBG") == "notx_wbg-1"
    finished(settings, monkeypatch, replace(ORDER, name="notx_wbg-1"))
    assert free_name(settings, "NOTX_WBG") == "notx_wbg-2"
    with pytest.raises(ConfigError, match="name: expected one that is free, received 'notx_wbg-1'"):
        begin_dataset(settings, replace(ORDER, name="notx_wbg-1"))


@pytest.mark.parametrize("name", ["nowhere", "..", "a/b"])
def test_an_unknown_dataset_is_named_with_those_there_are(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    finished(settings, monkeypatch, ORDER)
    with pytest.raises(NotFoundError, match=r"expected one of poles-1"):
        dataset_named(settings, name)
