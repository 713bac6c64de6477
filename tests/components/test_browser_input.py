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


def test_drawn_and_removed_boxes_are_read() -> None:
    caps = [Finding("topcap", "v1", "box", "whole top cap", 0.9, {}, (), (k, 2, 3, 4)) for k in (0, 1)]
    drawn = _read_choice(None, None, {"sha256": "ab", "box_xyxy_px": [1, 2.5, 3, 4]}, None, caps)
    assert drawn == ViewerChoice(None, "ab", drawn=(1.0, 2.5, 3.0, 4.0))
    assert _read_choice(None, None, None, {"sha256": "ab", "id": 1}, caps) == ViewerChoice(None, "ab", removed=caps[1])


@pytest.mark.parametrize(
    "junk", [3, [], {}, {"box_xyxy_px": [1, 2, 3]}, {"box_xyxy_px": "abcd"}, {"id": 2}, {"id": -1}, {"id": "0"}]
)
def test_junk_is_no_box(junk: Any) -> None:
    cap = Finding("topcap", "v1", "box", "whole top cap", 0.9, {}, (), (1, 2, 3, 4))
    assert _read_choice(None, None, junk, None, [cap]) == ViewerChoice()
    assert _read_choice(None, None, None, junk, [cap]) == ViewerChoice()


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
    ((finding, drawing),) = boxes
    assert finding == cap
    assert drawing["box_xyxy_px"] == [1, 2, 3, 4]
    assert drawing["severity"]["word"] == "Look now"


def test_pixels_come_from_the_api() -> None:
    photo = Photo("ab" * 32, "x.jpg", "image/jpeg", 1, 400, 300)
    assert _photo_data(photo, "/api/v1")["urls"]["tiles"] == f"/api/v1/photos/{'ab' * 32}/tiles"
