"""``/v1/curves`` and ``/v1/drift``."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from core.cli.main import app
from tests.api.conftest import Client

ANSWERS = "path,label,score,x_min,y_min,x_max,y_max\na.jpg,cap,0.9,0,0,9,9\na.jpg,cap,0.4,50,0,59,9\n"
TRUTH = "path,label,x_min,y_min,x_max,y_max\na.jpg,cap,0,0,9,10\nb.jpg,,,,,\n"


def _post(client: Client, answers: str, truth: str, **wishes: object):
    files = {"predictions": ("found.csv", answers.encode()), "truth": ("found.csv", truth.encode())}
    return client.post("/v1/curves", files=files, params=wishes)


def test_curves_are_those_of_the_command_line(client: Client, tmp_path: Path) -> None:
    answer = _post(client, ANSWERS, TRUTH)
    assert answer.status_code == 200, answer.text
    (tmp_path / "p.csv").write_text(ANSWERS)
    (tmp_path / "t.csv").write_text(TRUTH)
    printed = CliRunner().invoke(app, ["curves", str(tmp_path / "p.csv"), str(tmp_path / "t.csv"), "--json"]).stdout
    document = answer.json()
    assert document.pop("notes") == ["1 of 2 photos have no answer; what they show is missed"]
    assert document == json.loads(printed)
    assert document["labels"]["cap"]["ap"] == pytest.approx(1)
    assert document["chosen"]["cap"]["threshold"] == 0.9


def test_files_that_are_wrong_are_named_as_the_sender_knows_them(client: Client) -> None:
    answer = _post(client, ANSWERS + "a.jpg,cap,high,0,0,9,9\n", TRUTH)
    assert answer.status_code == 400
    assert answer.json() == {"error": "found.csv row 4: expected a finite number as score, received 'high'"}
    assert _post(client, ANSWERS, TRUTH, overlap=0.52).status_code == 400
    assert _post(client, ANSWERS, TRUTH, recall=2).status_code == 422
    assert client.post("/v1/curves").status_code == 422


def test_drift_says_what_it_lacks(client: Client) -> None:
    answer = client.get("/v1/drift", params={"reference_until": "2026-05-31"})
    assert answer.status_code == 400
    assert answer.json() == {"error": "day: expected photos that have one, got none among 0"}
