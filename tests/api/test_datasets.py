"""``/v1/datasets``."""

from pathlib import Path

import pytest

from core.config import REPOSITORY
from core.services.context import Context
from tests.api.conftest import Client
from tests.datasets.test_frames import blurred, detailed
from tests.imaging.videos import write_video
from tests.services.toys import write_photo

SAMPLES = REPOSITORY / "sample_data"


@pytest.fixture
def poles(client: Client) -> str:
    answer = client.post("/v1/datasets/imports", json={"source": str(SAMPLES / "poles.csv")})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["hash"])


def test_versions_are_listed_and_shown_with_pages_of_rows(client: Client, poles: str) -> None:
    (listed,) = client.get("/v1/datasets").json()
    assert (listed["hash"], listed["name"], listed["photos"]) == (poles, "poles", 40)
    shown = client.get(f"/v1/datasets/{poles}?label=STEEL&offset=4&limit=5").json()
    assert shown["page"]["total"] == 6
    assert [item["label"] for item in shown["page"]["items"]] == ["STEEL", "STEEL"]
    assert shown["labels"]["STEEL"]["photos"] == 6
    assert client.get("/v1/datasets/poles").json()["hash"] == poles
    assert client.get(f"/v1/datasets/{poles}?limit=5000").status_code == 422


def test_an_upload_is_a_version_and_its_csv_comes_back(client: Client) -> None:
    data = (SAMPLES / "shackles.csv").read_bytes()
    answer = client.post("/v1/datasets", params={"name": "wear", "photos_dir": str(SAMPLES)}, content=data)
    assert answer.status_code == 201, answer.text
    assert (answer.json()["task"], answer.json()["is_new"]) == ("regression", True)
    csv = client.get("/v1/datasets/wear/csv")
    assert csv.headers["content-type"].startswith("text/csv")
    assert len(csv.text.splitlines()) == 11
    again = client.post("/v1/datasets", params={"name": "wear"}, content=csv.content)
    assert again.json()["is_new"] is False


def test_a_wrong_upload_is_refused_with_file_row_expected_and_received(client: Client, context: Context) -> None:
    answer = client.post("/v1/datasets?name=wear", content=b"path,value\na.jpg,NaN\n")
    assert answer.status_code == 400
    assert answer.json()["error"] == "wear.csv row 2: expected a number as value, received 'NaN'"
    big = b"path,label\n" + b"x" * (context.settings.max_upload_bytes + 1)
    assert "expected at most 20 MB" in client.post("/v1/datasets?name=big", content=big).json()["error"]
    assert client.get("/v1/datasets").json() == []


def test_every_operation_gives_a_version_with_its_parent(client: Client, poles: str) -> None:
    at = poles
    for operation, body in (
        ("split", {"shares": [0.5, 0.25, 0.25], "seed": 3}),
        ("merge", {"mapping": {"STEEL": "METAL", "NONE": ""}}),
        ("relabel", {"new_label": "LATTICE", "labels": ["METAL"]}),
        ("remove", {"splits": ["test"]}),
        ("sample", {"share": 0.5}),
    ):
        answer = client.post(f"/v1/datasets/{at}/{operation}", json=body)
        assert answer.status_code == 201, answer.text
        assert answer.json()["parents"] == [at]
        assert answer.json()["operation"]["name"] == operation
        at = answer.json()["hash"]
    added = client.post(f"/v1/datasets/{at}/add", json={"other": poles, "on_conflict": "replace"})
    assert added.json()["photos"] == 40
    assert client.get(f"/v1/datasets/{poles}").json()["children"] != []


def test_wrong_operations_say_why(client: Client, poles: str) -> None:
    assert client.post(f"/v1/datasets/{poles}/remove", json={}).status_code == 400
    assert client.post(f"/v1/datasets/{poles}/remove", json={"labels": ["X"]}).status_code == 404
    assert client.post(f"/v1/datasets/{poles}/merge", json={"mapping": 3}).status_code == 422
    assert client.post(f"/v1/datasets/{poles}/sample", json={"sharre": 0.5}).status_code == 400
    assert client.post("/v1/datasets/nothing/split", json={}).status_code == 404
    assert client.get("/v1/datasets/..%2F..%2Fetc%2Fpasswd").status_code == 404


def test_two_versions_are_compared(client: Client, poles: str) -> None:
    other = client.post(f"/v1/datasets/{poles}/relabel", json={"new_label": "METAL", "labels": ["STEEL"]}).json()
    found = client.get(f"/v1/datasets/{poles}/diff/{other['hash']}?limit=2").json()
    assert found["counts"]["relabelled"] == 6
    assert len(found["changes"]) == 2
    assert (found["changes"][0]["before"], found["changes"][0]["after"]) == ("STEEL", "METAL")


def test_a_video_gives_its_sharp_frames_one_a_scene(client: Client, tmp_path: Path) -> None:
    sharp = [detailed(seed) for seed in (1, 2)]
    soft = [blurred(one, 3) for one in sharp]
    write_video(tmp_path / "in" / "TREE" / "flight.avi", [soft[0], sharp[0], soft[0], soft[1], soft[1], sharp[1]])
    wish = {"source": str(tmp_path / "in"), "per_second": 10, "one_a_scene": True, "sharpest_of": 1, "most_blur": 0.99}
    answer = client.post("/v1/datasets/folder-imports", json=wish).json()
    assert (answer["photos"], answer["videos"], answer["blurred_left_out"], answer["failed"]) == (2, 1, 0, [])
    files = sorted(path.name for path in tmp_path.rglob("flight_*.jpg"))
    assert [name.removeprefix("flight_") for name in files] == ["00000.100s.jpg", "00000.500s.jpg"]
    assert client.post("/v1/datasets/folder-imports", json={**wish, "sharpest_of": 31}).status_code == 422


def test_folders_come_in_and_versions_go_out(client: Client, tmp_path: Path) -> None:
    for name in ("TREE/a.jpg", "STEEL/b.jpg"):
        write_photo(tmp_path / "in" / name, len(name))
    (tmp_path / "in" / "TREE" / "c.jpg").write_text("no photo")
    answer = client.post("/v1/datasets/folder-imports", json={"source": str(tmp_path / "in"), "name": "two"}).json()
    assert (answer["photos"], [Path(f["path"]).name for f in answer["failed"]]) == (2, ["c.jpg"])
    wish = {"format": "label-studio", "folder": str(tmp_path / "out")}
    assert client.post("/v1/datasets/two/exports", json=wish).status_code == 201
    assert (tmp_path / "out" / "label_studio.json").is_file()
    assert client.post("/v1/datasets/two/exports", json=wish).status_code == 400
