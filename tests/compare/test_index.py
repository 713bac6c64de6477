"""The index on disk: grown, stopped anywhere, taken up again."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from core.compare import index as index_module
from core.compare.descriptors import Describer
from core.compare.index import PhotoIndex, read_picture
from core.errors import PhotoError, StoreError
from tests.imaging.pictures import save, scene

MANY = 10_000_000
DESCRIBER = Describer()


def open_index(tmp_path: Path) -> PhotoIndex:
    return PhotoIndex(tmp_path / "index", DESCRIBER, MANY)


def photos(folder: Path, count: int) -> list[Path]:
    folder.mkdir(exist_ok=True)
    return [save(folder / f"{k:03}.png", scene(48, 64, k)) for k in range(count)]


def test_a_record_of_the_index_is_the_photos_own(tmp_path: Path) -> None:
    paths = photos(tmp_path / "in", 3)
    index = open_index(tmp_path)
    assert len(index) == 0
    assert index.records.shape == (0,)
    assert index.add(paths) == {}
    for path in paths:
        row = index.row(path)
        assert row is not None
        assert index.records[row].tobytes() == DESCRIBER.describe(read_picture(path, MANY)[0]).tobytes()
        assert (index.photos[row].width_px, index.photos[row].height_px) == (64, 48)
    assert (tmp_path / "index" / DESCRIBER.version / "records.bin").stat().st_size / 3 < 8192


def test_photos_are_read_once_and_again_when_they_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = photos(tmp_path / "in", 4)
    seen: list[Path] = []
    read = index_module.read_picture
    monkeypatch.setattr(index_module, "read_picture", lambda path, *rest: seen.append(path) or read(path, *rest))
    steps: list[tuple[int, int]] = []
    open_index(tmp_path).add(paths[:2])
    index = open_index(tmp_path)
    index.add([*paths, paths[0]], lambda done, count: steps.append((done, count)))
    assert sorted(seen) == paths
    assert steps == [(4, 4)]
    save(paths[1], scene(90, 64, 50))
    os.utime(paths[1], ns=(1, 1))
    index.add(paths)
    assert seen[4:] == [paths[1]]
    row = index.row(paths[1])
    assert (row, len(index)) == (4, 5)
    assert index.records[4]["thumbnail"].tobytes() != index.records[1]["thumbnail"].tobytes()


def test_what_cannot_be_read_is_named_and_stops_nothing(tmp_path: Path) -> None:
    good = photos(tmp_path / "in", 1)[0]
    text, none = tmp_path / "in" / "text.jpg", tmp_path / "in" / "none.jpg"
    text.write_text("no photo")
    index = open_index(tmp_path)
    failed = index.add([text, good, none])
    assert list(failed) == [none, text] or list(failed) == [text, none]
    assert failed[text].startswith("text.jpg: ")
    assert failed[none] == f"{none}: expected a photo, found no such file"
    assert index.row(text) is index.row(none) is None
    assert index.row(good) is not None
    assert open_index(tmp_path).error(text) == failed[text]
    save(tmp_path / "now.png", scene(40, 40)).rename(text)
    assert index.add([text]) == {}


@pytest.mark.parametrize("cut", ["line", "record", "both", "line only"])
def test_a_torn_end_is_cut_off_and_the_rest_kept(tmp_path: Path, cut: str) -> None:
    paths = photos(tmp_path / "in", 5)
    index = open_index(tmp_path)
    index.add(paths[:4])
    whole = [record.tobytes() for record in index.records]
    lines, records = index.folder / "photos.jsonl", index.folder / "records.bin"
    if cut in ("line", "both"):
        lines.write_bytes(lines.read_bytes()[:-7])
    if cut in ("record", "both"):
        records.write_bytes(records.read_bytes()[:-100])
    if cut == "line only":
        records.write_bytes(records.read_bytes() + b"x" * (DESCRIBER.dtype.itemsize + 9))
    kept = 4 if cut == "line only" else 3
    again = open_index(tmp_path)
    assert [record.tobytes() for record in again.records] == whole[:kept]
    assert again.add(paths) == {}
    assert len(again) == 5
    assert [again.records[again.row(path)].tobytes() for path in paths[:4]] == whole  # type: ignore[index]
    assert records.stat().st_size == 5 * DESCRIBER.dtype.itemsize
    assert len([json.loads(line) for line in lines.read_bytes().splitlines()]) == 5


def test_killed_while_it_grows_it_goes_on_where_it_was(tmp_path: Path) -> None:
    paths = photos(tmp_path / "in", 30)
    program = (
        "import sys; from pathlib import Path; from core.compare import index; index.BATCH = 2\n"
        "from core.compare.descriptors import Describer\n"
        f"index.PhotoIndex(Path(sys.argv[1]), Describer(), {MANY}).add(sorted(Path(sys.argv[2]).iterdir()))"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "index"), str(tmp_path / "in")]
    lines = tmp_path / "index" / DESCRIBER.version / "photos.jsonl"
    with subprocess.Popen(command) as process:
        while process.poll() is None and not (lines.exists() and lines.stat().st_size):
            time.sleep(0.002)
        process.kill()
    before = len(open_index(tmp_path))
    assert before > 0
    index = open_index(tmp_path)
    index.add(paths)
    assert len(index) == 30
    alone = PhotoIndex(tmp_path / "other", DESCRIBER, MANY)
    alone.add(paths)
    rows = [index.row(path) for path in paths]
    assert index.records[rows].tobytes() == alone.records[[alone.row(path) for path in paths]].tobytes()


def test_two_writers_at_once_are_refused_and_readers_see_what_came(tmp_path: Path) -> None:
    paths = photos(tmp_path / "in", 2)
    reader, writer = open_index(tmp_path), open_index(tmp_path)
    writer.add(paths[:1])
    assert len(reader) == 0
    reader.look_again()
    assert reader.row(paths[0]) == 0
    with (writer.folder / "writing.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(StoreError, match="expected no other process that adds photos"):
            writer.add(paths)
    writer.add(paths)


def test_greys_transparency_and_turned_photos_can_be_compared(tmp_path: Path) -> None:
    from PIL import Image

    image = scene(60, 90, 4)
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = np.ascontiguousarray(np.rot90(image))
    paths = [
        save(tmp_path / "plain.png", image),
        save(tmp_path / "clear.png", Image.fromarray(image).convert("RGBA")),
        save(tmp_path / "turned.jpg", turned, exif=exif, quality=98),
        save(tmp_path / "grey.png", Image.fromarray(image).convert("L")),
    ]
    index = open_index(tmp_path)
    assert index.add(paths) == {}
    plain, clear, upright, grey = index.records
    assert plain.tobytes() == clear.tobytes()
    assert np.bitwise_count(plain["hashes"] ^ upright["hashes"]).max() <= 4
    assert np.abs(plain["grey"] - grey["grey"]).sum() < 0.02


def test_a_folder_is_no_photo_and_a_huge_one_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PhotoError, match="expected a photo, found a folder"):
        read_picture(tmp_path, MANY)
    with pytest.raises(PhotoError, match="expected at most"):
        read_picture(save(tmp_path / "a.png", scene(60, 60)), 1000)
