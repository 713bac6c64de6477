"""One LiteRT interpreter behind a lock: float32 in, answer and last feature map out."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter

from core.errors import ArrayShapeError, ModelError
from core.types import FloatImage


class Session:
    """A loaded model file. Calls from several threads take turns; results are copies, never views.

    LiteRT keeps one set of tensors per interpreter, so two calls at once would overwrite each other.
    One session per process and a lock costs less memory than one per thread, and photos are spread
    over processes anyway.

    Attributes:
        input_shape: (1, H, W, 3), float32.
        output_shapes: shapes of outputs 0 (answer) and 1 (last feature map).
    """

    def __init__(self, model_path: Path, num_threads: int = 1) -> None:
        """Load a model.

        Args:
            model_path: a ``.tflite`` file with one input and two outputs, all float32.
            num_threads: CPU threads for one call, at least 1.

        Raises:
            ModelError: the file is no LiteRT model, or has other inputs or outputs.
        """
        try:
            self._interpreter = Interpreter(model_path=str(model_path), num_threads=num_threads)
            self._interpreter.allocate_tensors()
        except (ValueError, RuntimeError) as error:
            raise ModelError(f"{model_path}: expected a LiteRT model, got {error}; export the model again") from error
        inputs, outputs = self._interpreter.get_input_details(), self._interpreter.get_output_details()
        if len(inputs) != 1 or len(outputs) != 2:
            raise ModelError(
                f"{model_path}: expected 1 input and 2 outputs (answer, last feature map), "
                f"got {len(inputs)} and {len(outputs)}; export the model again"
            )
        self._lock = threading.Lock()
        self._input_index = int(inputs[0]["index"])
        self._output_indices = (int(outputs[0]["index"]), int(outputs[1]["index"]))
        self.input_shape = tuple(int(n) for n in inputs[0]["shape"])
        self.output_shapes = tuple(tuple(int(n) for n in output["shape"]) for output in outputs)

    def run(self, input_nhwc: FloatImage) -> tuple[FloatImage, FloatImage]:
        """Answer and last feature map for one input.

        Args:
            input_nhwc: float32, exactly ``input_shape``, range −1 to 1.

        Returns:
            Outputs 0 and 1, float32, batch axis kept.

        Raises:
            ArrayShapeError: another shape or dtype.
        """
        if input_nhwc.shape != self.input_shape or input_nhwc.dtype != np.float32:
            raise ArrayShapeError(
                f"input_nhwc: expected float32 {self.input_shape}, got {input_nhwc.dtype} {input_nhwc.shape}; "
                "use core.runtime.preprocess"
            )
        with self._lock:
            self._interpreter.set_tensor(self._input_index, input_nhwc)
            self._interpreter.invoke()
            answer, features = (self._interpreter.get_tensor(index) for index in self._output_indices)
        return answer, features
