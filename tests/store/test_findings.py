"""Predictions, findings and heat maps come back as they went in."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import ConfigError, NotFoundError
from core.store import Store
from core.types import Finding, HeatMap, Prediction
from tests.store.samples import add, counted_queries, pole

PROBABILITIES = st.floats(0, 1)
LABELS = st.text(min_size=1, max_size=12)
BOXES = st.tuples(*[st.floats(-1e4, 1e5)] * 4)
FINDINGS = st.builds(
    Finding,
    model=st.just("m"),
    version=st.just("v"),
    kind=st.sampled_from(["class", "box", "value"]),
    label=LABELS,
    confidence=st.none() | PROBABILITIES,
    probabilities=st.dictionaries(LABELS, PROBABILITIES, max_size=4),
    prediction_set=st.lists(LABELS, max_size=3).map(tuple),
    box_xyxy_px=st.none() | BOXES,
    value=st.none() | st.floats(0, 0.95),
    interval=st.none() | st.tuples(PROBABILITIES, PROBABILITIES),
    recognised=st.booleans(),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
@given(findings=st.lists(FINDINGS, max_size=6).map(tuple))
def test_findings_round_trip(store: Store, tmp_path: Path, findings: tuple[Finding, ...]) -> None:
    sha256 = add(store, tmp_path)
    with store.database.writing() as connection:
        connection.exec_driver_sql("DELETE FROM predictions")
    store.save_prediction(Prediction(sha256, "m", "v", {}, findings))
    found = store.findings(sha256)
    assert found == findings
    # "Best first" is part of the answer.
    assert [list(f.probabilities) for f in found] == [list(f.probabilities) for f in findings]


def test_same_prediction_is_kept_once(store: Store, tmp_path: Path) -> None:
    sha256 = add(store, tmp_path)
    assert not store.has_prediction(sha256, "polecat", "v1", {"tile_px": 1024, "b": [1]})
    assert store.save_prediction(pole(sha256, tile_px=1024, b=[1]))
    assert not store.save_prediction(pole(sha256, "STEEL", b=[1], tile_px=1024))
    assert store.has_prediction(sha256, "polecat", "v1", {"b": [1], "tile_px": 1024})
    assert not store.has_prediction(sha256, "polecat", "v1", {"b": [2], "tile_px": 1024})
    assert [finding.label for finding in store.findings(sha256)] == ["TREE"]


def test_newest_version_is_current_and_earlier_ones_can_return(store: Store, tmp_path: Path) -> None:
    sha256 = add(store, tmp_path)
    store.save_prediction(pole(sha256, "TREE", "v1"))
    store.save_prediction(pole(sha256, "STEEL", "v2"))
    shackle = Finding("shackle", "s1", "value", "worn fraction", value=0.4, interval=(0.3, 0.5))
    store.save_prediction(Prediction(sha256, "shackle", "s1", {}, (shackle,)))
    assert [(f.model, f.label) for f in store.findings(sha256)] == [("polecat", "STEEL"), ("shackle", "worn fraction")]
    assert store.heat_map(sha256, "polecat", "TREE") is None
    assert store.label_counts() == {"STEEL": 1, "worn fraction": 1}
    assert store.use_prediction(sha256, "polecat", "v1", {})
    assert [f.label for f in store.findings(sha256)] == ["TREE", "worn fraction"]
    assert not store.use_prediction(sha256, "polecat", "v9", {})
    assert [f.label for f in store.findings(sha256)] == ["TREE", "worn fraction"]


def test_heat_map_is_kept_in_half_precision(store: Store, tmp_path: Path) -> None:
    sha256 = add(store, tmp_path)
    values = np.random.default_rng(0).normal(0, 5, (9, 13)).astype(np.float32)
    values[0, 0] = 1e9
    heat_map = HeatMap("whole top cap", values, "cam", "out_relu")
    store.save_prediction(Prediction(sha256, "topcap", "v", {}, (), (heat_map,)))
    found = store.heat_map(sha256, "topcap", "whole top cap")
    assert found is not None
    assert (found.label, found.method, found.layer) == ("whole top cap", "cam", "out_relu")
    assert found.map_hw.dtype == np.float32
    assert found.map_hw[0, 0] == 65504
    np.testing.assert_allclose(found.map_hw.ravel()[1:], values.ravel()[1:], rtol=1e-3, atol=1e-4)
    assert store.heat_map(sha256, "topcap", "other") is None
    assert store.heat_map_labels(sha256) == (("topcap", "whole top cap"),)


def test_findings_of_many_photos_are_one_query(store: Store, tmp_path: Path) -> None:
    shas = [add(store, tmp_path, seed) for seed in range(6)]
    for sha256 in shas[:4]:
        store.save_prediction(pole(sha256))
    with counted_queries(store) as statements:
        found = store.findings_of(shas)
    assert len(statements) == 1
    assert [len(found[sha256]) for sha256 in shas] == [1, 1, 1, 1, 0, 0]


def test_unknown_photo_and_odd_parameters(store: Store, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        store.save_prediction(pole("0" * 64))
    odd = replace(pole(add(store, tmp_path)), parameters={"x": float("nan")})
    with pytest.raises(ConfigError, match="parameters: expected values that JSON can hold"):
        store.save_prediction(odd)
