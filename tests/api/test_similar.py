"""``/v1/photos/…/compare/…`` and ``/v1/similar``."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.compare.catalogue import FIXED_MEASURES
from core.compare.descriptors import Describer
from core.services.context import Context
from core.services.errands import ErrandState, Progress
from tests.api.conftest import Client
from tests.services.toys import write_photo


@pytest.fixture(autouse=True)
def without_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.api.similar.make_describer", lambda *_: Describer())


@pytest.fixture
def hashes(context: Context, tmp_path: Path) -> list[str]:
    """Two photos of the store."""
    files = [write_photo(tmp_path / "store" / f"{k}.jpg", k) for k in range(2)]
    return [context.store.add_photo(file, file.name).photo.sha256 for file in files]


@pytest.fixture
def dataset(tmp_path: Path) -> str:
    """Six labelled photos: the first are as the store's first two, and one is there twice."""
    rows = ["path,label"]
    for k, (seed, label) in enumerate([(0, "A"), (1, "B"), (1, "B"), (2, "A"), (3, "A"), (4, "C")]):
        write_photo(tmp_path / "library" / f"{k}.jpg", seed)
        rows.append(f"{k}.jpg,{label}")
    path = tmp_path / "library" / "set.csv"
    path.write_text("\n".join([*rows, ""]))
    return str(path)


def test_two_photos_are_compared_in_every_measure(client: Client, hashes: list[str]) -> None:
    a, b = hashes
    answer = client.get(f"/v1/photos/{a}/compare/{b}")
    assert answer.status_code == 200, answer.text
    document = answer.json()
    assert (document["a"], document["b"]) == (a, b)
    assert [one["name"] for one in document["measures"]] == [one.name for one in FIXED_MEASURES]
    assert set(document["measures"][0]) == {"name", "value", "nearer", "range"}
    same = {one["name"]: one["value"] for one in client.get(f"/v1/photos/{a}/compare/{a}").json()["measures"]}
    assert (same["ssim"], same["mse"], same["perceptual_hash"]) == (1, 0, 0)
    assert client.get(f"/v1/photos/{a}/compare/{'0' * 64}").status_code == 404


def test_the_nearest_photos_and_the_other_classes(client: Client, hashes: list[str], dataset: str) -> None:
    wanted = {"photo": hashes[1], "in": dataset, "by": ["perceptual_hash"], "count": 2, "known_as": "B"}
    answer = client.post("/v1/similar", json=wanted)
    assert answer.status_code == 200, answer.text
    document = answer.json()
    # Files of the same bytes do not count as similar ones.
    assert not {"1.jpg", "2.jpg"} & {Path(one["path"]).name for one in document["photos"]}
    assert document["by"]["nearer"] == "lower"
    assert {one["label"] for one in document["classes"] if one["other"]} == {"A", "C"}
    assert document["criterion"].startswith("at least 8% of the 25")
    part = client.post("/v1/similar", json={"photo": hashes[0], "in": dataset, "region": [10, 10, 200, 150]}).json()
    assert part["by"]["name"] == "region"
    assert len(part["photos"][0]["box_xyxy_px"]) == 4


def test_copies_and_photos_that_stand_for_a_class(client: Client, dataset: str) -> None:
    document = client.post("/v1/similar/duplicates", json={"in": dataset}).json()
    assert [[Path(path).name for path in group] for group in document["groups"]] == [["1.jpg", "2.jpg"]]
    wanted = {"in": dataset, "label": "A", "method": "medoids", "count": 1}
    first, again = (client.post("/v1/similar/representatives", json=wanted).json() for _ in range(2))
    assert (first["count"], first["photos"][0]["stands_for"]) == (3, 3)
    assert (first["chosen_beforehand"], again["chosen_beforehand"]) == (False, True)


@pytest.mark.parametrize(
    ("route", "change", "status", "words"),
    [
        ("/v1/similar", {"photo": "0" * 64}, 404, "0" * 64),
        ("/v1/similar", {"by": ["ssim"]}, 400, "such as thumbnail_ssim"),
        ("/v1/similar", {"region": [5, 5, 1, 9]}, 400, "region: expected x_min < x_max"),
        ("/v1/similar", {"in": "dataset:nothing"}, 404, "nothing"),
        ("/v1/similar", {"in": "/nowhere/set.csv"}, 400, "set.csv"),
        ("/v1/similar/duplicates", {"at_most_bits": 16}, 422, "less than or equal to 15"),
        ("/v1/similar/representatives", {"label": "D"}, 404, "expected one of A, B, C"),
        ("/v1/similar/representatives", {"method": "best"}, 422, "medoids"),
    ],
)
def test_questions_that_cannot_be_answered_say_why(
    client: Client, hashes: list[str], dataset: str, route: str, change: dict[str, object], status: int, words: str
) -> None:
    wanted = {"in": dataset, **({"photo": hashes[0]} if route == "/v1/similar" else {}), **change}
    answer = client.post(route, json=wanted)
    assert answer.status_code == status, answer.text
    assert words in answer.json()["error"]


def test_a_large_library_is_read_in_the_background_first(
    client: Client, hashes: list[str], dataset: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    states = [ErrandState("stopped")]

    def begin(*_: object) -> None:
        states[0] = ErrandState("running", Progress("reading photos", 2, 6, 0.0))

    monkeypatch.setattr("core.services.libraries.MOST_UNREAD", 3)
    monkeypatch.setattr("core.services.libraries.begin_reading", begin)
    monkeypatch.setattr("core.services.libraries.reading_state", lambda *_: states[0])
    answer = client.post("/v1/similar", json={"photo": hashes[0], "in": dataset})
    assert answer.status_code == 202
    assert answer.json()["reading"]["progress"]["done"] == 2
