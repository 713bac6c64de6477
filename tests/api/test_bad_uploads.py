"""Bad and odd files dropped among good ones: each is one row that names file and reason, all others are finished."""

import shutil
import sqlite3
import threading
from pathlib import Path

import pytest

from core.services.context import Context
from core.services.worker import drain
from core.store import open_store
from tests.api.conftest import Client
from tests.services.bad_files import write_bad_files, write_odd_files
from tests.services.toys import HELICOPTER, write_photo

# As a program sends it → as it is shown.
NAMES = {
    "../../etc/pole.jpg": "pole.jpg",
    "C:\\flights\\pole.jpg": "pole.jpg",
    "it's a pole.jpg": "it's a pole.jpg",
    "<img src=x onerror=alert(1)>.jpg": "<img src=x onerror=alert(1)>.jpg",
    "mast 🚁 ø.jpg": "mast 🚁 ø.jpg",
    "line 7: pole 3.jpg": "line 7: pole 3.jpg",
}


@pytest.fixture
def batch(client: Client) -> str:
    return str(client.post("/v1/batches", json={"name": "flight", "tags": [HELICOPTER]}).json()["id"])


def drop(client: Client, batch: str, name: str, data: bytes) -> tuple[int, str]:
    """Status, and the error or else the photo's hash."""
    answer = client.post("/v1/photos", params={"batch": batch}, files={"file": (name, data)})
    document = answer.json()
    return answer.status_code, document.get("error") or document["sha256"]


def test_a_mixed_drop_is_finished_but_for_the_bad_files(
    client: Client, context: Context, batch: str, tmp_path: Path
) -> None:
    bad, odd = write_bad_files(tmp_path / "bad"), write_odd_files(tmp_path / "odd")
    for path in sorted([*bad, *odd], key=lambda path: path.name):
        status, words = drop(client, batch, path.name, path.read_bytes())
        if status != 201:
            assert status == 422
            assert words.startswith(f"{path.name}: ")
            assert bad[path] in words
    drain(context, "me", threading.Event())
    progress = client.get(f"/v1/batches/{batch}").json()
    assert (progress["done"], progress["failed"], progress["is_finished"]) == (len(odd), len(bad), True)
    failures = {failure["name"]: failure["error"] for failure in progress["failures"]}
    assert set(failures) == {path.name for path in bad}
    for path, words in bad.items():
        assert failures[path.name].startswith(f"{path.name}: ")
        assert words in failures[path.name]
    without = [row.photo.name for row in context.store.photos() if not context.store.findings(row.photo.sha256)]
    assert without == ["cut.jpg"]  # its header is whole, its pixels are not


@pytest.mark.parametrize(("given", "shown"), NAMES.items())
@pytest.mark.parametrize("data", [b"this is text", b"\xff\xd8\xff" + bytes(20_000_001)], ids=["text", "too large"])
def test_whatever_its_name_a_bad_file_is_named_and_the_rest_finished(
    client: Client, context: Context, batch: str, tmp_path: Path, given: str, shown: str, data: bytes
) -> None:
    status, error = drop(client, batch, given, data)
    assert (status, error[: len(shown) + 2]) == (422, f"{shown}: ")
    assert drop(client, batch, "good.jpg", write_photo(tmp_path / "good.jpg").read_bytes())[0] == 201
    drain(context, "me", threading.Event())
    progress = client.get(f"/v1/batches/{batch}").json()
    assert progress["failures"] == [{"name": shown, "error": error}]
    assert progress["done"] == 1


def test_the_same_photo_twice_is_one_photo_and_two_rows(
    client: Client, context: Context, batch: str, tmp_path: Path
) -> None:
    data = write_photo(tmp_path / "a.jpg").read_bytes()
    assert drop(client, batch, "a.jpg", data) == drop(client, batch, "again.jpg", data)
    drain(context, "me", threading.Event())
    progress = client.get(f"/v1/batches/{batch}").json()
    assert (progress["done"], progress["total"], context.store.count()) == (2, 2, 1)


def test_a_full_disk_names_the_file_and_the_next_try_is_its_only_row(
    client: Client, context: Context, batch: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    data = write_photo(tmp_path / "a.jpg").read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr("core.store.files._moved", lambda *_: False)  # photos on another disk than uploads
        patch.setattr(shutil, "copyfileobj", refuse)
        for _ in range(2):
            status, error = drop(client, batch, "a.jpg", data)
            assert status == 503
            assert error.startswith("a.jpg: keeping the original: the disk is full; nothing was changed; free some")
    assert list(context.store.incoming_dir.iterdir()) == []
    assert drop(client, batch, "a.jpg", data)[0] == 201
    drain(context, "me", threading.Event())
    assert [(row.name, row.state) for row in context.store.rows(batch)] == [("a.jpg", "done")]


def test_a_locked_database_names_the_file_and_the_next_try_is_its_only_row(
    client: Client, context: Context, batch: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hasty = open_store(context.settings, busy_timeout_s=0.05)
    rival = sqlite3.connect(context.settings.home / "gridlens.sqlite", isolation_level=None)
    data = write_photo(tmp_path / "a.jpg").read_bytes()
    try:
        with monkeypatch.context() as patch:
            patch.setattr(context.store, "database", hasty.database)
            rival.execute("BEGIN IMMEDIATE")
            status, error = drop(client, batch, "a.jpg", data)
            rival.execute("ROLLBACK")
    finally:
        rival.close()
        hasty.close()
    assert status == 503
    assert error.startswith("a.jpg: writing to the database: the database is locked by another process for too long")
    assert drop(client, batch, "a.jpg", data)[0] == 201
    drain(context, "me", threading.Event())
    assert [(row.name, row.state) for row in context.store.rows(batch)] == [("a.jpg", "done")]
