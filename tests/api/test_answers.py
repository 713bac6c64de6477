"""``/v1/answers``, ``/v1/overview`` and ``/v1/thresholds``: the numbers of the pages, with their photos."""

import time
from pathlib import Path

import pytest

from core.config import REPOSITORY
from core.services import saved_answers
from core.services.context import Context
from core.services.inspect import inspect_photo
from core.services.saved_answers import answers_dir
from tests.api.conftest import Client
from tests.services.answer_toys import BOX_ANSWERS, BOX_TRUTH, write_toy_answers
from tests.services.toys import HELICOPTER, write_photo

MISSING = "whole missing top cap"


@pytest.fixture(autouse=True)
def own_answers(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved_answers, "SAMPLE_ANSWERS", context.settings.home / "none")
    for kind in ("box", "class", "value"):
        write_toy_answers(answers_dir(context.settings) / kind, kind)  # type: ignore[arg-type]


def test_answers_are_listed_and_counted(client: Client) -> None:
    assert {row["name"]: row["kind"] for row in client.get("/v1/answers").json()} == {
        "box": "box",
        "class": "class",
        "value": "value",
    }
    document = client.get("/v1/answers/box", params={"threshold": 0.3}).json()
    row = document["labels"]["ALL"]
    assert (row["found"], row["needless"], row["missed"]) == (2, 1, 1)
    assert row["precision"]["value"] == pytest.approx(2 / 3)
    assert document["confusion"]["counts"] == [[1, 0, 0], [1, 1, 0], [0, 0, 0]]
    assert document["curves"]["cap"]["threshold"] == [0.8, 0.9]
    assert document["overlap"] == 0.5
    values = client.get("/v1/answers/value").json()
    assert values["errors"]["count"] == 3
    assert values["errors"]["refused"] == 1


def test_counts_lead_to_photos(client: Client) -> None:
    answer = client.get("/v1/answers/box/photos", params={"outcome": "missed", "threshold": 0.5, "limit": 1}).json()
    assert answer["total"] == 2
    assert [row["photo"] for row in answer["photos"]] == ["2.jpg"]
    assert answer["photos"][0]["box_xyxy_px"] == [50, 50, 70, 70]


def test_trust_and_breakdown(client: Client, context: Context) -> None:
    trust = client.get("/v1/answers/class/trust").json()
    assert set(trust["reliability"]) == {"before calibration", "after calibration"}
    assert trust["coverage"]["after calibration"]["covered"]["count"] == 3
    document = client.get(
        "/v1/answers/box/breakdown", params={"metric": "recall", "by": "line", "threshold": 0.5}
    ).json()
    assert [(s["value"], s["metric"], s["count"]) for s in document["slices"]] == [("L1", 0.5, 2), ("L2", 0.0, 2)]
    assert document["slices"][1]["photos"] == ["3.jpg", "4.jpg"]
    assert client.get("/v1/answers/value/breakdown").json()["metric"] == "mae"
    write_toy_answers(answers_dir(context.settings) / "theirs", "box", model="")
    both = client.get("/v1/answers/box,theirs/breakdown", params={"metric": "recall", "by": "model version"}).json()
    assert [(s["value"], s["metric"]) for s in both["slices"]] == [
        ("Toy", pytest.approx(1 / 3)),
        ("Toy v1", pytest.approx(1 / 3)),
    ]
    mixed = client.get("/v1/answers/box,value/breakdown")
    assert "answers value: expected box answers as box, got value" in mixed.json()["error"]


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/v1/answers/none", 404, "answers 'none': expected one of"),
        ("/v1/answers/box/breakdown?metric=beauty", 400, "metric: expected one of recall"),
        ("/v1/answers/box/breakdown?by=beauty", 400, "column: expected one of what is there"),
        ("/v1/answers/box/photos?outcome=missed&label=dog", 400, "label: expected one of cap, gap"),
        ("/v1/answers/value/photos?outcome=missed", 400, "expected answers with labels"),
        ("/v1/answers/box/photos?outcome=maybe", 422, ""),
        ("/v1/overview?since=2031-01-01&until=2030-01-01", 400, "period: expected an end on or after"),
    ],
)
def test_what_does_not_exist_is_named(client: Client, path: str, status: int, words: str) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert words in str(answer.json())


def test_thresholds_are_taken_into_use_and_move_urgency(client: Client, context: Context, tmp_path: Path) -> None:
    photo = context.store.add_photo(write_photo(tmp_path / "a.jpg"), "a.jpg", tags=(HELICOPTER,)).photo.sha256
    inspect_photo(context, photo)
    assert client.get("/v1/overview").json()["counts"]["look_now"] == 1
    body = {"thresholds": {MISSING: 0.9}, "rule": "best F1", "person": "ann"}
    use = client.request("PUT", "/v1/thresholds/topcap", json=body).json()
    assert (use["changed"], use["photos_moved"], use["is_installed"]) == (1, 1, True)
    rows = {row["label"]: row for row in client.get("/v1/thresholds").json() if row["model"] == "topcap"}
    assert (rows[MISSING]["threshold"], rows[MISSING]["chosen_by"]) == (0.9, "person:ann")
    assert client.get("/v1/overview").json()["counts"]["look_now"] == 0
    shown = client.get("/v1/overview/photos", params={"count": "in_order"}).json()
    assert [row["name"] for row in shown["photos"]] == ["a.jpg"]
    bad = client.request("PUT", "/v1/thresholds/topcap", json={"thresholds": {"dog": 0.5}})
    assert (bad.status_code, bad.json()["error"][:6]) == (400, "label:")
    assert client.request("PUT", "/v1/thresholds/topcap", json={"thresholds": {}}).status_code == 422


def test_predictions_made_elsewhere_are_kept(client: Client) -> None:
    files = {"predictions": ("theirs.csv", BOX_ANSWERS.encode()), "truth": ("truth.csv", BOX_TRUTH.encode())}
    made = client.post("/v1/answers", files=files, data={"name": "theirs"})
    assert made.status_code == 201, made.text
    assert (made.json()["name"], made.json()["photos"], made.json()["model"]) == ("theirs", 4, None)
    assert client.get("/v1/answers/theirs").json()["labels"]["ALL"]["missed"] == 2
    again = client.post("/v1/answers", files=files, data={"name": "theirs"})
    assert again.status_code >= 400
    assert "is there already" in again.text
    bad = {**files, "predictions": ("theirs.csv", b"path,label,score,x_min,y_min,x_max,y_max\n1.jpg,cap,nan,0,0,1,1\n")}
    answer = client.post("/v1/answers", files=bad, data={"name": "others"})
    assert "theirs.csv row 2: expected a finite number as score" in answer.json()["error"]


def test_an_evaluation_is_ordered_watched_and_removed(client: Client, tmp_path: Path) -> None:
    joint = REPOSITORY / "sample_data" / "shackles" / "joint_001.jpg"
    (tmp_path / "joints.csv").write_text(f"path,value\n{joint},0.42\n")
    wanted = {"model": "shackle", "dataset": str(tmp_path / "joints.csv"), "name": "joints"}
    begun = client.post("/v1/evaluations", json=wanted)
    assert begun.status_code == 201, begun.text
    assert begun.json()["model"] == "shackle-v2"
    end_s = time.monotonic() + 120
    while (state := client.get("/v1/evaluations/joints").json())["state"] == "running":
        assert time.monotonic() < end_s
        time.sleep(0.1)
    assert state["state"] == "done", state
    assert client.get("/v1/answers/joints").json()["errors"]["count"] == 1
    assert client.request("DELETE", "/v1/evaluations/joints").status_code == 204
    assert client.get("/v1/evaluations").json() == []
    assert "row 1" in client.post("/v1/evaluations", json={**wanted, "model": "topcap", "name": "x"}).text
