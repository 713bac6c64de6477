"""``POST /v1/inspect`` and the API's manners."""

from pathlib import Path

import pytest

from core.services.context import Context
from tests.api.conftest import Client
from tests.services.bad_files import write_bad_files
from tests.services.toys import CLOSE_UP, ToyRegistry, write_photo


def test_one_photo_gives_what_the_command_line_gives(client: Client, tmp_path: Path) -> None:
    photo = write_photo(tmp_path / "pole.jpg")
    answer = client.post("/v1/inspect", files={"file": ("pole.jpg", photo.read_bytes())})
    assert answer.status_code == 200
    document = answer.json()
    assert list(document) == ["path", "sha256", "width_px", "height_px", "captured_at", "gps", "error", "findings"]
    assert (document["path"], document["width_px"], document["height_px"]) == ("pole.jpg", 480, 320)
    assert [(f["kind"], f["label"]) for f in document["findings"]] == [
        ("class", "TREE"),
        ("box", "whole missing top cap"),
    ]
    again = client.get(f"/v1/photos/{document['sha256']}").json()
    assert again["findings"] == document["findings"]
    assert again["tags"] == ["helicopter inspection"]
    assert again["urgency"]["step"] == 3
    assert {"model": "polecat", "label": "TREE"} in again["heat_maps"]


def test_the_tag_decides_which_models_run(client: Client, tmp_path: Path) -> None:
    photo = write_photo(tmp_path / "joint.jpg").read_bytes()
    answer = client.post("/v1/inspect", params={"tag": CLOSE_UP}, files={"file": ("joint.jpg", photo)})
    (finding,) = answer.json()["findings"]
    assert (finding["kind"], finding["value"]) == ("value", 0.42)
    assert finding["interval"] == pytest.approx([0.32, 0.52])


def test_bad_files_are_refused_with_their_name_and_reason(client: Client, tmp_path: Path) -> None:
    for path, words in write_bad_files(tmp_path / "bad").items():
        answer = client.post("/v1/inspect", files={"file": (path.name, path.read_bytes())})
        assert answer.status_code == 422, path.name
        assert set(answer.json()) == {"error"}
        assert answer.json()["error"].startswith(f"{path.name}: ")
        assert words in answer.json()["error"]


@pytest.mark.parametrize(
    "options",
    [
        {"content": b"raw"},
        {"files": {"photo": ("a.jpg", b"x")}},
        {"content": b"--b\r\nbroken", "headers": {"content-type": "multipart/form-data; boundary=b"}},
        {"content": b"", "headers": {"content-type": "multipart/form-data"}},
    ],
)
def test_other_bodies_are_refused(client: Client, options: dict[str, object]) -> None:
    answer = client.post("/v1/inspect", **options)
    assert answer.status_code == 400
    assert "multipart" in answer.json()["error"] or "part named 'file'" in answer.json()["error"]


def test_an_unknown_fault_is_a_500_without_a_stack_trace(
    client: Client, toys: tuple[Context, ToyRegistry], tmp_path: Path
) -> None:
    toys[1].models["polecat"].error = ZeroDivisionError("secret detail")
    answer = client.post("/v1/inspect", files={"file": ("a.jpg", write_photo(tmp_path / "a.jpg").read_bytes())})
    assert answer.status_code == 500
    assert answer.json() == {"error": "Gridlens failed at this request; its log says why"}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "http://127.0.0.1:8501"}, 201),
        ({"Sec-Fetch-Site": "same-origin"}, 201),
        ({}, 201),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "http://127.0.0.1:9999"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
    ],
)
def test_other_websites_may_not_change_anything(client: Client, headers: dict[str, str], status: int) -> None:
    assert client.post("/v1/batches", headers=headers).status_code == status


def test_the_documentation_lists_every_route(client: Client) -> None:
    assert client.get("/docs").status_code == 200
    assert set(client.get("/openapi.json").json()["paths"]) == {
        "/v1/advice",
        "/v1/advice/{name}",
        "/v1/advice/{name}/rounds",
        "/v1/advice/{name}/stop",
        "/v1/answers",
        "/v1/answers/{name}",
        "/v1/answers/{name}/breakdown",
        "/v1/answers/{name}/photos",
        "/v1/answers/{name}/trust",
        "/v1/batches",
        "/v1/batches/{batch_id}",
        "/v1/batches/{batch_id}/cancel",
        "/v1/batches/{batch_id}/failures",
        "/v1/curves",
        "/v1/datasets",
        "/v1/datasets/folder-imports",
        "/v1/datasets/imports",
        "/v1/datasets/{before}/diff/{after}",
        "/v1/datasets/{version}",
        "/v1/datasets/{version}/add",
        "/v1/datasets/{version}/csv",
        "/v1/datasets/{version}/exports",
        "/v1/datasets/{version}/merge",
        "/v1/datasets/{version}/relabel",
        "/v1/datasets/{version}/remove",
        "/v1/datasets/{version}/sample",
        "/v1/datasets/{version}/split",
        "/v1/drift",
        "/v1/evaluations",
        "/v1/evaluations/{name}",
        "/v1/evaluations/{name}/stop",
        "/v1/gaps",
        "/v1/gaps/{name}",
        "/v1/gaps/{name}/channels",
        "/v1/gaps/{name}/stop",
        "/v1/inspect",
        "/v1/models/{model}/explanations",
        "/v1/models/{model}/layers",
        "/v1/overview",
        "/v1/overview/photos",
        "/v1/photos",
        "/v1/photos/{a}/compare/{b}",
        "/v1/photos/{sha256}",
        "/v1/photos/{sha256}/explain/{model}",
        "/v1/photos/{sha256}/features/{model}",
        "/v1/photos/{sha256}/heat/{model}",
        "/v1/photos/{sha256}/original",
        "/v1/photos/{sha256}/standard",
        "/v1/photos/{sha256}/thumbnail",
        "/v1/photos/{sha256}/tiles/{level}/{column}/{row}",
        "/v1/renders/datasets",
        "/v1/renders/datasets/{name}",
        "/v1/renders/datasets/{name}/resume",
        "/v1/renders/datasets/{name}/stop",
        "/v1/renders/preview",
        "/v1/similar",
        "/v1/similar/duplicates",
        "/v1/similar/representatives",
        "/v1/thresholds",
        "/v1/thresholds/{model}",
        "/v1/training/configs",
        "/v1/training/runs",
        "/v1/training/runs/{name}",
        "/v1/training/runs/{name}/curves",
        "/v1/training/runs/{name}/resume",
        "/v1/training/runs/{name}/stop",
    }


def test_unknown_addresses_answer_in_the_same_form(client: Client) -> None:
    answer = client.get("/v1/nowhere")
    assert (answer.status_code, answer.json()) == (404, {"error": "Not Found"})
