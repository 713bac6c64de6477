"""Chosen thresholds hold in inspection: what counts, how urgent photos are, and for which model version."""

from collections.abc import Callable
from pathlib import Path

import pytest

from core.errors import ConfigError
from core.services.context import Context
from core.services.gallery import gallery_rows
from core.services.inspect import inspect_photo
from core.services.threshold_choosing import thresholds_document, use_thresholds
from core.services.thresholds import shown_findings
from core.services.urgency import Urgency
from tests.services.toys import HELICOPTER, class_finding, write_photo

MISSING = "whole missing top cap"  # the toy TopCap Finder finds one, 80 % sure


@pytest.fixture
def add(context: Context, tmp_path: Path) -> Callable[[int], str]:
    def add_(seed: int) -> str:
        photo = context.store.add_photo(write_photo(tmp_path / f"{seed}.jpg", seed), f"{seed}.jpg", tags=(HELICOPTER,))
        inspect_photo(context, photo.photo.sha256)
        return photo.photo.sha256

    return add_


def test_a_chosen_threshold_holds_for_photos_before_and_after(context: Context, add: Callable[[int], str]) -> None:
    before = add(1)
    assert context.store.photo_row(before).urgency_step == Urgency.LOOK_NOW
    use = use_thresholds(context, "topcap", {MISSING: 0.85}, rule="best F1", person="ann")
    assert (use.version, use.changed, use.is_installed, use.photos_judged, use.photos_moved) == ("v1", 1, True, 1, 1)
    after = add(2)
    for sha256 in (before, after):
        assert context.store.photo_row(sha256).urgency_step == Urgency.IN_ORDER
        assert [f.kind for f in shown_findings(context.store.findings(sha256), context.thresholds)] == ["class"]
    assert {row.urgency for row in gallery_rows(context)} == {Urgency.IN_ORDER}
    back = use_thresholds(context, "topcap", {MISSING: None}, rule="back to the shipped one")
    assert (back.changed, back.photos_moved) == (1, 2)
    assert context.thresholds == context.shipped


def test_another_version_keeps_its_thresholds_for_itself(context: Context, add: Callable[[int], str]) -> None:
    sha256 = add(1)
    use = use_thresholds(context, "topcap", {MISSING: 0.85}, rule="best F1", version="v0")
    assert (use.changed, use.is_installed, use.photos_judged) == (1, False, 0)
    assert context.thresholds == context.shipped
    assert context.store.photo_row(sha256).urgency_step == Urgency.LOOK_NOW


def test_a_class_under_its_threshold_is_unsure(context: Context) -> None:
    finding = class_finding("TREE", 0.8, probabilities={"TREE": 0.8, "STEEL": 0.15, "CONCRETE": 0.05})
    assert shown_findings([finding], {"polecat": {"TREE": 0.5}}) == (finding,)
    (doubted,) = shown_findings([finding], {"polecat": {"TREE": 0.9}})
    assert (doubted.label, doubted.prediction_set) == ("TREE", ("TREE", "STEEL"))


def test_the_document_tells_who_chose_what(context: Context) -> None:
    use_thresholds(context, "topcap", {MISSING: 0.85}, rule="recall at least 0.9", person="ann")
    rows = {(row["model"], row["label"]): row for row in thresholds_document(context)}
    chosen = rows["topcap", MISSING]
    assert (chosen["threshold"], chosen["shipped"], chosen["chosen_by"]) == (0.85, 0.5, "person:ann")
    assert chosen["rule"] == "recall at least 0.9"
    assert rows["polecat", "TREE"]["chosen_by"] is None


@pytest.mark.parametrize(
    ("model", "label", "threshold", "error", "words"),
    [
        ("topcap", "cap", 0.5, ConfigError, "label: expected one of whole top cap, whole missing top cap"),
        ("topcap", MISSING, 1.5, ConfigError, "expected 0 to 1, received 1.5"),
        ("topcap", MISSING, float("nan"), ConfigError, "expected 0 to 1, received nan"),
    ],
)
def test_what_cannot_be_used_is_refused(
    context: Context, model: str, label: str, threshold: float, error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        use_thresholds(context, model, {label: threshold}, rule="")
    assert context.store.chosen_thresholds() == ()
