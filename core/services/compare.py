"""Every measure between two photos: what the Pairs page and ``gridlens compare`` show."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from core.compare.descriptors import Describer, Embedder
from core.compare.embedders import LayerEmbedder, ModelEmbedder
from core.compare.index import read_picture
from core.compare.pairs import Comparison, compare_records
from core.compare.pixels import FINE_LONG_SIDE_PX, fine_measures
from core.config import Settings
from core.runtime.model_config import find_model, find_models


def make_describer(settings: Settings, models: Sequence[str] | None = None) -> Describer:
    """A describer with the embeddings of these models.

    Args:
        settings: where models are.
        models: ``NAME``, or ``NAME:LAYER`` for another layer than the last; None for every installed model of whole
            photos, an empty list for none.

    Raises:
        NotFoundError: no such model or layer.
        ModelError: a detector without a layer, or a model folder is incomplete.
        ConfigError: too many models for 8 KB a photo.
    """
    if models is None:
        folders = [f for f in find_models(settings.models_dir).values() if f.config.family != "detection"]
        return Describer({folder.config.name: ModelEmbedder(folder) for folder in folders})
    embedders: dict[str, Embedder] = {}
    for text in models:
        name, _, layer = text.partition(":")
        folder = find_model(settings.models_dir, name)
        embedders[text] = LayerEmbedder(folder, layer) if layer else ModelEmbedder(folder)
    return Describer(embedders)


def compare_files(settings: Settings, a: Path, b: Path, describer: Describer) -> tuple[Comparison, ...]:
    """All measures between two photo files of any sizes, colour spaces and formats.

    Raises:
        PhotoError: one of them cannot be read.
    """
    one, other = (describer.describe(read_picture(path, settings.max_pixels)[0]) for path in (a, b))
    fine_a, fine_b = (read_picture(path, settings.max_pixels, FINE_LONG_SIDE_PX)[0] for path in (a, b))
    return compare_records(one, other, fine_measures(fine_a, fine_b))


def comparison_document(a: str, b: str, found: Sequence[Comparison]) -> dict[str, Any]:
    """JSON-ready; both photos are called what they were asked for by: a path, or a SHA-256."""
    return {
        "a": a,
        "b": b,
        "measures": [
            {
                "name": one.measure.name,
                "value": one.value,
                "nearer": one.measure.nearer,
                "range": [one.measure.low, one.measure.high],
            }
            for one in found
        ],
    }
