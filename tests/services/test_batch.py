"""Files and folders through all models: bad ones become rows, good ones are all finished."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.errors import NotFoundError
from core.services.batch import inspect_files
from core.services.context import Context, open_context
from core.services.file_list import find_photo_files
from core.services.worker import settings_environment
from tests.services.bad_files import write_bad_files, write_odd_files
from tests.services.toys import ToyRegistry, toy_settings, write_photo


def test_every_bad_file_is_a_row_with_its_reason_and_every_good_one_is_finished(
    context: Context, tmp_path: Path
) -> None:
    bad = write_bad_files(tmp_path / "bad")
    good = write_odd_files(tmp_path / "good")
    paths = [path for pair in zip(good, [*bad, *good[len(bad) :]], strict=True) for path in dict.fromkeys(pair)]
    outcomes = {outcome.path: outcome for outcome in inspect_files(context, paths)}
    for path, words in bad.items():
        error = outcomes[path].error
        assert error is not None
        assert error.startswith(f"{path.name}: ")
        assert words in error
    for path in good:
        assert outcomes[path].error is None, outcomes[path]
        sha256 = outcomes[path].photo_sha256
        assert sha256 is not None
        assert context.store.findings(sha256)[0].label == "TREE"
    progress = context.store.progress(context.store.batches()[0].id)
    assert (progress.done, progress.failed) == (len(good), len(bad))


def test_the_same_photo_twice_is_one_photo_and_one_inspection(
    context: Context, registry: ToyRegistry, tmp_path: Path
) -> None:
    first, second = write_photo(tmp_path / "a.jpg"), write_photo(tmp_path / "b.jpg")
    outcomes = inspect_files(context, [first, second])
    assert outcomes[0].photo_sha256 == outcomes[1].photo_sha256
    assert context.store.count() == 1
    assert len(registry.models["polecat"].asked) == 1


def test_outcomes_come_in_the_order_of_the_paths_and_progress_counts_up(context: Context, tmp_path: Path) -> None:
    paths = [write_photo(tmp_path / f"{seed}.jpg", seed) for seed in range(20)]
    seen: list[tuple[int, int]] = []
    outcomes = inspect_files(context, paths, on_progress=lambda done, total: seen.append((done, total)))
    assert [outcome.path for outcome in outcomes] == paths
    assert seen == [(0, 20), (8, 20), (16, 20), (20, 20)]


def test_a_file_that_may_not_be_read_is_a_row(
    context: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_photo(tmp_path / "secret.jpg")
    monkeypatch.setattr("core.services.batch.os.access", lambda *_: False)
    (outcome,) = inspect_files(context, [path])
    assert outcome.error == "secret.jpg: expected a file that can be read; check its permissions"


def test_folders_give_their_photos_and_named_files_are_taken_whatever_their_ending(tmp_path: Path) -> None:
    inside = write_photo(tmp_path / "folder" / "deep" / "b.JPG")
    write_photo(tmp_path / "folder" / ".hidden.jpg")
    (tmp_path / "folder" / "notes.txt").write_text("x")
    named = tmp_path / "notes.txt"
    named.write_text("x")
    assert find_photo_files([tmp_path / "folder", named, inside]) == [inside, named]
    with pytest.raises(NotFoundError, match=r"nowhere: expected a file or folder"):
        find_photo_files([tmp_path / "nowhere"])


def test_a_killed_batch_started_again_computes_only_what_is_missing(tmp_path: Path) -> None:
    """Two processes of the real thing: the first is killed after its first shard."""
    settings = toy_settings(tmp_path / "home")
    paths = [write_photo(tmp_path / "in" / f"{seed}.jpg", seed) for seed in range(16)]
    program = """
import os, sys
from pathlib import Path
from core.config import read_settings
from core.services.batch import inspect_files
from core.services.context import open_context
from core.services.file_list import find_photo_files
def on_progress(done, total):
    if done == 8: os._exit(9)
inspect_files(open_context(read_settings()), find_photo_files([Path(sys.argv[1])]), on_progress=on_progress)
"""
    environment = {**os.environ, **settings_environment(settings)}
    killed = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "in")], env=environment, capture_output=True, check=False
    )
    assert killed.returncode == 9, killed.stderr.decode()
    context = open_context(settings)
    done_before = [row.photo.sha256 for row in context.store.photos() if context.store.findings(row.photo.sha256)]
    assert len(done_before) == 8
    runs: list[str] = []
    model = context.registry.model("polecat")
    original = model.predict
    model.predict = lambda sha256, *rest: (runs.append(sha256), original(sha256, *rest))[1]  # type: ignore[method-assign]
    outcomes = inspect_files(context, paths)
    assert all(outcome.error is None for outcome in outcomes)
    assert len(runs) == 8
    assert not set(runs) & set(done_before)
    context.store.close()


def test_two_processes_give_what_one_gives(tmp_path: Path) -> None:
    paths = [write_photo(tmp_path / "in" / f"{seed}.jpg", seed) for seed in range(12)]
    bad = tmp_path / "in" / "bad.jpg"
    bad.write_bytes(b"no photo")
    answers = []
    for workers in (1, 2):
        context = open_context(toy_settings(tmp_path / f"home{workers}"))
        outcomes = inspect_files(context, [*paths, bad], workers=workers)
        answers.append(
            [(o.path, o.error, context.store.findings(o.photo_sha256) if o.photo_sha256 else ()) for o in outcomes]
        )
        context.store.close()
    assert answers[0] == answers[1]


def test_inspecting_leaves_tensorflow_out_of_memory(tmp_path: Path) -> None:
    settings = toy_settings(tmp_path / "home")
    path = write_photo(tmp_path / "pole.jpg")
    program = """
import json, sys
from pathlib import Path
import core.api, core.cli.main
from core.config import read_settings
from core.services.batch import inspect_files
from core.services.context import open_context
context = open_context(read_settings())
(outcome,) = inspect_files(context, [Path(sys.argv[1])])
heavy = [name for name in ("tensorflow", "keras", "streamlit", "mitsuba") if name in sys.modules]
print(json.dumps([outcome.error, len(context.store.findings(outcome.photo_sha256)), heavy]))
"""
    done = subprocess.run(
        [sys.executable, "-c", program, str(path)],
        env={**os.environ, **settings_environment(settings)},
        capture_output=True,
        check=True,
    )
    error, count, heavy = json.loads(done.stdout)
    assert (error, heavy) == (None, [])
    assert count >= 1
