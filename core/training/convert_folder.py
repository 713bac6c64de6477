"""``python -m core.training.convert_folder FOLDER``: write ``model.tflite`` from a folder's config and weights.

For runs on JAX and PyTorch: LiteRT's converter takes TensorFlow only, and one process has one Keras backend.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from core.networks.architecture import Architecture, build
from core.networks.weights import assign_weights
from core.training.export import convert_to_litert


def convert_folder(folder: Path) -> None:
    """Write ``model.tflite`` beside ``config.json`` and ``weights.safetensors``.

    Raises:
        ConfigError: the architecture is not known.
        ModelError: config and weights disagree.
    """
    config = json.loads((folder / "config.json").read_text())
    network = build(Architecture.from_mapping(config["architecture"]))
    assign_weights(network, folder / "weights.safetensors")
    (folder / "model.tflite").write_bytes(convert_to_litert(network))


if __name__ == "__main__":
    convert_folder(Path(sys.argv[1]))
