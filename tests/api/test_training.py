"""``/v1/training``: the same runs that the page shows."""

import pytest

from core.services import training_line
from core.services.context import Context
from tests.api.conftest import Client
from tests.services.training_toys import epoch, write_run


@pytest.fixture(autouse=True)
def nothing_starts_in_earnest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training_line, "wake_line", lambda _: None)


def test_runs_and_curves(client: Client, context: Context) -> None:
    write_run(context.settings.runs_dir, "a-v1-1", epochs=[epoch(1), epoch(2, accuracy=0.5)])
    (run,) = client.get("/v1/training/runs").json()
    assert run == client.get("/v1/training/runs/a-v1-1").json()
    assert (run["status"], run["epochs_done"], run["epochs"], run["epoch_s"]) == ("done", 2, 4, 2.0)
    assert run["best"]["epoch"] == 2
    curves = client.get("/v1/training/runs/a-v1-1/curves").json()
    assert curves["epochs"] == [1, 2]
    assert curves["training"]["accuracy"] == [None, 0.5]
    assert curves["validation"] == {"loss": [1.1, 0.6]}


def test_start_stop_and_resume(client: Client) -> None:
    assert "sample-poles.toml" in client.get("/v1/training/configs").json()
    started = client.post("/v1/training/runs", json={"config": "sample-poles.toml"})
    assert started.status_code == 201
    name = started.json()["name"]
    assert client.post("/v1/training/runs", json={"config": "sample-poles.toml"}).json()["name"] == name
    assert len(client.get("/v1/training/runs").json()) == 1
    assert client.post(f"/v1/training/runs/{name}/stop").json()["status"] == "stopped"
    assert client.post(f"/v1/training/runs/{name}/resume").json()["status"] == "waiting"


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"config": "../../etc/passwd"}, 404, "expected one of"),
        ({"config": "sample-poles.toml", "backend": "theano"}, 400, "expected one of those installed"),
        ({}, 422, "config: Field required"),
    ],
)
def test_wrong_wishes_are_answered_in_words(client: Client, body, status, words) -> None:
    answer = client.post("/v1/training/runs", json=body)
    assert answer.status_code == status
    assert words in answer.json()["error"]


def test_unknown_runs_and_other_websites(client: Client) -> None:
    assert client.get("/v1/training/runs/none").status_code == 404
    assert client.post("/v1/training/runs/none/stop").status_code == 404
    foreign = client.post(
        "/v1/training/runs", json={"config": "sample-poles.toml"}, headers={"origin": "https://elsewhere.example"}
    )
    assert foreign.status_code == 403
