"""``/v1/renders``: a preview with its truth, and datasets in the background."""

from __future__ import annotations

import base64
import sys
from collections.abc import Iterator

import cv2
import numpy as np
import pytest

from core.services import render_datasets
from core.services.render_desk import RenderDesk
from tests.api.conftest import Client

TOY = (sys.executable, "-m", "tests.services.toy_renderer")
DATASET = {"name": "worn", "count": 3, "size_px": 64, "variables": {"rust": [0.1, 0.2], "background": "none"}}


@pytest.fixture(autouse=True)
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[RenderDesk]:
    """The toy renderer in place of the real one."""
    desk = RenderDesk(TOY, patience_s=20.0)
    monkeypatch.setattr("core.api.renders.render_desk", lambda: desk)
    yield desk
    desk.close()


@pytest.fixture(autouse=True)
def ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """Datasets whose process ends at once, stopped."""
    monkeypatch.setattr(render_datasets, "_start", lambda folder, order: None)


def decoded(text: str, flag: int) -> np.ndarray:
    image = cv2.imdecode(np.frombuffer(base64.b64decode(text), np.uint8), flag)
    assert image is not None
    return image


def test_a_preview_is_a_jpeg_with_truth_masks_and_answers(client: Client) -> None:
    answer = client.post("/v1/renders/preview", json={"variant": "WTX_WBG", "seed": 90, "size_px": 48})
    assert answer.status_code == 200, answer.text
    document = answer.json()
    jpeg = decoded(document["jpeg"], cv2.IMREAD_COLOR)
    assert jpeg.shape == (48, 48, 3)
    assert jpeg.mean() == pytest.approx(90, abs=2)
    assert decoded(document["masks_png"]["object"], cv2.IMREAD_GRAYSCALE).min() == 255
    assert decoded(document["masks_png"]["joint"], cv2.IMREAD_GRAYSCALE).max() == 0
    assert document["truth"]["value"] == 0.4
    assert document["findings"][0]["value"] == 0.42
    assert document["verdicts"] == [
        {"words": "Truth: worn 40 %. Off by 2.0 points. The interval holds the truth.", "is_right": True}
    ]


@pytest.mark.parametrize(
    ("wanted", "status", "words"),
    [
        ({"variant": "nothing"}, 400, "scene and variant: expected one of"),
        ({"size_px": 5000}, 422, "size_px: Input should be less than or equal to 1024"),
        ({"seed": -1}, 422, "seed: Input should be greater than or equal to 0"),
        ({"seed": 667}, 400, "rust: expected 0 to 1, received 9"),
        ({"seed": 666}, 500, "the render process ended with status 3"),
    ],
)
def test_a_preview_that_cannot_be_says_why(client: Client, wanted: dict[str, object], status: int, words: str) -> None:
    answer = client.post("/v1/renders/preview", json=wanted)
    assert answer.status_code == status
    assert words in answer.json()["error"]


def test_a_dataset_is_begun_listed_stopped_and_resumed(client: Client) -> None:
    begun = client.post("/v1/renders/datasets", json=DATASET)
    assert begun.status_code == 201, begun.text
    document = begun.json()
    assert (document["name"], document["state"], document["done"], document["count"]) == ("worn", "stopped", 0, 3)
    assert document["variables"] == {"rust": [0.1, 0.2], "background": "none"}
    assert client.get("/v1/renders/datasets").json() == [document]
    assert client.get("/v1/renders/datasets/worn").json() == document
    for wish in ("stop", "resume"):
        assert client.post(f"/v1/renders/datasets/worn/{wish}").json() == document


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        ({"name": "../up"}, 400, "name: expected up to 64 letters"),
        ({"variables": {"rrust": 1}}, 400, "worn: rrust: expected one of azimuth_deg"),
        ({"variables": {"rust": [0.3, 0.1]}}, 400, "worn: rust: expected [lowest, highest], received [0.3, 0.1]"),
        ({"count": 0}, 422, "count: Input should be greater than or equal to 1"),
    ],
)
def test_a_dataset_that_cannot_be_says_why(client: Client, change: dict[str, object], status: int, words: str) -> None:
    answer = client.post("/v1/renders/datasets", json={**DATASET, **change})
    assert answer.status_code == status
    assert words in answer.json()["error"]
    assert client.get("/v1/renders/datasets").json() == []


def test_an_unknown_dataset_is_not_found(client: Client) -> None:
    answer = client.get("/v1/renders/datasets/nowhere")
    assert answer.status_code == 404
    assert "expected one of none, since none was made yet" in answer.json()["error"]


def test_the_documentation_lists_the_routes(client: Client) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    assert {path for path in paths if path.startswith("/v1/renders")} == {
        "/v1/renders/preview",
        "/v1/renders/datasets",
        "/v1/renders/datasets/{name}",
        "/v1/renders/datasets/{name}/stop",
        "/v1/renders/datasets/{name}/resume",
    }
