"""``/v1/gaps`` and ``/v1/advice``: begun, watched, looked into and stopped."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from core.compare.closing import Closing
from core.config import Settings
from core.services.advice_record import AdviceRound, RankedTrial, round_document, round_file
from core.services.errands import RESULT_FILE
from core.services.gap import measure_gap, read_order
from tests.api.conftest import Client
from tests.imaging.pictures import save, scene
from tests.services.toy_layers import ToyLayers


@pytest.fixture
def sides(tmp_path: Path) -> dict[str, str]:
    """Twelve scenes as they are, and the same ones darker."""
    for name in ("synthetic", "real"):
        (tmp_path / name).mkdir()
    for k in range(12):
        image = scene(64, 80, k)
        save(tmp_path / "synthetic" / f"{k:02}.png", image)
        save(tmp_path / "real" / f"{k:02}.png", (image * 0.4).astype(np.uint8))
    return {name: str(tmp_path / name) for name in ("synthetic", "real")}


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Gaps are measured in this process, on toy layers; advice is only begun."""
    begun: list[Path] = []

    def begin(settings: Settings, place: Path, module: str) -> None:
        measure_gap(settings, read_order(place))

    monkeypatch.setattr("core.services.gap.open_layers", lambda folder, layers, count=12: ToyLayers())
    monkeypatch.setattr("core.services.gap_runs.begin_errand", begin)
    monkeypatch.setattr("core.services.advice_runs.begin_errand", lambda settings, place, module: begun.append(place))
    return begun


def test_a_gap_is_measured_watched_and_looked_into(client: Client, sides: dict[str, str]) -> None:
    begun = client.post("/v1/gaps", json={"model": "polecat", **sides, "pairs": True})
    assert begun.status_code == 201, begun.text
    name = begun.json()["name"]
    document = client.get(f"/v1/gaps/{name}").json()
    assert (document["state"], document["pairs"], document["error"]) == ("done", True, "")
    layers = document["result"]["layers"]
    assert set(layers[0]["cka"]) == {"value", "low", "high", "floor"}
    assert [one["name"] for one in client.get("/v1/gaps").json()] == [name]
    found = client.get(f"/v1/gaps/{name}/channels", params={"layer": layers[0]["name"]}).json()
    assert all(Path(path).is_file() for one in found["channels"] for path in one["synthetic"] + one["real"])
    assert client.post(f"/v1/gaps/{name}/stop").json()["state"] == "done"


def test_gaps_that_cannot_be_say_why(client: Client, sides: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for change, status, words in (
        ({"real": str(tmp_path / "empty")}, 400, "empty: expected photos, found none"),
        ({"real": str(tmp_path / "nowhere")}, 404, "found nothing"),
        ({"model": "nonsense"}, 404, "nonsense"),
        ({"seed": -1}, 422, "seed: Input should be greater"),
    ):
        answer = client.post("/v1/gaps", json={"model": "polecat", **sides, **change})
        assert answer.status_code == status, answer.text
        assert words in answer.json()["error"]
    assert client.get("/v1/gaps/nothing").status_code == 404
    name = client.post("/v1/gaps", json={"model": "polecat", **sides}).json()["name"]
    answer = client.get(f"/v1/gaps/{name}/channels", params={"layer": "nothing"})
    assert (answer.status_code, "expected one of those measured" in answer.json()["error"]) == (404, True)


def test_advice_is_begun_read_gone_on_with_and_stopped(
    client: Client, sides: dict[str, str], at_once: list[Path]
) -> None:
    wanted = {"model": "shackle", "real": sides["real"], "scene": "shackle", "settled": {"noise": 0.05}}
    begun = client.post("/v1/advice", json=wanted)
    assert begun.status_code == 201, begun.text
    document = begun.json()
    assert (document["name"], document["order"]["variant"]) == (at_once[0].name, "WBG_WTX_WGM")
    assert (document["rounds"], document["proposal"]) == ([], {"noise": 0.05})
    picture = Path(sides["synthetic"]) / "00.png"
    trial = RankedTrial(("focus",), {"defocus_px": 2.0}, Closing(0.31, 0.24, 0.37), picture)
    found = AdviceRound(1, {"noise": 0.05}, 0.4, picture, (trial,), (), {"noise": 0.05, "defocus_px": 2.0})
    round_file(at_once[0], 1).write_text(json.dumps(round_document(found)))
    (at_once[0] / RESULT_FILE).write_text("{}")
    route = f"/v1/advice/{document['name']}"
    done = client.get(route).json()
    assert (done["state"], done["proposal"]["defocus_px"], done["rounds"][0]["trials"][0]["sure"]) == (
        "done",
        2.0,
        True,
    )
    assert client.get("/v1/advice").json() == [done]
    assert client.post(f"{route}/rounds").json()["order"]["rounds"] == 2
    assert len(at_once) == 2
    assert client.post(f"{route}/stop").status_code == 200


def test_advice_that_cannot_be_says_why(client: Client, sides: dict[str, str]) -> None:
    asked = {"model": "shackle", "real": sides["real"], "scene": "shackle"}
    for change, status, words in (
        ({"scene": "boat"}, 400, "scene: expected one of shackle, pole"),
        ({"count": 3}, 400, "count: expected 10 to 500, received 3"),
        ({"knobs": ["colour"]}, 400, "knob: expected one of focus"),
        ({"real": "dataset:nothing"}, 404, "nothing"),
    ):
        answer = client.post("/v1/advice", json={**asked, **change})
        assert answer.status_code == status, answer.text
        assert words in answer.json()["error"]
    assert client.get("/v1/advice/nothing").status_code == 404
    assert client.get("/v1/advice").json() == []


def test_advice_stays_readable_when_its_field_photos_have_gone(client: Client, sides: dict[str, str]) -> None:
    wanted = {"model": "shackle", "real": sides["real"], "scene": "shackle"}
    name = client.post("/v1/advice", json=wanted).json()["name"]
    for path in Path(sides["real"]).iterdir():
        path.unlink()
    document = client.get(f"/v1/advice/{name}").json()
    assert document["notes"][0].startswith("the field photos have gone since")
