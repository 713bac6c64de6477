"""Features of shipped models: the last layer on LiteRT, any layer on Keras."""

from __future__ import annotations

import numpy as np
import pytest

from core.compare.embedders import LayerEmbedder, ModelEmbedder
from core.errors import ModelError, NotFoundError
from core.networks import Architecture, feature_layer
from core.runtime.model import load_head_arrays
from core.runtime.model_config import find_model
from tests.imaging.pictures import scene
from tests.services.toys import SHIPPED_MODELS


def test_the_last_layer_is_the_same_on_both_engines_and_other_layers_are_not() -> None:
    folder = find_model(SHIPPED_MODELS, "polecat")
    head = load_head_arrays(folder)
    assert head.recognition_mean is not None
    assert head.recognition_components is not None
    image = scene(240, 320, 5)
    layer = feature_layer(Architecture.from_mapping(folder.config.architecture))
    last, first, quick = LayerEmbedder(folder, layer), LayerEmbedder(folder, "Conv1"), ModelEmbedder(folder)
    directions = (last.read(image) - head.recognition_mean) @ head.recognition_components
    cosine = directions @ quick.read(image) / np.linalg.norm(directions) / np.linalg.norm(quick.read(image))
    assert cosine > 0.999
    assert (quick.length, first.length) == (48, 32)
    assert len({one.identity for one in (last, first, quick)}) == 3
    with pytest.raises(NotFoundError):
        LayerEmbedder(folder, "nonsense")


def test_a_detector_has_no_features_of_whole_photos_without_a_layer() -> None:
    with pytest.raises(ModelError, match="expected a model of whole photos, got a detector"):
        ModelEmbedder(find_model(SHIPPED_MODELS, "topcap"))
