"""Boxes corrected on the Inspect page; what the viewer sends is played back, for Streamlit's tester draws nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from components.photo_viewer import ViewerChoice
from core.services.context import Context
from core.services.review import VERDICT_KEY
from core.types import Finding
from pages.inspect_parts import correct
from tests.pages.conftest import OpenPage
from tests.pages.test_inspect import AddBatch, words
from tests.services.test_datasets import set_family
from tests.services.toys import ToyRegistry

Answer = Callable[[tuple[Finding, ...]], ViewerChoice]


class Viewer:
    """In place of the photo viewer: keeps what it was given, and answers once as a test says."""

    def __init__(self) -> None:
        self.findings: tuple[Finding, ...] = ()
        self.tool = ""
        self.answer: Answer | None = None

    def __call__(self, photo: Any, findings: Any, *, tool: str, **_: Any) -> ViewerChoice:
        self.findings, self.tool = tuple(findings), tool
        answer, self.answer = self.answer, None
        return answer(self.findings) if answer else ViewerChoice()


@pytest.fixture
def viewer(monkeypatch: pytest.MonkeyPatch, registry: ToyRegistry) -> Viewer:
    set_family(registry, "topcap", "detection")
    viewer = Viewer()
    monkeypatch.setattr(correct, "photo_viewer", viewer)
    return viewer


def begin(open_page: OpenPage) -> AppTest:
    page = open_page()
    page.button(key="inspect.correction.topcap").click().run()
    assert not page.exception
    return page


def test_a_missed_box_is_drawn_a_false_one_goes_and_both_are_kept(
    open_page: OpenPage, add_batch: AddBatch, viewer: Viewer, context: Context
) -> None:
    _, (sha256,) = add_batch(["mast.jpg"])
    page = begin(open_page)
    assert viewer.tool == "draw"
    assert [(f.label, f.box_xyxy_px) for f in viewer.findings] == [("whole missing top cap", (10, 10, 30, 30))]
    assert "1 box now" in words(page)

    page.radio(key="inspect.correction.label").set_value("whole top cap")
    viewer.answer = lambda findings: ViewerChoice(sha256=sha256, drawn=(100.0, 20.0, 140.0, 60.0))
    page.run()
    assert "2 boxes now" in words(page)
    viewer.answer = lambda findings: ViewerChoice(sha256=sha256, removed=findings[0])
    page.run()
    assert [(f.label, f.box_xyxy_px) for f in viewer.findings] == [("whole top cap", (100, 20, 140, 60))]
    assert "topcap.boxes" not in context.store.metadata(sha256)

    page.button(key="inspect.correction.save").click().run()
    assert not page.exception
    entry = {"label": "whole top cap", "box_xyxy_px": [100.0, 20.0, 140.0, 60.0]}
    assert context.store.metadata(sha256)["topcap.boxes"] == [entry]
    assert context.store.metadata(sha256)[VERDICT_KEY] == "rejected"
    assert "Topcap: 1 box drawn by a person" in words(page)
    assert "Top cap missing, 80 % sure" in words(page)  # the model's own word stays
    begin(open_page)
    assert [f.label for f in viewer.findings] == ["whole top cap"]


def test_a_box_that_was_drawn_just_before_saving_is_kept(
    open_page: OpenPage, add_batch: AddBatch, viewer: Viewer, context: Context
) -> None:
    _, (sha256,) = add_batch(["mast.jpg"])
    page = begin(open_page)
    viewer.answer = lambda findings: ViewerChoice(sha256=sha256, drawn=(100.0, 20.0, 140.0, 60.0))
    page.button(key="inspect.correction.save").click().run()
    assert len(context.store.metadata(sha256)["topcap.boxes"]) == 2


def test_what_is_cancelled_or_meant_for_another_photo_changes_nothing(
    open_page: OpenPage, add_batch: AddBatch, viewer: Viewer, context: Context
) -> None:
    _, (sha256,) = add_batch(["mast.jpg"])
    page = begin(open_page)
    viewer.answer = lambda findings: ViewerChoice(sha256="f" * 64, drawn=(100.0, 20.0, 140.0, 60.0))
    page.run()
    assert "1 box now" in words(page)
    page.button(key="inspect.correction.cancel").click().run()
    assert "topcap.boxes" not in context.store.metadata(sha256)
    assert not context.store.photo_row(sha256).reviewed
    assert page.button(key="inspect.review.accept").label == "Accept"


def test_photos_that_no_detector_has_seen_offer_no_correction(
    open_page: OpenPage, add_batch: AddBatch, viewer: Viewer
) -> None:
    add_batch(["close.jpg"], tag="shackle close-up")
    page = open_page()
    assert not [button for button in page.button if "Correct the boxes" in button.label]
