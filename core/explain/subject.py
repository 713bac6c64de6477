"""What is explained: a network with its names, shipped or any other, and the cheapest way to its answers."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.config import read_settings
from core.errors import ConfigError
from core.networks import load
from core.runtime.model_config import Family, ModelFolder, find_model
from core.runtime.session import Session
from core.types import FloatImage

MAX_SUBJECTS = 3  # shipped networks in memory; a MobileNetV2 takes 20 MB, its compiled functions more
CHUNK = 8  # inputs a pass where a method asks for many; bounds its memory
_LOCK = threading.Lock()
_SUBJECTS: OrderedDict[str, Subject] = OrderedDict()


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """A network that can be explained.

    Attributes:
        network: Keras network with one photo as input.
        output: name of the output that is explained; "" where there is one without a name.
        family: ``classification`` (answers (N, K)), ``regression`` (N, 1) or ``detection`` (N, H', W', K + …).
        labels: what the answer's last axis stands for, the reject label included; boxes' sides left out.
        name, version: of the shipped version; the network's own name and "" for any other.
        folder: the shipped version; None for any other.
        ask: float32 network inputs (N, H, W, C) → answers float32 (N, …), without gradients. LiteRT for shipped
            versions: a sixth of the time of a compiled Keras pass on one core.
    """

    network: Any
    output: str
    family: Family
    labels: tuple[str, ...]
    name: str
    version: str
    folder: ModelFolder | None
    ask: Callable[[FloatImage], FloatImage]

    @property
    def is_signed(self) -> bool:
        """Whether its maps are signed unless someone asks otherwise."""
        return self.family == "regression"

    @property
    def input_size_px(self) -> tuple[int, int]:
        """(height, width) of the network's input."""
        _, height_px, width_px, _ = self.network.input_shape
        if height_px is None or width_px is None:
            raise ConfigError(f"{self.name}: expected an input of fixed size, got {self.network.input_shape}")
        return int(height_px), int(width_px)


def subject_of(model: str | ModelFolder | Any, *, output: str | None = None, family: Family | None = None) -> Subject:
    """A model, ready to be explained.

    Args:
        model: name, folder name or version of a shipped model, its ModelFolder, or any Keras network.
        output: of a network with several outputs, the one to explain; ``answer`` or the first by default.
        family: what the output means; told by its shape by default.

    Raises:
        NotFoundError: no such model.
        ConfigError: no such output, or a network that cannot be explained.
        ModelError: the model's folder is not whole.
    """
    if isinstance(model, Subject):
        return model
    if isinstance(model, str):
        model = find_model(read_settings().models_dir, model)
    if not isinstance(model, ModelFolder):
        return _foreign(model, output, family)
    key = f"{model.path}@{model.version}"
    with _LOCK:
        if key not in _SUBJECTS:
            _SUBJECTS[key] = _shipped(model)
            while len(_SUBJECTS) > MAX_SUBJECTS:
                _, gone = _SUBJECTS.popitem(last=False)
                _forget(gone)
        _SUBJECTS.move_to_end(key)
        return _SUBJECTS[key]


def forget_all() -> None:
    """Give back every shipped network and what was compiled for it."""
    with _LOCK:
        while _SUBJECTS:
            _forget(_SUBJECTS.popitem()[1])


def _shipped(folder: ModelFolder) -> Subject:
    config = folder.config
    session = Session(folder.path / "model.tflite", num_threads=2)

    def ask(x_nhwc: FloatImage) -> FloatImage:
        return np.concatenate([session.run(np.ascontiguousarray(x[None]))[0] for x in x_nhwc])

    labels = (*config.labels, *([config.reject_label] if config.reject_label else []))
    network = load(folder)
    return Subject(network, "answer", config.family, labels, config.name, folder.version, folder, ask)


def _foreign(network: Any, output: str | None, family: Family | None) -> Subject:
    from core.explain.passes import forward_answers, output_names

    shape = getattr(network, "input_shape", None)
    if not isinstance(shape, tuple) or len(shape) != 4:
        raise ConfigError(f"model: expected a built Keras network with one photo (N, H, W, C) as input, got {shape}")
    names = output_names(network)
    if output is not None and output not in names:
        raise ConfigError(f"output: expected one of {', '.join(names) or 'none'} of {network.name}, got {output!r}")
    chosen = output if output is not None else "answer" if "answer" in names else names[0]
    # A Sequential knows its outputs, and not its output, until it is called.
    outputs = network.output if names != ("",) else network.outputs[0]
    tensor = outputs[chosen] if isinstance(outputs, dict) else outputs
    if isinstance(outputs, list | tuple):
        tensor = outputs[names.index(chosen)]
    width = int(tensor.shape[-1])
    if family is None:
        family = "detection" if len(tensor.shape) == 4 else "regression" if width == 1 else "classification"
    labels = tuple(str(k) for k in range(width)) if family != "regression" else ("value",)

    def ask(x_nhwc: FloatImage) -> FloatImage:
        chunks = (x_nhwc[k : k + CHUNK] for k in range(0, len(x_nhwc), CHUNK))
        return np.concatenate([forward_answers(network, chosen, chunk) for chunk in chunks])

    return Subject(network, chosen, family, labels, str(network.name), "", None, ask)


def _forget(subject: Subject) -> None:
    from core.explain.compiled import forget

    forget(subject.network)
