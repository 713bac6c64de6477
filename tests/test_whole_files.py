"""Files are whole or not there: a full disk, two writers at once, what a killed one left behind."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from core.errors import StoreError
from core.whole_files import clear_left_overs, write_once, write_whole
from tests.full_disk import fill_the_disk


@pytest.mark.parametrize("is_durable", [True, False])
def test_bytes_and_text_are_written_as_they_are(tmp_path: Path, is_durable: bool) -> None:
    write_whole(tmp_path / "new" / "a.bin", b"\r\n\x00", is_durable=is_durable)
    write_whole(tmp_path / "new" / "a.txt", "ä\n", is_durable=is_durable)
    write_whole(tmp_path / "new" / "a.txt", "ö\n", is_durable=is_durable)
    assert (tmp_path / "new" / "a.bin").read_bytes() == b"\r\n\x00"
    assert (tmp_path / "new" / "a.txt").read_bytes() == "ö\n".encode()
    assert len(list((tmp_path / "new").iterdir())) == 2
    assert (tmp_path / "new" / "a.txt").stat().st_mode & 0o777 == 0o644


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full, the disk that is always full")
def test_a_full_disk_leaves_the_old_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_whole(tmp_path / "a.txt", "old")
    fill_the_disk(monkeypatch, "a.txt")
    for write in (write_whole, write_once):
        with pytest.raises(StoreError, match=r"a\.txt: cannot be written \(No space left on device\); make room"):
            write(tmp_path / "a.txt", "new")
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]
    assert (tmp_path / "a.txt").read_text() == "old"


def test_a_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match=r"file/a\.txt: cannot be written \((File exists|Not a directory)\)"):
        write_whole(tmp_path / "file" / "a.txt", "")


def test_of_many_who_write_once_at_once_one_does(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        wrote = list(pool.map(lambda k: write_once(tmp_path / "a.txt", str(k)), range(32)))
    assert wrote.count(True) == 1
    assert (tmp_path / "a.txt").read_text() == str(wrote.index(True))
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_left_overs_go_and_whole_files_and_folders_stay(tmp_path: Path) -> None:
    write_whole(tmp_path / "b.part" / "a.txt", "whole")
    for name in (".a.txt.x1y2.part", "b.part/.a.txt.z3.part"):
        (tmp_path / name).write_text("half")
    clear_left_overs(tmp_path)
    assert [path.relative_to(tmp_path).as_posix() for path in sorted(tmp_path.rglob("*"))] == ["b.part", "b.part/a.txt"]
