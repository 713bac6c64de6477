"""Drift of photos in a store: planted in light and in answers, found with its photos, and not found where it is not."""

import dataclasses
from pathlib import Path

import cv2
import numpy as np
import pytest

from core.errors import ConfigError, ModelError
from core.imaging.quality import photo_quality
from core.metrics.feature_drift import FEATURE_SPACE
from core.metrics.standing import DEAD_PIXELS, DIRT
from core.metrics.training_drift import FROM_TRAINING
from core.runtime.features import FeatureReader
from core.runtime.model_config import find_models
from core.services.context import Context
from core.services.drift import drift_document, find_photo_drift, usual_reference
from core.services.photo_quality import measured_quality
from core.types import Prediction
from tests.services.toys import SHIPPED_MODELS, box_finding, class_finding, worn_finding

FLIGHTS = [f"flight {k}" for k in range(1, 9)]
PHOTOS_A_FLIGHT = 20


DEAD_AT = (60, 120)  # x, y of 240 × 160


def _add_photo(context: Context, folder: Path, seed: int, light: float = 1.0) -> str:
    rng = np.random.default_rng(seed)
    coarse = np.clip(rng.normal(120, 40, (8, 12, 3)) * light, 0, 255).astype(np.uint8)
    path = folder / f"{seed:03d}.jpg"
    image = cv2.resize(coarse, (240, 160), interpolation=cv2.INTER_CUBIC)
    if light < 1:
        image[DEAD_AT[1], DEAD_AT[0]] = 255
    cv2.imwrite(str(path), image)
    return context.store.add_photo(path, path.name).photo.sha256


@pytest.fixture
def flights(context: Context, tmp_path: Path) -> tuple[Context, dict[str, list[str]]]:
    """Eight flights; the last is dark, has a dead pixel, sees steel where trees were, and worn shackles."""
    photos: dict[str, list[str]] = {}
    rng = np.random.default_rng(0)
    for number, flight in enumerate(FLIGHTS):
        is_last = flight == FLIGHTS[-1]
        for k in range(PHOTOS_A_FLIGHT):
            sha256 = _add_photo(context, tmp_path, 100 * number + k, light=0.4 if is_last else 1.0)
            photos.setdefault(flight, []).append(sha256)
            context.store.set_metadata(sha256, "flight", flight, "person:test")
            label = "STEEL" if is_last or k == number % 3 else "TREE"
            confidence = 0.9 + 0.01 * float(rng.random())
            answers = {
                "polecat": class_finding(label, confidence, model="polecat"),
                "topcap": box_finding("whole top cap", 0.8),
                "shackle": worn_finding(0.9 if is_last else 0.3 + 0.1 * float(rng.random())),
            }
            for model, finding in answers.items():
                context.store.save_prediction(Prediction(sha256, model, "v1", {}, (finding,)))
    return context, photos


@pytest.fixture(autouse=True)
def families(registry) -> None:
    """The toys all call themselves classifiers; what is measured depends on the family."""
    for name, family in (("topcap", "detection"), ("shackle", "regression")):
        folder = registry.models[name].folder
        config = dataclasses.replace(folder.config, family=family)
        registry.models[name].folder = dataclasses.replace(folder, config=config)


def test_a_flight_in_other_light_with_other_answers_is_found(flights):
    context, photos = flights
    drift = find_photo_drift(context, FLIGHTS[5], by="flight")
    alarms = {(alarm.measure, alarm.batch) for alarm in drift.report.alarms}
    assert {batch for _, batch in alarms} == {FLIGHTS[-1]}
    assert ("brightness", FLIGHTS[-1]) in alarms
    assert ("polecat: share of TREE", FLIGHTS[-1]) in alarms
    assert ("shackle: value", FLIGHTS[-1]) in alarms
    measures = {chart.measure for chart in drift.report.charts}
    assert {"topcap: whole top cap a photo", "polecat: confidence", "polecat: share not recognised"} <= measures
    document = drift_document(drift)
    assert document["photos"] == len(FLIGHTS) * PHOTOS_A_FLIGHT
    for alarm in document["alarms"]:
        assert set(alarm["photos"]) <= set(photos[FLIGHTS[-1]])


def test_where_no_flight_differs_none_is_reported(flights):
    context, photos = flights
    for sha256 in photos[FLIGHTS[-1]]:
        context.store.set_metadata(sha256, "flight", None, "person:test")
    drift = find_photo_drift(context, FLIGHTS[5], by="flight")
    assert drift.report.alarms == ()
    assert set(drift.without_batch) == set(photos[FLIGHTS[-1]])


def test_a_dead_pixel_is_found_where_it_is_and_photos_are_decoded_once(flights, monkeypatch):
    context, photos = flights
    drift = find_photo_drift(context, FLIGHTS[5], by="flight", has_marks=True)
    (alarm,) = [one for one in drift.report.alarms if one.measure == DEAD_PIXELS]
    assert (alarm.batch, alarm.value, alarm.places) == (FLIGHTS[-1], 1.0, ((60 / 240, 120 / 160),))
    assert {drift.photos[k] for k in alarm.photos} <= set(photos[FLIGHTS[-1]])
    (document,) = [one for one in drift_document(drift)["alarms"] if one["measure"] == DEAD_PIXELS]
    assert document["places"] == [[0.25, 0.75]]
    assert DIRT in {chart.measure for chart in drift.report.charts}
    assert all(one.measure != DIRT for one in drift.report.alarms)
    monkeypatch.setattr("core.services.photo_marks.decode_upright", None)
    again = find_photo_drift(context, FLIGHTS[5], by="flight", has_marks=True)
    assert [one.measure for one in again.report.alarms] == [one.measure for one in drift.report.alarms]
    damaged = next((context.settings.home / "marks").rglob("*.npz"))
    damaged.write_bytes(b"PK not whole")
    monkeypatch.undo()
    find_photo_drift(context, FLIGHTS[5], by="flight", has_marks=True)
    assert damaged.stat().st_size > 100


def test_quality_is_measured_once_and_kept_for_filters(flights, monkeypatch):
    context, photos = flights
    sha256 = photos[FLIGHTS[0]][0]
    first = measured_quality(context, [sha256])[sha256]
    image = cv2.cvtColor(cv2.imread(str(context.store.original_path(sha256))), cv2.COLOR_BGR2RGB)
    assert first.brightness == pytest.approx(photo_quality(image).brightness, abs=1e-4)
    assert context.store.metadata(sha256)["quality.blur"] == pytest.approx(first.blur, abs=1e-5)
    monkeypatch.setattr("core.services.photo_quality.decode_upright", None)
    again = measured_quality(context, [sha256])[sha256]
    assert again.brightness == pytest.approx(first.brightness, abs=1e-5)


@pytest.mark.parametrize(("count", "reference"), [(5, None), (6, 5), (14, 7), (24, 10), (60, 20)])
def test_the_reference_begins_with_enough_batches_to_know_how_they_differ(count, reference):
    batches = {f"day {k:02}": 3 for k in range(1, count + 1)} | {"day 99": 2}
    assert usual_reference(batches) == (None if reference is None else f"day {reference:02}")


def test_photos_without_a_day_and_too_short_a_reference_are_said(flights):
    context, _ = flights
    with pytest.raises(ConfigError, match="day: expected photos that have one, got none among 160"):
        find_photo_drift(context, "2026-05-01")
    with pytest.raises(ConfigError, match="brightness: expected at least 5 reference batches of 3 photos, got 2"):
        find_photo_drift(context, FLIGHTS[1], by="flight")


def test_features_of_shipped_models_are_in_standard_deviations():
    folders = find_models(SHIPPED_MODELS)
    reader = FeatureReader(folders["polecat"])
    image = np.random.default_rng(0).integers(0, 255, (224, 224, 3), dtype=np.uint8)
    features = reader.read(image)
    assert features.ndim == 1
    assert np.linalg.norm(features) > 1  # noise is no pole: several standard deviations away
    np.testing.assert_array_equal(features, reader.read(image))
    with pytest.raises(ModelError, match="expected a model of whole photos, got a detector"):
        FeatureReader(folders["topcap"])


def test_feature_space_of_a_shipped_model_shows_a_dark_flight(flights):
    context, _ = flights
    context.registry.models["polecat"].folder = find_models(SHIPPED_MODELS)["polecat"]
    drift = find_photo_drift(context, FLIGHTS[5], by="flight", features_of="polecat")
    for chart, measure in zip(drift.report.charts[-2:], (FEATURE_SPACE, FROM_TRAINING), strict=True):
        assert chart.measure == measure
        assert not np.isnan(chart.value).any()
    assert np.argmax(drift.report.charts[-2].value) == len(FLIGHTS) - 1
