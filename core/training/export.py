"""From a trained Keras network to a model folder: config, safetensors, LiteRT, card."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from core.errors import ModelError
from core.networks.weights import save_weights
from core.runtime.model_config import ModelConfig, ModelFolder, load_model_folder


def round_weights_to_float16(network: keras.Model) -> None:
    """Round every weight to what float16 can hold, in place.

    Done before calibration and conversion, so that the numbers in the config belong to the weights
    that ship, and both engines start from the same ones.
    """
    for variable in network.weights:
        variable.assign(keras.ops.convert_to_numpy(variable).astype(np.float16).astype(np.float32))


def convert_to_litert(network: keras.Model) -> bytes:
    """Convert a network with outputs ``answer`` and ``feature_map`` to a LiteRT flatbuffer.

    The batch is fixed to 1. Weights are stored as float16 and widened when the model is loaded;
    outputs keep the order answer, feature map.
    """
    import tensorflow as tf
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    shape = (1, *network.input_shape[1:])

    @tf.function(input_signature=[tf.TensorSpec(shape, tf.float32, name="photo")])  # type: ignore[untyped-decorator]
    def serve(photo: Any) -> tuple[Any, Any]:
        outputs = network(photo, training=False)
        return outputs["answer"], outputs["feature_map"]

    # Keras 3 variables are not seen by the converter; frozen into constants first, they are.
    frozen = convert_variables_to_constants_v2(serve.get_concrete_function())
    converter = tf.lite.TFLiteConverter.from_concrete_functions([frozen])
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.target_spec.supported_types = [tf.float16]
    return bytes(converter.convert())


def _convert_elsewhere(part: Path) -> None:
    """Convert with TensorFlow in a process of its own, from the config and weights that a folder holds.

    Raises:
        ModelError: the conversion failed.
    """
    command = [sys.executable, "-m", "core.training.convert_folder", str(part)]
    environment = {**os.environ, "KERAS_BACKEND": "tensorflow"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ModelError(f"{part}: LiteRT conversion in TensorFlow failed: {done.stderr.strip()[-500:]}")


def head_arrays(network: keras.Model) -> dict[str, NDArray[np.float32]]:
    """The linear head that class activation maps are made with: ``head_kernel`` (C, K), ``head_bias`` (K)."""
    kernel, bias = (np.asarray(v, dtype=np.float32) for v in network.get_layer("head").get_weights())
    return {"head_kernel": kernel.reshape(kernel.shape[-2:]), "head_bias": bias}


def write_model_folder(
    models_dir: Path,
    config: ModelConfig,
    network: keras.Model,
    runtime_arrays: Mapping[str, NDArray[np.float32]],
    card: str,
) -> ModelFolder:
    """Write ``models_dir/<name>-v<number>``; the folder appears at once and whole.

    Args:
        models_dir: made if need be. A folder of the same name and number is replaced.
        config: the contract.
        network: weights already rounded by ``round_weights_to_float16``.
        runtime_arrays: what the runtime needs besides the head (recognition).
        card: Markdown text of the model card.
    """
    target = models_dir / f"{config.name}-v{config.number}"
    part = target.with_name(target.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    save_weights(network, part / "weights.safetensors", {**head_arrays(network), **runtime_arrays})
    (part / "config.json").write_text(json.dumps(asdict(config), indent=1) + "\n")
    if keras.backend.backend() == "tensorflow":
        (part / "model.tflite").write_bytes(convert_to_litert(network))
    else:
        _convert_elsewhere(part)
    (part / "card.md").write_text(card)
    shutil.rmtree(target, ignore_errors=True)
    os.replace(part, target)
    return load_model_folder(target)
