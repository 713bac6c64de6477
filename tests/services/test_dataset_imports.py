"""Imports that go on without a page: watched, stopped, killed, taken up again, put away."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.config import REPOSITORY, Settings
from core.errors import ConfigError, NotFoundError
from core.services import dataset_imports
from core.services.dataset_imports import (
    DatasetImport,
    ImportOrder,
    begin_import,
    import_numbered,
    list_imports,
    put_away,
    resume_import,
    stop_import,
    wait_for_import,
    work,
)
from core.services.datasets import dataset_versions
from tests.services.toys import toy_settings, write_photo

POLES = REPOSITORY / "sample_data" / "poles.csv"


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    settings = toy_settings(tmp_path / "home")
    yield settings
    for found in list_imports(settings):  # whatever went wrong, nothing goes on
        stop_import(settings, found.number)


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Imports are worked in this process, before anybody can look at them."""
    monkeypatch.setattr(
        dataset_imports, "begin_errand", lambda settings, folder, module: work(settings, folder, lambda *said: None)
    )


def until(settings: Settings, number: str, is_so: Callable[[DatasetImport], bool]) -> DatasetImport:
    end_s = time.monotonic() + 120
    while not is_so(found := import_numbered(settings, number)):
        assert time.monotonic() < end_s, found
        time.sleep(0.05)
    return found


def test_an_import_is_stopped_killed_and_finished(settings: Settings, tmp_path: Path) -> None:
    root = tmp_path / "poles"
    write_photo(root / "STEEL" / "a.jpg", 1)
    (root / "TREE").mkdir()
    (root / "TREE" / "torn.jpg").write_text("no photo")
    os.mkfifo(root / "TREE" / "z.jpg")  # whoever reads it waits for a writer
    number = begin_import(settings, ImportOrder(source=str(root))).number
    seen = until(settings, number, lambda found: found.errand.progress is not None)
    assert seen.errand.state == "running"
    assert seen.errand.progress is not None
    assert seen.errand.progress.total == 3
    with pytest.raises(ConfigError, match=f"import {number}: is running; stop it first"):
        put_away(settings, number)
    assert wait_for_import(settings, number, 0.0).errand.state == "running"
    assert stop_import(settings, number).errand.state == "stopped"

    assert resume_import(settings, number).errand.state == "running"
    os.kill(int((settings.home / "imports" / number / "process.lock").read_text()), signal.SIGKILL)
    killed = until(settings, number, lambda found: found.errand.state != "running")
    assert (killed.errand.state, killed.errand.error, killed.version) == ("stopped", "", None)
    assert dataset_versions(settings).versions() == []

    (root / "TREE" / "z.jpg").unlink()
    write_photo(root / "TREE" / "z.jpg", 2)
    resume_import(settings, number)
    done = wait_for_import(settings, number, 120)
    assert done.errand.state == "done"
    assert done.version == dataset_versions(settings).version("poles")
    assert {count.label: count.photos for count in done.version.labels} == {"STEEL": 1, "TREE": 1}
    assert [Path(problem.file).name for problem in done.left_out] == ["torn.jpg"]
    assert resume_import(settings, number) == done


@pytest.mark.usefixtures("at_once")
def test_the_newest_comes_first_and_what_is_put_away_is_gone(settings: Settings) -> None:
    first = begin_import(settings, ImportOrder(source=str(POLES), name="mine", person="Ada"))
    again = begin_import(settings, ImportOrder(source=str(POLES), name="mine"))
    assert [found.number for found in list_imports(settings)] == [again.number, first.number]
    assert first.version is not None
    assert (first.version.name, first.version.photo_count, first.version.origin.made_by) == ("mine", 40, "Ada")
    assert (first.is_new, again.is_new) == (True, False)
    put_away(settings, first.number)
    with pytest.raises(NotFoundError, match=rf"import '{first.number}': expected one of {again.number}"):
        import_numbered(settings, first.number)
    assert dataset_versions(settings).version("mine") == first.version


@pytest.mark.usefixtures("at_once")
def test_folders_are_read_as_ordered(settings: Settings, tmp_path: Path) -> None:
    write_photo(tmp_path / "car" / "body" / "door" / "a.jpg")
    found = begin_import(settings, ImportOrder(source=str(tmp_path / "car"), level=1, format_name="folders"))
    assert found.version is not None
    assert [count.label for count in found.version.labels] == ["body"]


@pytest.mark.usefixtures("at_once")
def test_a_version_that_was_taken_away_leaves_an_import_that_can_be_put_away(settings: Settings) -> None:
    found = begin_import(settings, ImportOrder(source=str(POLES)))
    for path in settings.datasets_dir.iterdir():
        path.unlink()
    (left,) = list_imports(settings)
    assert (left.number, left.errand.state, left.version) == (found.number, "done", None)


@pytest.mark.parametrize(
    ("order", "words"),
    [
        (ImportOrder(source="/no/such/place"), "/no/such/place: expected a file or folder, received nothing"),
        (ImportOrder(source=str(POLES), format_name="excel"), r"format: expected one of auto, .*, received 'excel'"),
    ],
)
def test_what_cannot_be_is_said_before_anything_starts(settings: Settings, order: ImportOrder, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        begin_import(settings, order)
    assert list_imports(settings) == []


@pytest.mark.parametrize("number", ["00009", "../datasets", ""])
def test_a_number_that_is_none_is_refused(settings: Settings, number: str) -> None:
    with pytest.raises(NotFoundError, match="expected one of none, since all were put away"):
        import_numbered(settings, number)
