"""A model of several labels at once, from its findings to what people see, rules read and scores count."""

import dataclasses
import json

import numpy as np
import pytest

from core.runtime.model_config import ModelFolder
from core.services import evaluate
from core.services.evaluate import evaluate_model
from core.services.inspect import inspect_photo
from core.services.thresholds import shown_findings
from core.services.urgency import Urgency, assess_urgency
from core.types import Finding, Prediction
from tests.services.toys import HELICOPTER, ToyRegistry, toy_context, write_photo

THRESHOLDS = {"polecat": {"nest": 0.5, "plant": 0.9, "rust": 0.2}}


def _labels(*probabilities: float, recognised: bool = True) -> tuple[Finding, ...]:
    names = ("nest", "plant", "rust")
    return tuple(
        Finding("polecat", "v1", "class", name, p, {name: p}, recognised=recognised)
        for name, p in zip(names, probabilities, strict=True)
    )


def test_each_label_counts_from_its_own_threshold_on():
    assert [f.label for f in shown_findings(_labels(0.5, 0.89, 0.3), THRESHOLDS)] == ["nest", "rust"]
    assert shown_findings(_labels(0.4, 0.4, 0.1), THRESHOLDS) == ()
    assert assess_urgency(_labels(0.9, 0.99, 0.9), THRESHOLDS).step == Urgency.IN_ORDER


def test_a_photo_that_is_not_recognised_says_so_whatever_the_thresholds():
    finding = Finding("polecat", "v1", "class", "nest", 0.1, {"nest": 0.1, "rust": 0.0}, recognised=False)
    assert shown_findings((finding,), THRESHOLDS) == (finding,)


@pytest.mark.parametrize(
    ("findings", "expected"),
    [
        (_labels(0.9, 0.1, 0.8), ["nest", "rust"]),
        (_labels(0.1, 0.1, 0.1), []),
        (_labels(0.9, 0.9, 0.9, recognised=False)[:1], None),
    ],
)
def test_rules_read_the_list_of_labels(tmp_path, findings, expected):
    context, registry = toy_context(tmp_path)
    registry.models["polecat"].findings = findings
    path = write_photo(tmp_path / "in" / "a.jpg")
    sha256 = context.store.add_photo(path, "a.jpg", tags=(HELICOPTER,)).photo.sha256
    inspect_photo(context, sha256)
    assert context.store.metadata(sha256).get("polecat.labels") == expected


class _Model:
    """Answers each photo with the probabilities that its file name spells."""

    def __init__(self, folder: ModelFolder) -> None:
        self.folder = folder

    def wanted_long_side_px(self, width_px: int, height_px: int) -> int:
        return 8

    def predict(self, photo_sha256, image_hwc, original_size_px):
        shade = int(image_hwc[0, 0, 0])
        return Prediction(photo_sha256, "toy", "v1", {}, _labels(*ANSWERS[shade]))


ANSWERS = {0: (0.9, 0.1, 0.1), 100: (0.8, 0.95, 0.1), 200: (0.2, 0.2, 0.1)}


def test_evaluation_counts_every_label_of_every_photo(tmp_path, monkeypatch):
    import cv2

    for shade in ANSWERS:
        cv2.imwrite(str(tmp_path / f"{shade}.png"), np.full((64, 64, 3), shade, np.uint8))
    table = tmp_path / "d.csv"
    table.write_text("path,label\n0.png,nest\n100.png,nest\n100.png,plant\n200.png,NONE\n200.png,\n")
    registry = ToyRegistry()
    config = dataclasses.replace(
        registry.folder("polecat").config,
        multi_label=True,
        labels=("nest", "plant", "rust"),
        thresholds=THRESHOLDS["polecat"],
    )
    folder = ModelFolder(tmp_path, config, "v1")
    monkeypatch.setattr(evaluate, "load_model", _Model)
    evaluation = evaluate_model(folder, table)
    assert evaluation.count == 3
    assert evaluation.metrics["accuracy"] == 1.0
    assert evaluation.metrics["macro_f1"] == 1.0
    assert evaluation.metrics["map"] == 1.0
    assert evaluation.metrics["refused"] == 0.0
    # Nine questions: 0.9 and 0.95 and 0.8 are yes, four times 0.1 and twice 0.2 are no.
    assert evaluation.metrics["ece"] == pytest.approx((0.1 + 0.05 + 0.2 + 4 * 0.1 + 2 * 0.2) / 9, abs=1e-6)
    assert evaluation.per_label["nest"]["count"] == 2
    assert evaluation.threshold == THRESHOLDS["polecat"]
    json.dumps(dict(evaluation.metrics))
