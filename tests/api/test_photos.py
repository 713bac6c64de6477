"""Photos in, pictures and heat maps out, batches."""

import threading
from pathlib import Path

import cv2
import numpy as np
import pytest

from core.errors import StoreError
from core.services.context import Context
from core.services.worker import drain
from tests.api.conftest import Client
from tests.services.toys import write_photo

HELICOPTER = "helicopter inspection"


def add(client: Client, path: Path, name: str | None = None, **params: object) -> dict[str, object]:
    answer = client.post("/v1/photos", params=params, files={"file": (name or path.name, path.read_bytes())})
    assert answer.status_code == 201, answer.text
    document: dict[str, object] = answer.json()
    return document


@pytest.fixture
def sha256(client: Client, tmp_path: Path) -> str:
    return str(add(client, write_photo(tmp_path / "pole.jpg", width_px=1200, height_px=700), tag=HELICOPTER)["sha256"])


def test_a_photo_is_kept_hashed_and_known_the_second_time(client: Client, context: Context, tmp_path: Path) -> None:
    path = write_photo(tmp_path / "pole.jpg")
    first = add(client, path, tag=["a", "b"])
    assert first["is_new"] is True
    assert add(client, path, "other.jpg") == {**first, "is_new": False}
    assert context.store.original_path(str(first["sha256"])).read_bytes() == path.read_bytes()
    assert context.store.tags(str(first["sha256"])) == ("a", "b")
    assert list(context.store.incoming_dir.iterdir()) == []


def test_names_lose_folders_and_keep_the_rest(client: Client, tmp_path: Path) -> None:
    path = write_photo(tmp_path / "pole.jpg")
    assert add(client, path, "../../etc/we'ird <b>😀.jpg")["name"] == "we'ird <b>😀.jpg"


def test_quotes_in_names_come_back_as_quotes(client: Client, tmp_path: Path) -> None:
    body = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a %22q%22.jpg"\r\n\r\n'
    body += write_photo(tmp_path / "pole.jpg").read_bytes() + b"\r\n--b--\r\n"
    answer = client.post("/v1/photos", content=body, headers={"content-type": "multipart/form-data; boundary=b"})
    assert answer.json()["name"] == 'a "q".jpg'


def test_a_batch_goes_from_queued_to_done_and_names_what_failed(
    client: Client, context: Context, tmp_path: Path
) -> None:
    batch = client.post("/v1/batches", json={"name": "Line 4", "tags": [HELICOPTER]}).json()["id"]
    add(client, write_photo(tmp_path / "a.jpg", 1), batch=batch)
    add(client, write_photo(tmp_path / "b.jpg", 2), batch=batch)
    bad = client.post("/v1/photos", params={"batch": batch}, files={"file": ("c.jpg", b"no photo")})
    assert bad.status_code == 422
    progress = client.get(f"/v1/batches/{batch}").json()
    assert (progress["total"], progress["queued"], progress["failed"]) == (3, 2, 1)
    assert progress["failures"] == [{"name": "c.jpg", "error": bad.json()["error"]}]
    drain(context, "me", threading.Event())
    progress = client.get(f"/v1/batches/{batch}").json()
    assert (progress["done"], progress["is_finished"]) == (2, True)


def test_a_file_over_the_limit_is_refused_while_it_comes(
    client: Client, context: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = client.post("/v1/batches", json={"name": "x"}).json()["id"]
    limit = context.settings.max_upload_bytes
    answer = client.post(
        "/v1/photos", params={"batch": batch}, files={"file": ("big.jpg", b"\xff\xd8\xff" + bytes(limit))}
    )
    assert answer.status_code == 422
    assert answer.json()["error"].startswith("big.jpg: expected at most 20 MB")
    assert list(context.store.incoming_dir.iterdir()) == []
    assert client.get(f"/v1/batches/{batch}").json()["failures"][0]["name"] == "big.jpg"


def test_a_batch_can_be_stopped(client: Client, tmp_path: Path) -> None:
    batch = client.post("/v1/batches").json()["id"]
    add(client, write_photo(tmp_path / "a.jpg"), batch=batch)
    progress = client.post(f"/v1/batches/{batch}/cancel").json()
    assert (progress["cancelled"], progress["is_finished"]) == (1, True)


def test_unknown_batches_and_photos_are_404(client: Client, tmp_path: Path) -> None:
    photo = {"file": ("a.jpg", write_photo(tmp_path / "a.jpg").read_bytes())}
    for answer in (
        client.post("/v1/photos", params={"batch": "nope"}, files=photo),
        client.get("/v1/batches/nope"),
        client.post("/v1/batches/nope/cancel"),
        client.get(f"/v1/photos/{'0' * 64}"),
        client.get(f"/v1/photos/{'0' * 64}/standard"),
        client.get(f"/v1/photos/{'0' * 64}/tiles/0/0/0"),
        client.get("/v1/photos/..%2F..%2Fetc/thumbnail"),
    ):
        assert answer.status_code == 404
        assert set(answer.json()) == {"error"}


def test_pictures_have_their_sizes_and_are_kept_forever_by_browsers(client: Client, sha256: str) -> None:
    sizes = {"standard": (700, 1200), "thumbnail": (187, 320), "tiles/0/0/0": (512, 512), "tiles/0/2/1": (188, 176)}
    for what, size in sizes.items():
        answer = client.get(f"/v1/photos/{sha256}/{what}")
        assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"
        assert answer.headers["content-type"] == "image/jpeg"
        assert answer.headers["x-content-type-options"] == "nosniff"
        picture = cv2.imdecode(np.frombuffer(answer.content, np.uint8), cv2.IMREAD_COLOR)
        assert picture is not None
        assert picture.shape[:2] == size, what


def test_the_original_comes_back_byte_for_byte_as_a_download(client: Client, sha256: str, tmp_path: Path) -> None:
    answer = client.get(f"/v1/photos/{sha256}/original")
    assert answer.content == (tmp_path / "pole.jpg").read_bytes()
    assert answer.headers["content-disposition"].startswith("attachment")


def test_tiles_that_do_not_exist_are_404(client: Client, sha256: str) -> None:
    for tile in ("0/3/0", "0/0/9", "40/0/0"):
        assert client.get(f"/v1/photos/{sha256}/tiles/{tile}").status_code == 404


def test_heat_maps_are_rows_of_values(client: Client, tmp_path: Path) -> None:
    photo = write_photo(tmp_path / "a.jpg").read_bytes()
    sha256 = client.post("/v1/inspect", files={"file": ("a.jpg", photo)}).json()["sha256"]
    answer = client.get(f"/v1/photos/{sha256}/heat/polecat", params={"label": "TREE"}).json()
    assert answer == {
        "label": "TREE", "method": "cam", "layer": "last", "height": 2, "width": 3, "min": 0.0, "max": 5.0,
        "values": [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]],
    }  # fmt: skip
    assert client.get(f"/v1/photos/{sha256}/heat/polecat").json() == answer
    missing = client.get(f"/v1/photos/{sha256}/heat/polecat", params={"label": "IRON"})
    assert missing.status_code == 404
    assert "expected one of TREE" in missing.json()["error"]


def test_a_store_in_trouble_is_503_with_its_words(
    client: Client, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_: object) -> None:
        raise StoreError("writing to the database: the database is locked by another process")

    monkeypatch.setattr(type(context.store), "create_batch", locked)
    answer = client.post("/v1/batches")
    assert answer.status_code == 503
    assert "locked" in answer.json()["error"]


def test_a_file_that_its_sender_gave_up_on_stays_named(client: Client) -> None:
    batch = client.post("/v1/batches", json={"name": "one"}).json()["id"]
    answer = client.post(
        f"/v1/batches/{batch}/failures", json={"name": "line 7/huge.jpg", "error": "expected at most 200 MB"}
    )
    assert answer.status_code == 201
    progress = client.get(f"/v1/batches/{batch}").json()
    assert (progress["total"], progress["failed"], progress["is_finished"]) == (1, 1, True)
    assert "expected at most 200 MB" in progress["failures"][0]["error"]
    assert client.post("/v1/batches/none/failures", json={"name": "a", "error": "b"}).status_code == 404
    assert client.post(f"/v1/batches/{batch}/failures", json={"name": "", "error": "b"}).status_code == 422
