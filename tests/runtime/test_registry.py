"""Sessions and the registry, on the shipped models."""

import threading
from pathlib import Path

import numpy as np
import pytest

from core.errors import ArrayShapeError, ModelError, NotFoundError
from core.runtime.registry import ModelRegistry
from core.runtime.session import Session
from core.types import Prediction
from tests.services.toys import SHIPPED_MODELS


@pytest.fixture(scope="module")
def registry() -> ModelRegistry:
    return ModelRegistry(SHIPPED_MODELS)


def photo(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (300, 400, 3), np.uint8)


def test_a_model_is_loaded_once(registry: ModelRegistry) -> None:
    assert registry.model("polecat") is registry.model("polecat")
    assert "polecat" in registry
    assert "no-such" not in registry


def test_an_unknown_model_is_refused_and_known_ones_are_named(registry: ModelRegistry) -> None:
    with pytest.raises(NotFoundError, match=r"expected one of .*polecat"):
        registry.model("no-such")


def test_threads_get_their_own_answers(registry: ModelRegistry) -> None:
    model = registry.model("polecat")
    photos = [photo(seed) for seed in range(8)]
    alone = [model.predict("a" * 64, image, (400, 300)) for image in photos]
    together: dict[int, Prediction] = {}
    threads = [
        threading.Thread(target=lambda i=i: together.update({i: model.predict("a" * 64, photos[i], (400, 300))}))  # type: ignore[misc]
        for i in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for i in range(8):
        assert together[i].findings == alone[i].findings
        np.testing.assert_array_equal(together[i].heat_maps[0].map_hw, alone[i].heat_maps[0].map_hw)


def test_the_cam_averages_to_the_logit_that_the_network_gave(registry: ModelRegistry) -> None:
    """The head's closed form against the network itself: differences of logits are log-odds."""
    model = registry.model("polecat")
    prediction = model.predict("a" * 64, photo(1), (400, 300))
    from core.runtime.model import load_head_arrays

    bias = load_head_arrays(model.folder).bias
    labels = model.folder.config.labels
    logits = {m.label: m.map_hw.mean() + bias[labels.index(m.label)] for m in prediction.heat_maps}
    temperature = model.folder.config.calibration.get("temperature", 1.0)
    probabilities = prediction.findings[0].probabilities
    first, second = labels[:2]
    log_odds = np.log(probabilities[first] / probabilities[second])
    assert log_odds == pytest.approx((logits[first] - logits[second]) / temperature, abs=0.02)


def test_another_input_shape_is_refused(registry: ModelRegistry) -> None:
    session = Session(registry.folder("polecat").path / "model.tflite")
    with pytest.raises(ArrayShapeError, match=r"expected float32 \(1, \d+, \d+, 3\), got float32 \(1, 8, 8, 3\)"):
        session.run(np.zeros((1, 8, 8, 3), np.float32))


def test_a_file_that_is_no_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.tflite").write_bytes(b"no model")
    with pytest.raises(ModelError, match="expected a LiteRT model"):
        Session(tmp_path / "model.tflite")
