"""Datasets of renders: rows by task, left and taken up again, never mixed."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from core.config import REPOSITORY
from core.errors import ConfigError, RenderError, StoreError
from core.render.dataset import write_dataset
from core.render.folder_lock import folder_lock, rendering_in
from core.render.result import LabelledBox, Render
from tests.full_disk import fill_the_disk

RECIPE = {"kind": "toy", "task": "classification"}


class Toy:
    """A renderer of 8 × 8 px that counts its calls and can be killed after some."""

    def __init__(self, killed_after: int | None = None) -> None:
        self.seeds: list[int] = []
        self.killed_after = killed_after

    def __call__(self, seed: int) -> Render:
        if self.killed_after is not None and len(self.seeds) >= self.killed_after:
            raise KeyboardInterrupt
        self.seeds.append(seed)
        image = np.full((8, 8, 3), seed, np.uint8)
        boxes = tuple(LabelledBox("cap", (0.0, float(i), 4.5, 8.0)) for i in range(seed % 3))
        mask = np.eye(8, dtype=bool)
        return Render(image, label=f"L{seed}", boxes=boxes, masks={"object": mask}, variables={"height_m": 1.5 * seed})


def rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "dataset.csv").open() as file:
        return list(csv.DictReader(file))


def test_classification_has_one_row_a_render(tmp_path: Path) -> None:
    write_dataset(Toy(), count=3, seed=3, folder=tmp_path, recipe=RECIPE)
    assert rows(tmp_path) == [{"path": f"images/00000{i}.jpg", "label": f"L{i + 3}"} for i in range(3)]


def test_detection_has_one_row_a_box_and_an_empty_row_without_any(tmp_path: Path) -> None:
    write_dataset(Toy(), count=3, seed=3, folder=tmp_path, recipe={**RECIPE, "task": "detection"})
    found = rows(tmp_path)
    assert [r["path"][-5] for r in found] == ["0", "1", "2", "2"]
    assert found[0] == {"path": "images/000000.jpg", "label": "", "x_min": "", "y_min": "", "x_max": "", "y_max": ""}
    assert found[3] == {
        "path": "images/000002.jpg", "label": "cap", "x_min": "0.0", "y_min": "1.0", "x_max": "4.5", "y_max": "8.0",
    }  # fmt: skip


def test_regression_rows_hold_the_value(tmp_path: Path) -> None:
    def worn(seed: int) -> Render:
        return Render(np.zeros((8, 8, 3), np.uint8), value=seed / 10)

    write_dataset(worn, count=2, seed=4, folder=tmp_path, recipe={"task": "regression"})
    assert rows(tmp_path) == [
        {"path": "images/000000.jpg", "value": "0.4"},
        {"path": "images/000001.jpg", "value": "0.5"},
    ]


def test_variables_are_a_table_beside_the_labels(tmp_path: Path) -> None:
    write_dataset(Toy(), count=2, seed=4, folder=tmp_path, recipe=RECIPE)
    text = (tmp_path / "variables.csv").read_text().splitlines()
    assert text == ["path,height_m", "images/000000.jpg,6.0", "images/000001.jpg,7.5"]


def test_a_killed_run_goes_on_without_rendering_again(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        write_dataset(Toy(killed_after=3), count=6, seed=10, folder=tmp_path, recipe=RECIPE)
    again = Toy()
    summary = write_dataset(again, count=6, seed=10, folder=tmp_path, recipe=RECIPE)
    assert again.seeds == [13, 14, 15]
    assert (summary.count, summary.new_count) == (6, 3)
    assert [r["label"] for r in rows(tmp_path)] == [f"L{s}" for s in range(10, 16)]


def test_a_killed_run_ends_as_one_that_was_not(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        write_dataset(Toy(killed_after=2), count=4, seed=0, folder=tmp_path / "a", recipe=RECIPE)
    for name in ("a", "b"):
        write_dataset(Toy(), count=4, seed=0, folder=tmp_path / name, recipe=RECIPE)
    files = sorted(p.relative_to(tmp_path / "b") for p in (tmp_path / "b").rglob("*") if p.is_file())
    assert files == sorted(p.relative_to(tmp_path / "a") for p in (tmp_path / "a").rglob("*") if p.is_file())
    assert all((tmp_path / "a" / f).read_bytes() == (tmp_path / "b" / f).read_bytes() for f in files)


def test_a_larger_count_adds_only_what_is_missing(tmp_path: Path) -> None:
    write_dataset(Toy(), count=2, seed=0, folder=tmp_path, recipe=RECIPE)
    more = Toy()
    write_dataset(more, count=5, seed=0, folder=tmp_path, recipe=RECIPE)
    assert more.seeds == [2, 3, 4]


@pytest.mark.parametrize("other", [{**RECIPE, "kind": "else"}, {**RECIPE, "task": "detection"}])
def test_another_recipe_is_refused(tmp_path: Path, other: dict[str, str]) -> None:
    write_dataset(Toy(), count=1, seed=0, folder=tmp_path, recipe=RECIPE)
    with pytest.raises(ConfigError, match="another recipe"):
        write_dataset(Toy(), count=1, seed=0, folder=tmp_path, recipe=other)


def test_another_seed_is_refused(tmp_path: Path) -> None:
    write_dataset(Toy(), count=1, seed=0, folder=tmp_path, recipe=RECIPE)
    with pytest.raises(ConfigError, match="Choose an empty folder"):
        write_dataset(Toy(), count=1, seed=1, folder=tmp_path, recipe=RECIPE)


@pytest.mark.parametrize(
    ("count", "task", "text"), [(0, "detection", "count: expected"), (1, "guess", "recipe task: expected")]
)
def test_wrong_arguments_are_named(tmp_path: Path, count: int, task: str, text: str) -> None:
    with pytest.raises(ConfigError, match=text):
        write_dataset(Toy(), count=count, seed=0, folder=tmp_path, recipe={"task": task})


def test_progress_counts_from_what_is_there(tmp_path: Path) -> None:
    write_dataset(Toy(), count=2, seed=0, folder=tmp_path, recipe=RECIPE)
    seen: list[tuple[int, int]] = []
    write_dataset(Toy(), count=4, seed=0, folder=tmp_path, recipe=RECIPE, on_progress=lambda a, b: seen.append((a, b)))
    assert seen == [(2, 4), (3, 4), (4, 4)]


# disk and other processes


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full, the disk that is always full")
@pytest.mark.parametrize("file", ["images/000002.jpg", "masks/000002_object.png", "truth/000002.json"])
def test_a_full_disk_leaves_whole_renders_and_is_named(
    tmp_path: Path, file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_dataset(Toy(), count=2, seed=0, folder=tmp_path, recipe=RECIPE)
    with monkeypatch.context() as patch:
        fill_the_disk(patch, Path(file).name)
        toy = Toy()
        with pytest.raises(StoreError, match=rf"{file}: cannot be written \(No space left on device\); make room"):
            write_dataset(toy, count=4, seed=0, folder=tmp_path, recipe=RECIPE)
    assert toy.seeds == [2]
    assert not (tmp_path / file).exists()
    assert not list(tmp_path.glob("*/*.part"))
    assert [path.name for path in sorted((tmp_path / "truth").glob("*.json"))] == ["000000.json", "000001.json"]
    again = Toy()
    write_dataset(again, count=4, seed=0, folder=tmp_path, recipe=RECIPE)
    assert again.seeds == [2, 3]
    assert [r["label"] for r in rows(tmp_path)] == ["L0", "L1", "L2", "L3"]


def test_what_a_kill_left_half_written_is_cleared_away(tmp_path: Path) -> None:
    write_dataset(Toy(), count=1, seed=0, folder=tmp_path, recipe=RECIPE)
    half = tmp_path / "images" / ".000001.jpg.x1y2z3.part"
    half.write_bytes(b"half")
    write_dataset(Toy(), count=2, seed=0, folder=tmp_path, recipe=RECIPE)
    assert not half.exists()


def test_only_one_process_renders_into_a_folder(tmp_path: Path) -> None:
    with folder_lock(tmp_path, 9):
        rendering = rendering_in(tmp_path)
        assert rendering is not None
        assert (rendering.pid, rendering.count, rendering.done_before) == (os.getpid(), 9, 0)
        with pytest.raises(RenderError, match="expected no other process that renders into it, found one"):
            write_dataset(Toy(), count=2, seed=0, folder=tmp_path, recipe=RECIPE)
    assert rendering_in(tmp_path) is None
    write_dataset(Toy(), count=2, seed=0, folder=tmp_path, recipe=RECIPE)
    assert rendering_in(tmp_path) is None


def test_the_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from core.render.folder_lock import folder_lock\n"
        f"with folder_lock(Path({str(tmp_path)!r}), 5):\n    print('held', flush=True)\n    time.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", code], cwd=REPOSITORY, stdout=subprocess.PIPE)
    assert process.stdout is not None
    with process:
        assert process.stdout.readline() == b"held\n"
        rendering = rendering_in(tmp_path)
        assert rendering is not None
        assert rendering.pid == process.pid
        assert rendering.started_at == pytest.approx(time.time(), abs=30)
        process.kill()
    assert rendering_in(tmp_path) is None


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(RenderError, match=r"file/out: cannot be made: Not a directory"):
        write_dataset(Toy(), count=1, seed=0, folder=tmp_path / "file" / "out", recipe=RECIPE)
