"""One photo through the plugins, with toy models."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from core.errors import ModelError, NotFoundError
from core.services.context import Context
from core.services.inspect import inspect_photo
from core.services.urgency import Urgency
from core.store import Plugin
from tests.services.toys import CLOSE_UP, AddPhoto, ToyRegistry, class_finding


def test_a_wood_pole_is_looked_at_for_its_top_cap(context: Context, registry: ToyRegistry, add_photo: AddPhoto) -> None:
    sha256 = add_photo()
    result = inspect_photo(context, sha256)
    assert result.new_predictions == ("polecat", "topcap")
    assert [finding.label for finding in result.findings] == ["TREE", "whole missing top cap", "whole top cap"]
    assert result.urgency.step is Urgency.LOOK_NOW
    assert registry.models["shackle"].asked == []
    assert context.store.metadata(sha256) == {"polecat.label": "TREE", "topcap.worst": "whole missing top cap"}
    assert context.store.photo_row(sha256).urgency_step == 3
    assert context.store.heat_map(sha256, "polecat", "TREE") is not None


def test_a_steel_pole_is_not(context: Context, registry: ToyRegistry, add_photo: AddPhoto) -> None:
    registry.models["polecat"].findings = (class_finding("STEEL"),)
    assert inspect_photo(context, add_photo()).new_predictions == ("polecat",)


def test_an_answer_that_is_not_recognised_starts_nothing(
    context: Context, registry: ToyRegistry, add_photo: AddPhoto
) -> None:
    registry.models["polecat"].findings = (class_finding("TREE", recognised=False),)
    sha256 = add_photo()
    result = inspect_photo(context, sha256)
    assert result.new_predictions == ("polecat",)
    assert not result.findings[0].recognised
    assert "polecat.label" not in context.store.metadata(sha256)


def test_a_shackle_close_up_is_measured(context: Context, add_photo: AddPhoto) -> None:
    sha256 = add_photo(tag=CLOSE_UP)
    assert inspect_photo(context, sha256).new_predictions == ("shackle",)
    assert context.store.metadata(sha256) == {"shackle.worn_fraction": 0.42}


def test_an_untagged_photo_runs_nothing(context: Context, registry: ToyRegistry, add_photo: AddPhoto) -> None:
    result = inspect_photo(context, add_photo(tag="holiday"))
    assert result.new_predictions == result.findings == ()


def test_the_photo_is_decoded_once_at_the_largest_scale_needed(
    context: Context, registry: ToyRegistry, add_photo: AddPhoto, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted: list[int | None] = []
    from core.services import inspect as room

    original = room.decode_upright

    def counting(path: Any, name: str, *, at_least_px: int | None = None) -> Any:
        wanted.append(at_least_px)
        return original(path, name, at_least_px=at_least_px)

    monkeypatch.setattr(room, "decode_upright", counting)
    inspect_photo(context, add_photo())
    assert wanted == [400]  # TopCap Finder's; PoleCat alone would ask for 224
    assert registry.models["polecat"].asked == registry.models["topcap"].asked == [(480, 320)]


def test_the_same_work_is_never_done_twice(context: Context, registry: ToyRegistry, add_photo: AddPhoto) -> None:
    sha256 = add_photo()
    first = inspect_photo(context, sha256)
    again = inspect_photo(context, sha256)
    assert again.new_predictions == ()
    assert again.findings == first.findings
    assert len(registry.models["polecat"].asked) == len(registry.models["topcap"].asked) == 1


def test_a_fault_in_a_later_model_leaves_nothing_behind(
    context: Context, registry: ToyRegistry, add_photo: AddPhoto
) -> None:
    sha256 = add_photo()
    registry.models["topcap"].error = ModelError("broken")
    with pytest.raises(ModelError):
        inspect_photo(context, sha256)
    assert context.store.findings(sha256) == ()
    assert context.store.metadata(sha256) == {}
    registry.models["topcap"].error = None
    assert inspect_photo(context, sha256).new_predictions == ("polecat", "topcap")


def test_the_ledger_row_is_ended_with_the_findings(context: Context, add_photo: AddPhoto) -> None:
    batch_id = context.store.create_batch("batch")
    add_photo(batch_id=batch_id)
    (row,) = context.store.claim_next("me")
    assert row.photo_sha256 is not None
    inspect_photo(context, row.photo_sha256, row_id=row.id)
    assert context.store.progress(batch_id).done == 1


def test_a_thumbnail_is_made_along_the_way(
    context: Context, add_photo: AddPhoto, monkeypatch: pytest.MonkeyPatch
) -> None:
    sha256 = add_photo()
    inspect_photo(context, sha256)
    monkeypatch.setattr("core.store.photos.decode_upright", None)  # any decode would fail now
    assert context.store.variant_path(sha256, "thumbnail").stat().st_size > 500


def test_a_rule_for_a_model_that_is_not_installed_is_passed_over(
    context: Context, registry: ToyRegistry, add_photo: AddPhoto
) -> None:
    del registry.models["topcap"]
    assert inspect_photo(context, add_photo()).new_predictions == ("polecat",)


def test_an_unknown_photo_is_refused(context: Context) -> None:
    with pytest.raises(NotFoundError, match="not in the store"):
        inspect_photo(context, "0" * 64)


class Listener(BaseHTTPRequestHandler):
    """A webhook's other side: keeps what it is sent, answers with the server's status."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.received.append(json.loads(body))  # type: ignore[attr-defined]
        self.send_response(self.server.status)  # type: ignore[attr-defined]
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Silent."""


@pytest.fixture
def listener() -> Iterator[HTTPServer]:
    server = HTTPServer(("127.0.0.1", 0), Listener)
    server.received, server.status = [], 200  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def webhook(context: Context, port: int) -> None:
    context.store.save_plugin(
        Plugin("Tell us", "metadata.changed", 'topcap.worst = "whole missing top cap"', f"http://127.0.0.1:{port}/in")
    )


def test_a_webhook_gets_the_findings_once(context: Context, add_photo: AddPhoto, listener: HTTPServer) -> None:
    webhook(context, listener.server_port)
    sha256 = add_photo()
    inspect_photo(context, sha256)
    inspect_photo(context, sha256)
    (document,) = listener.received  # type: ignore[attr-defined]
    assert document["sha256"] == sha256
    assert document["metadata"]["polecat.label"] == "TREE"
    assert document["findings"][0]["label"] == "TREE"
    assert context.store.metadata(sha256)["webhook.tell_us"] == {"delivered": True, "status": 200, "error": None}


def test_a_webhook_that_fails_is_a_logged_row_and_is_tried_again(
    context: Context, add_photo: AddPhoto, listener: HTTPServer
) -> None:
    webhook(context, listener.server_port)
    listener.status = 500  # type: ignore[attr-defined]
    sha256 = add_photo()
    assert inspect_photo(context, sha256).new_predictions == ("polecat", "topcap")
    entry = context.store.metadata(sha256)["webhook.tell_us"]
    assert entry["delivered"] is False
    assert "expected status 2xx, received 500" in entry["error"]
    listener.status = 200  # type: ignore[attr-defined]
    inspect_photo(context, sha256)
    assert context.store.metadata(sha256)["webhook.tell_us"]["delivered"] is True


def test_a_webhook_that_does_not_answer_is_a_logged_row(context: Context, add_photo: AddPhoto) -> None:
    webhook(context, 9)  # nothing listens there
    sha256 = add_photo()
    inspect_photo(context, sha256)
    assert "no answer" in context.store.metadata(sha256)["webhook.tell_us"]["error"]
