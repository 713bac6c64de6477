"""Which models there are, and each of them loaded once a process."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from core.errors import NotFoundError
from core.runtime.classification import Classifier
from core.runtime.detection import Detector
from core.runtime.model import Model
from core.runtime.model_config import Family, ModelFolder, find_models
from core.runtime.regression import Regressor
from core.runtime.session import Session

_FAMILIES: dict[Family, Callable[[ModelFolder, Session], Model]] = {
    "classification": Classifier,
    "detection": Detector,
    "regression": Regressor,
}


def load_model(folder: ModelFolder, num_threads: int = 1) -> Model:
    """Load a model version into a new session.

    Raises:
        ModelError: the folder's parts disagree.
    """
    session = Session(folder.path / "model.tflite", num_threads)
    return _FAMILIES[folder.config.family](folder, session)


class ModelRegistry:
    """The newest version of every model in a folder; sessions are made at first use. Thread-safe."""

    def __init__(self, models_dir: Path, num_threads: int = 1) -> None:
        """Look at the folder; loads no weights yet.

        Args:
            models_dir: folder with one folder a model version.
            num_threads: CPU threads a session.

        Raises:
            ModelError: a model folder is incomplete.
        """
        self._folders = find_models(models_dir)
        self._models_dir = models_dir
        self._num_threads = num_threads
        self._models: dict[str, Model] = {}
        self._lock = threading.Lock()

    @property
    def folders(self) -> dict[str, ModelFolder]:
        """Newest version of every model, by model name."""
        return dict(self._folders)

    def __contains__(self, name: str) -> bool:
        """Whether a model of that name is installed."""
        return name in self._folders

    def folder(self, name: str) -> ModelFolder:
        """A model's folder by its name.

        Raises:
            NotFoundError: no such model; the message lists those that exist.
        """
        if name not in self._folders:
            known = ", ".join(sorted(self._folders)) or f"none installed in {self._models_dir}"
            raise NotFoundError(f"model {name!r}: expected one of {known}")
        return self._folders[name]

    def model(self, name: str) -> Model:
        """A model, loaded at first use and kept.

        Raises:
            NotFoundError: no such model.
            ModelError: its parts disagree.
        """
        folder = self.folder(name)
        with self._lock:
            if name not in self._models:
                self._models[name] = load_model(folder, self._num_threads)
            return self._models[name]
