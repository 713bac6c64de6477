"""The routes of explanations, on a network whose maps are known."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.services.context import Context
from tests.api.conftest import Client
from tests.services.explain_toys import ToyNetwork, toy_desk
from tests.services.toys import write_photo


@pytest.fixture(autouse=True)
def network(monkeypatch: pytest.MonkeyPatch) -> Iterator[ToyNetwork]:
    desk, network = toy_desk()
    monkeypatch.setattr("core.api.explanations.explain_desk", lambda: desk)
    yield network
    desk.close()


@pytest.fixture
def photo(context: Context, tmp_path: Path) -> str:
    return context.store.add_photo(write_photo(tmp_path / "a.jpg"), "a.jpg").photo.sha256


def test_a_map_comes_with_its_scores_and_its_trust(client: Client, photo: str) -> None:
    answer = client.get(f"/v1/photos/{photo}/explain/polecat", params={"target": "STEEL", "box": "10,20,200,300"})
    assert answer.status_code == 200
    document = answer.json()
    assert (document["method"], document["layer"], document["target"]) == ("layercam", "last", "STEEL")
    assert document["evidence"]
    assert document["recognised"]
    assert document["map"]["values"][1] == [0, 0, 1, 0]
    assert (document["map"]["height"], document["map"]["width"]) == (4, 4)
    assert document["scores"]["energy"] == 0.6
    assert document["trust"]["verdict"] == "trust"
    assert [check["name"] for check in document["trust"]["checks"]] == ["object", "answer"]


def test_no_evidence_is_a_reason_and_no_map(client: Client, photo: str, network: ToyNetwork) -> None:
    network.blind.add("gradcam")
    document = client.get(f"/v1/photos/{photo}/explain/polecat", params={"method": "gradcam"}).json()
    assert (document["evidence"], document["map"], document["scores"], document["trust"]) == (False, None, {}, None)
    assert document["reason"].startswith("nothing at layer last moves TREE")


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/v1/photos/{photo}/explain/polecat?method=magic", 404, "method 'magic': expected one of"),
        ("/v1/photos/{photo}/explain/polecat?target=OAK", 400, "target 'OAK': expected one of TREE, STEEL"),
        ("/v1/photos/{photo}/explain/polecat?box=1,2,3", 400, "box: expected x_min,y_min,x_max,y_max in pixels"),
        ("/v1/photos/{photo}/explain/polecat?mask=object", 404, "it is no render that this server knows"),
        ("/v1/photos/" + "0" * 64 + "/explain/polecat", 404, "not in the store"),
        ("/v1/photos/{photo}/features/polecat?layer=conv1&channel=4", 400, "channel 4: expected 0 to 3"),
        ("/v1/models/polecat/explanations", 404, "nothing measured for version v1; run gridlens choose-explanations"),
    ],
)
def test_what_is_wrong_is_said(client: Client, photo: str, path: str, status: int, words: str) -> None:
    answer = client.get(path.format(photo=photo))
    assert (answer.status_code, words in answer.json()["error"]) == (status, True), answer.json()


def test_layers_and_channels(client: Client, photo: str) -> None:
    network = client.get("/v1/models/polecat/layers").json()
    assert network["default"] == {"method": "layercam", "layer": "last"}
    assert network["layers"][0] == {"name": "conv1", "kind": "Conv2D", "shape": [8, 8, 4], "weights": 112}
    assert {"name", "title", "at", "passes", "source"} == set(network["methods"][0])
    found = client.get(f"/v1/photos/{photo}/features/polecat", params={"layer": "conv1", "channel": 0}).json()
    assert found["shape"] == [4, 4, 4]
    assert [channel["energy"] for channel in found["channels"]] == [1 / 16, 0, 9, 0]
    assert found["map"]["values"][0] == [1, 0, 0, 0]
    boxed = client.get(f"/v1/photos/{photo}/features/polecat?layer=conv1&box=1,2,30,40").json()
    assert boxed["channels"][0]["response"] == 0.5
