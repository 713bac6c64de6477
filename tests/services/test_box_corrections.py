"""A person's boxes in place of a detector's, from the metadata log to training data."""

from pathlib import Path

import pytest

from core.errors import ConfigError
from core.services.box_corrections import (
    DrawnBox,
    box_finding,
    boxes_to_correct,
    correct_boxes,
    correctable_models,
    drawn_boxes,
)
from core.services.context import Context
from core.services.dataset_reviews import dataset_from_reviews
from core.services.datasets import open_dataset
from core.services.inspect import inspect_photo
from core.services.review import VERDICT_KEY
from core.services.wording import finding_words
from tests.services.test_datasets import set_family
from tests.services.toys import CLOSE_UP, AddPhoto, ToyRegistry
from tests.services.toys import box_finding as toy_box

MISSING, WHOLE = "whole missing top cap", "whole top cap"


@pytest.fixture
def photo(context: Context, registry: ToyRegistry, add_photo: AddPhoto) -> str:
    """A photo of 480 × 320 px in which a detector sees a missing cap, reaching beyond the edge, and a doubtful one."""
    set_family(registry, "topcap", "detection")
    registry.models["topcap"].findings = (toy_box(MISSING, 0.8, (-3, 10, 30, 40)), toy_box(WHOLE, 0.1))
    sha256 = add_photo()
    inspect_photo(context, sha256)
    return sha256


def test_a_correction_begins_with_what_is_shown_and_goes_on_with_what_was_drawn(context: Context, photo: str) -> None:
    shown = boxes_to_correct(context, photo, "topcap", context.thresholds)
    assert shown == (DrawnBox(MISSING, (0.0, 10.0, 30.0, 40.0)),)
    assert drawn_boxes(context, photo, "topcap") is None
    drawn = (*shown, DrawnBox(WHOLE, (100.5, 20.0, 140.0, 60.25)))
    correct_boxes(context, photo, "topcap", drawn, context.thresholds, "Ada")
    assert boxes_to_correct(context, photo, "topcap", context.thresholds) == drawn
    assert context.store.photo_row(photo).reviewed
    assert context.store.metadata(photo)[VERDICT_KEY] == "rejected"
    assert [f.label for f in context.store.findings(photo) if f.model == "topcap"] == [MISSING, WHOLE]
    writers = {entry.writer for entry in context.store.history(photo) if entry.key == "topcap.boxes"}
    assert writers == {"person:Ada"}


def test_boxes_left_as_they_were_accept_the_findings(context: Context, photo: str) -> None:
    shown = boxes_to_correct(context, photo, "topcap", context.thresholds)
    correct_boxes(context, photo, "topcap", shown, context.thresholds)
    assert context.store.metadata(photo)[VERDICT_KEY] == "accepted"


def test_corrected_boxes_are_what_is_learned_from(context: Context, photo: str) -> None:
    correct_boxes(context, photo, "topcap", [DrawnBox(WHOLE, (1.0, 2.0, 30.5, 40.0))], context.thresholds)
    dataset_from_reviews(context, "topcap", "caps")
    (row,) = open_dataset(context.settings, "caps").rows
    assert (Path(row.path).stem, row.label, row.box_xyxy_px) == (photo, WHOLE, (1.0, 2.0, 30.5, 40.0))
    correct_boxes(context, photo, "topcap", [], context.thresholds)
    dataset_from_reviews(context, "topcap", "none")
    (row,) = open_dataset(context.settings, "none").rows
    assert (row.label, row.box_xyxy_px) == ("", None)


def test_only_detectors_that_have_looked_can_be_corrected(context: Context, photo: str, add_photo: AddPhoto) -> None:
    assert list(correctable_models(context, photo)) == ["topcap"]
    shackle = add_photo(1, CLOSE_UP)
    inspect_photo(context, shackle)
    assert correctable_models(context, shackle) == {}


@pytest.mark.parametrize(
    ("box", "words"),
    [
        (DrawnBox("hat", (1, 1, 9, 9)), "0.jpg box 2: expected a label among .*, received 'hat'"),
        (DrawnBox(WHOLE, (1, 1, 481, 9)), "box 2: expected a box within 480 × 320 px and .*, received 1, 1, 481, 9"),
        (DrawnBox(WHOLE, (-1, 1, 9, 9)), "received -1, 1, 9, 9"),
        (DrawnBox(WHOLE, (9, 1, 1, 9)), "received 9, 1, 1, 9"),
        (DrawnBox(WHOLE, (1, 1, 9, 2.5)), "2 px or more a side, received 1, 1, 9, 2.5"),
        (DrawnBox(WHOLE, (1, 1, float("nan"), 9)), "received 1, 1, nan, 9"),
    ],
)
def test_a_box_that_cannot_be_changes_nothing(context: Context, photo: str, box: DrawnBox, words: str) -> None:
    good = DrawnBox(WHOLE, (1.0, 1.0, 9.0, 9.0))
    with pytest.raises(ConfigError, match=words):
        correct_boxes(context, photo, "topcap", [good, box], context.thresholds)
    assert drawn_boxes(context, photo, "topcap") is None
    assert not context.store.photo_row(photo).reviewed


def test_a_drawn_box_is_shown_without_a_confidence(context: Context, registry: ToyRegistry, photo: str) -> None:
    finding = box_finding(DrawnBox(MISSING, (1.0, 1.0, 9.0, 9.0)), registry.folder("topcap"))
    assert finding_words(finding) == "Top cap missing"
    assert finding.box_xyxy_px == (1.0, 1.0, 9.0, 9.0)
