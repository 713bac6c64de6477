"""What comes from the browser is checked like any other input."""

from typing import Any

import pytest

from components.drop_zone.component import UploadChoice, UploadFailure, _read_upload
from components.photo_viewer import View, ViewerChoice
from components.photo_viewer.component import _photo_data, _read_choice, _split
from core.types import Finding, Photo


@pytest.mark.parametrize("junk", [None, "next", 3, [], {}, {"action": "delete"}, {"action": None}])
def test_junk_is_no_action(junk: Any) -> None:
    assert _read_choice(junk, None) == ViewerChoice()


def test_actions_and_views_are_read() -> None:
    choice = _read_choice({"action": "next", "sha256": "ab"}, {"x": 0.25, "y": 1, "zoom": 4})
    assert choice == ViewerChoice("next", "ab", View(0.25, 1.0, 4.0))
    assert _read_choice(None, {"x": "0", "y": 1, "zoom": 4}).view is None


@pytest.mark.parametrize("junk", [None, 3, {}, {"state": "exploded"}])
def test_junk_is_no_upload(junk: Any) -> None:
    assert _read_upload(junk) is None


def test_an_upload_is_read() -> None:
    value = {"batch": "b1", "state": "done", "total": 3, "sent": 1, "refused": 1}
    value["failures"] = [{"name": "a.jpg", "reason": "gone"}, "junk"]  # type: ignore[assignment]
    assert _read_upload(value) == UploadChoice("b1", "done", 3, 1, 1, (UploadFailure("a.jpg", "gone"),))


def test_the_viewer_gets_boxes_as_boxes_and_the_rest_as_words() -> None:
    tree = Finding("polecat", "v1", "class", "TREE", 0.97, {"TREE": 0.97}, ("TREE",))
    cap = Finding("topcap", "v1", "box", "whole missing top cap", 0.91, {}, (), (1, 2, 3, 4))
    boxes, notes = _split([tree, cap])
    assert notes == ["Wood pole (TREE), 97 % sure"]
    assert boxes[0]["box_xyxy_px"] == [1, 2, 3, 4]
    assert boxes[0]["severity"]["word"] == "Look now"


def test_pixels_come_from_the_api() -> None:
    photo = Photo("ab" * 32, "x.jpg", "image/jpeg", 1, 400, 300)
    assert _photo_data(photo, "/api/v1")["urls"]["tiles"] == f"/api/v1/photos/{'ab' * 32}/tiles"
