"""The way in: good photos, bad files, full disks and kills."""

import errno
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from core.config import Settings
from core.errors import NotFoundError, PhotoError, StoreError
from core.store import PhotoFilter, Store, open_store
from core.store.names import clean_name
from tests.imaging.pictures import bomb_png, save, scene
from tests.store.samples import add, photo_file


def test_photo_is_kept_and_found_again_after_a_restart(store: Store, settings: Settings, tmp_path: Path) -> None:
    path = photo_file(tmp_path)
    added = store.add_photo(path, "mast 7.jpg", tags=("line 4",))
    assert added.is_new
    assert (added.photo.width_px, added.photo.height_px, added.row_id) == (80, 60, None)
    assert path.exists()
    again = open_store(settings)
    try:
        assert again.photo(added.photo.sha256) == added.photo
        assert again.original_path(added.photo.sha256).read_bytes() == path.read_bytes()
        assert again.tags(added.photo.sha256) == ("line 4",)
    finally:
        again.close()


def test_same_bytes_are_one_photo_with_two_rows(store: Store, tmp_path: Path) -> None:
    batch_id = store.create_batch("flight", ["helicopter inspection"])
    path = photo_file(tmp_path)
    first = store.add_photo(path, "a.jpg", batch_id=batch_id)
    second = store.add_photo(path, "b.jpg", tags=["extra"], batch_id=batch_id)
    assert (first.is_new, second.is_new) == (True, False)
    assert second.photo == first.photo
    assert store.count() == 1
    assert [(row.name, row.photo_sha256, row.state) for row in store.rows(batch_id)] == [
        ("a.jpg", first.photo.sha256, "queued"),
        ("b.jpg", first.photo.sha256, "queued"),
    ]
    assert store.tags(first.photo.sha256) == ("extra", "helicopter inspection")


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
def test_bad_files_are_rows_with_their_reason_and_good_ones_are_kept(store: Store, tmp_path: Path) -> None:
    whole = photo_file(tmp_path, 1, "whole.jpg").read_bytes()
    files: dict[str, bytes] = {
        "empty.jpg": b"",
        "text.jpg": b"this is not a photo",
        "drawing.jpg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        "header.jpg": whole[:100],
        "dot.png": save(tmp_path / "dot0.png", scene()[:1, :1]).read_bytes(),
        "bomb.png": bomb_png(tmp_path / "bomb0.png").read_bytes(),
        "large.jpg": whole + bytes(2_000_000),
    }
    batch_id = store.create_batch("mixed")
    add(store, tmp_path, 2, batch_id=batch_id)
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
        with pytest.raises(PhotoError, match=rf"^{name}: "):
            store.add_photo(tmp_path / name, name, batch_id=batch_id)
    add(store, tmp_path, 3, batch_id=batch_id)
    failed = store.rows(batch_id, ["failed"])
    assert [row.name for row in failed] == list(files)
    assert all(row.error is not None and row.error.startswith(f"{row.name}: ") for row in failed)
    assert store.progress(batch_id).queued == store.count() == 2


@pytest.mark.parametrize("mode", ["CMYK", "L", "RGB"])
def test_unusual_photos_are_taken(store: Store, tmp_path: Path, mode: str) -> None:
    path = save(tmp_path / "a.jpg", Image.fromarray(scene()).convert(mode))
    assert store.add_photo(path, "a.jpg").is_new


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd.jpg", "passwd.jpg"),
        ("C:\\fakepath\\mast.jpg", "mast.jpg"),
        ("a\"b'c.jpg", "a\"b'c.jpg"),
        ("<img src=x onerror=alert(1)>.jpg", "<img src=x onerror=alert(1)>.jpg"),
        ("👩\u200d🔧 mast.jpg", "👩\u200d🔧 mast.jpg"),
        ("a\x00b\nc\u202egpj.exe", "abcgpj.exe"),
        ("\udcff.jpg", "�.jpg"),
        ("..", "unnamed"),
        ("", "unnamed"),
        ("x" * 300 + ".jpeg", "x" * 194 + "….jpeg"),
    ],
)
def test_names_are_cleaned_of_folders_and_kept_as_text(store: Store, tmp_path: Path, given: str, shown: str) -> None:
    assert clean_name(given) == shown
    added = store.add_photo(photo_file(tmp_path), given)
    assert store.photo(added.photo.sha256).name == shown


def test_upload_in_pieces(store: Store, tmp_path: Path) -> None:
    data = photo_file(tmp_path).read_bytes()
    sink = store.open_upload("../up.jpg")
    for start in range(0, len(data), 100):
        sink.write(data[start : start + 100])
    assert store.count() == 0
    added = sink.finish(tags=["a"], batch_id=store.create_batch("b"))
    assert (added.is_new, added.photo.name, added.row_id) == (True, "up.jpg", 1)
    assert store.original_path(added.photo.sha256).read_bytes() == data
    assert list(store.incoming_dir.iterdir()) == []


def test_upload_that_is_aborted_or_bad_leaves_nothing(store: Store, tmp_path: Path) -> None:
    with store.open_upload("a.jpg") as sink:
        sink.write(b"\xff\xd8\xff")
    batch_id = store.create_batch("b")
    bad = store.open_upload("b.jpg")
    bad.write(b"nonsense")
    with pytest.raises(PhotoError, match=r"^b\.jpg: .*received text"):
        bad.finish(batch_id=batch_id)
    large = store.open_upload("c.jpg")
    with pytest.raises(PhotoError, match=r"^c\.jpg: expected at most 2 MB"):
        large.write(bytes(2_000_001))
    assert list(store.incoming_dir.iterdir()) == []
    assert [row.name for row in store.rows(batch_id)] == ["b.jpg"]


def test_old_left_overs_of_uploads_vanish_on_opening(store: Store, settings: Settings) -> None:
    folders = (store.incoming_dir, settings.home / "photos" / "incomplete")
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("old.part", "fresh.part"):
            (folder / name).write_bytes(b"x")
        os.utime(folder / "old.part", (1, 1))
    open_store(settings).close()
    for folder in folders:
        assert [path.name for path in folder.iterdir()] == ["fresh.part"]


def test_unknown_batch_keeps_no_photo(store: Store, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="does not"):
        add(store, tmp_path, batch_id="0" * 32)
    assert store.count() == 0


def test_original_of_wrong_size_is_replaced(store: Store, tmp_path: Path) -> None:
    sha256 = add(store, tmp_path)
    original = store.original_path(sha256)
    whole = original.read_bytes()
    original.write_bytes(b"")  # what a power cut leaves
    add(store, tmp_path)
    assert original.read_bytes() == whole


@contextmanager
def _full_disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def refuse(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "copyfileobj", refuse)
        yield


def test_full_disk_is_said_and_leaves_nothing(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    batch_id = store.create_batch("b")
    with _full_disk(monkeypatch), pytest.raises(StoreError) as full:
        add(store, tmp_path, batch_id=batch_id)
    assert str(full.value).startswith("photo0.jpg: keeping the original: the disk is full; nothing was changed; free")
    assert store.count() == 0
    assert [path for path in (store.settings.home / "photos").rglob("*") if path.is_file()] == []
    assert store.rows(batch_id) == []  # it passes: who sends the file tries again
    add(store, tmp_path, batch_id=batch_id)
    assert store.count() == 1


def test_full_disk_in_an_upload(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    class FullFile:
        def write(self, _: bytes) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        def close(self) -> None:
            pass

    sink = store.open_upload("a.jpg")
    sink._file.close()
    monkeypatch.setattr(sink, "_file", FullFile())
    with pytest.raises(StoreError, match=r"receiving a\.jpg: the disk is full"):
        sink.write(b"x")
    assert list(store.incoming_dir.iterdir()) == []


_KILLED = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, {root!r})
from core.store import open_store
from tests.store.conftest import settings_in
import {module} as module
real = module.{function}
def die(*arguments, **options):
    if {after}:
        real(*arguments, **options)
    os.kill(os.getpid(), signal.SIGKILL)
module.{function} = die
store = open_store(settings_in(Path({home!r})))
store.add_photo(Path({photo!r}), "a.jpg", tags=["t"], batch_id={batch_id!r})
"""


@pytest.mark.parametrize(
    ("module", "function", "after"),
    [
        ("os", "replace", False),  # original copied, not yet in its place
        ("core.store.intake", "_register", False),  # original in its place, nothing in the tables
        ("core.store.intake", "write_changes", True),  # in the middle of the transaction
    ],
)
def test_kill_leaves_no_half_photo(
    store: Store, settings: Settings, tmp_path: Path, module: str, function: str, after: bool
) -> None:
    batch_id = store.create_batch("b")
    script = _KILLED.format(
        root=str(Path(__file__).parents[2]),
        module=module,
        function=function,
        after=after,
        home=str(settings.home),
        photo=str(photo_file(tmp_path)),
        batch_id=batch_id,
    )
    died = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert died.returncode == -signal.SIGKILL, died.stderr
    assert store.count() == 0
    assert store.rows(batch_id) == []
    sha256 = add(store, tmp_path, batch_id=batch_id)
    assert store.photos(PhotoFilter(tags=("t",))) == []
    assert store.original_path(sha256).read_bytes() == (tmp_path / "photo0.jpg").read_bytes()


def test_photos_at_a_remote_address(settings: Settings, tmp_path: Path) -> None:
    store = open_store(replace(settings, photos_url="memory://gridlens/photos"))
    try:
        sha256 = add(store, tmp_path)
        whole = store.original_path(sha256).read_bytes()
        standard = store.variant_path(sha256, "standard").read_bytes()
        shutil.rmtree(settings.home / "photo_cache")
        assert store.original_path(sha256).read_bytes() == whole
        assert store.variant_path(sha256, "standard").read_bytes() == standard
        assert not (settings.home / "photos").exists()
    finally:
        store.close()
