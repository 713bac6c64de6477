"""Classification and regression with toy heads."""

from pathlib import Path

import numpy as np
import pytest

from core.errors import ArrayShapeError, ModelError
from core.imaging.decode import scale_denominator
from core.runtime.classification import Classifier
from core.runtime.model_config import InputConfig, parse_config
from core.runtime.regression import Regressor
from tests.runtime.toys import fixed_session, toy_folder

PHOTO = np.zeros((4, 6, 3), np.uint8)
RNG = np.random.default_rng(0)
FEATURES = RNG.normal(size=(1, 2, 3, 5)).astype(np.float32)
KERNEL = RNG.normal(size=(5, 3)).astype(np.float32)
HEAD = {"head_kernel": KERNEL, "head_bias": np.zeros(3)}


def classifier(tmp_path: Path, probabilities: list[float], **changes: object) -> Classifier:
    """A TREE/STEEL classifier with a reject class that always answers with these probabilities."""
    folder = toy_folder(tmp_path, HEAD, reject_label="NONE", **changes)
    return Classifier(folder, fixed_session(np.log([probabilities]), FEATURES))  # type: ignore[arg-type]


def test_reject_class_is_taken_out_and_the_rest_renormalised(tmp_path: Path) -> None:
    model = classifier(tmp_path, [0.1, 0.3, 0.6], recognition={"max_reject_probability": 0.7})
    finding = model.predict("a" * 64, PHOTO, (6, 4)).findings[0]
    assert finding.label == "STEEL"
    assert finding.confidence == pytest.approx(0.75)
    assert dict(finding.probabilities) == pytest.approx({"STEEL": 0.75, "TREE": 0.25})
    assert list(finding.probabilities) == ["STEEL", "TREE"]
    assert finding.recognised


def test_a_reject_probability_over_the_limit_is_not_recognised(tmp_path: Path) -> None:
    model = classifier(tmp_path, [0.1, 0.3, 0.6], recognition={"max_reject_probability": 0.5})
    assert not model.predict("a" * 64, PHOTO, (6, 4)).findings[0].recognised


def test_features_far_from_training_are_not_recognised(tmp_path: Path) -> None:
    pooled = FEATURES[0].mean(axis=(0, 1))
    arrays = {**HEAD, "recognition_mean": pooled - [3, 4, 0, 0, 0], "recognition_components": np.eye(5)}  # 5 away
    for limit, expected in ((5.01, True), (4.99, False)):
        folder = toy_folder(tmp_path, arrays, reject_label="NONE", recognition={"max_distance": limit})
        model = Classifier(folder, fixed_session(np.zeros((1, 3)), FEATURES))  # type: ignore[arg-type]
        assert model.predict("a" * 64, PHOTO, (6, 4)).findings[0].recognised is expected


def test_prediction_set_stops_at_the_quantile(tmp_path: Path) -> None:
    for quantile, expected in ((0.7, ("STEEL",)), (0.9, ("STEEL", "TREE"))):
        model = classifier(tmp_path, [0.2, 0.7, 0.1], conformal={"coverage": 0.9, "quantile": quantile})
        assert model.predict("a" * 64, PHOTO, (6, 4)).findings[0].prediction_set == expected


def test_cam_is_the_einsum_of_features_and_kernel_and_averages_to_the_logit(tmp_path: Path) -> None:
    maps = {m.label: m for m in classifier(tmp_path, [0.2, 0.7, 0.1]).predict("a" * 64, PHOTO, (6, 4)).heat_maps}
    assert set(maps) == {"TREE", "STEEL"}
    expected = np.einsum("hwc,ck->hwk", FEATURES[0], KERNEL)
    np.testing.assert_allclose(maps["STEEL"].map_hw, expected[..., 1], rtol=1e-5)
    pooled_logit = FEATURES[0].mean(axis=(0, 1)) @ KERNEL[:, 0]
    assert maps["TREE"].map_hw.mean() == pytest.approx(pooled_logit, rel=1e-5)
    assert maps["TREE"].map_hw.dtype == np.float32


def several_labels(tmp_path: Path, logits: list[float], **changes: object) -> Classifier:
    """A nest/plant/rust model of several labels at once that always answers with these logits."""
    labels = ("nest", "plant", "rust")
    folder = toy_folder(tmp_path, HEAD, labels=labels, multi_label=True, **changes)
    return Classifier(folder, fixed_session([logits], FEATURES))  # type: ignore[arg-type]


def test_several_labels_at_once_are_findings_of_their_own(tmp_path: Path) -> None:
    model = several_labels(tmp_path, [0.0, 2 * np.log(4), -60.0], calibration={"temperature": 2.0})
    prediction = model.predict("a" * 64, PHOTO, (6, 4))
    found = {f.label: f for f in prediction.findings}
    assert list(found) == ["plant", "nest", "rust"]
    assert [f.confidence for f in found.values()] == pytest.approx([0.8, 0.5, 0.0], abs=1e-6)
    assert all(dict(f.probabilities) == {f.label: f.confidence} for f in found.values())
    assert all(f.stands_alone and f.recognised for f in found.values())
    assert [m.label for m in prediction.heat_maps] == ["plant", "nest", "rust"]


def test_several_labels_of_an_unknown_photo_are_one_finding_that_keeps_all_for_the_record(tmp_path: Path) -> None:
    arrays = {**HEAD, "recognition_mean": np.full(5, 99.0), "recognition_components": np.eye(5)}
    folder = toy_folder(tmp_path, arrays, labels=("a", "b", "c"), multi_label=True, recognition={"max_distance": 1.0})
    model = Classifier(folder, fixed_session([[0.0, 1.0, -1.0]], FEATURES))  # type: ignore[arg-type]
    (finding,) = model.predict("a" * 64, PHOTO, (6, 4)).findings
    assert not finding.recognised
    assert list(finding.probabilities) == ["b", "a", "c"]


def test_one_label_alone_is_a_yes_or_no_question(tmp_path: Path) -> None:
    arrays = {"head_kernel": KERNEL[:, :1], "head_bias": np.zeros(1)}
    folder = toy_folder(tmp_path, arrays, labels=("nest",), multi_label=True)
    for logit, expected in ((np.log(9), 0.9), (-np.log(9), 0.1)):
        model = Classifier(folder, fixed_session([[logit]], FEATURES))  # type: ignore[arg-type]
        (finding,) = model.predict("a" * 64, PHOTO, (6, 4)).findings
        assert finding.confidence == pytest.approx(expected)


def test_several_labels_have_no_reject_class() -> None:
    values = {
        "name": "toy", "number": 1, "title": "Toy", "family": "classification", "labels": ["a"],
        "input": {"height_px": 2, "width_px": 2, "fit": "stretch"}, "feature_layer": "last", "architecture": {},
        "calibration": {}, "conformal": {}, "recognition": {}, "thresholds": {}, "training": {}, "multi_label": True,
    }  # fmt: skip
    assert parse_config(values, Path("m")).multi_label
    with pytest.raises(ModelError, match=r"m/config.json: multi_label: expected family classification without"):
        parse_config({**values, "reject_label": "NONE"}, Path("m"))
    with pytest.raises(ModelError, match="got regression and None"):
        parse_config({**values, "family": "regression"}, Path("m"))


def test_network_input_is_stretched_and_scaled_to_minus_one_to_one(tmp_path: Path) -> None:
    session = fixed_session(np.zeros((1, 3)), FEATURES)
    photo = np.zeros((4, 4, 3), np.uint8)
    photo[:2, 2:] = 255
    folder = toy_folder(tmp_path, HEAD, reject_label="NONE")
    Classifier(folder, session).predict("a" * 64, photo, (4, 4))  # type: ignore[arg-type]
    np.testing.assert_allclose(session.inputs[0][0, ..., 0], [[-1, 1], [-1, -1]], atol=1e-6)
    assert session.inputs[0].dtype == np.float32


def test_a_grey_photo_is_refused_with_what_came(tmp_path: Path) -> None:
    with pytest.raises(ArrayShapeError, match=r"expected uint8 \(H, W, 3\), received uint8 \(4, 6\)"):
        classifier(tmp_path, [0.2, 0.7, 0.1]).predict("a" * 64, PHOTO[..., 0], (6, 4))


def test_a_head_of_another_size_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"expected answers \(1, 2\) for TREE, STEEL"):
        Classifier(toy_folder(tmp_path, HEAD), fixed_session(np.zeros((1, 3)), FEATURES))  # type: ignore[arg-type]


def test_regression_value_interval_and_signed_map(tmp_path: Path) -> None:
    arrays = {"head_kernel": KERNEL[:, :1], "head_bias": np.zeros(1)}
    changes = {
        "family": "regression",
        "labels": ("worn fraction",),
        "value_range": (0.0, 0.95),
        "conformal": {"coverage": 0.9, "quantile": 0.07},
    }
    folder = toy_folder(tmp_path, arrays, **changes)
    prediction = Regressor(folder, fixed_session([[0.42]], FEATURES)).predict("a" * 64, PHOTO, (6, 4))  # type: ignore[arg-type]
    finding = prediction.findings[0]
    assert finding.kind == "value"
    assert finding.value == pytest.approx(0.42)
    assert finding.interval == pytest.approx((0.35, 0.49))
    assert finding.confidence is None
    np.testing.assert_allclose(prediction.heat_maps[0].map_hw, FEATURES[0] @ KERNEL[:, 0], rtol=1e-5)
    assert prediction.heat_maps[0].map_hw.min() < 0 < prediction.heat_maps[0].map_hw.max()
    outside = Regressor(folder, fixed_session([[1.3]], FEATURES)).predict("a" * 64, PHOTO, (6, 4))  # type: ignore[arg-type]
    assert outside.findings[0].value == pytest.approx(0.95)


def test_a_photo_is_decoded_with_pixels_to_spare(tmp_path: Path) -> None:
    """A 640 × 480 JPEG halved has 240 px, too few for an input of 256; halving 1600 × 1200 leaves 600, enough."""
    folder = toy_folder(tmp_path, HEAD, reject_label="NONE", input=InputConfig(256, 256, "stretch"))
    model = Classifier(folder, fixed_session(np.zeros((1, 3)), FEATURES))  # type: ignore[arg-type]
    assert model.wanted_long_side_px(640, 480) == 512  # the short side 1.5 × 256 = 384
    assert scale_denominator(640, model.wanted_long_side_px(640, 480)) == 1
    assert scale_denominator(1600, model.wanted_long_side_px(1600, 1200)) == 2
