"""Which method and layer a model's explanations are read with by default: what measured best.

``explanations.json`` lies beside the model's weights. It holds for the version that it names, and only for it.
"""

from __future__ import annotations

import json
from typing import Any

from core.errors import ModelError
from core.explain.methods import METHODS
from core.explain.subject import Subject
from core.runtime.model_config import ModelFolder

FILE_NAME = "explanations.json"
_UNMEASURED_DETECTOR = "layercam"
_UNMEASURED = "cam"
_FOREIGN = "gradcam"


def stored_choice(folder: ModelFolder) -> dict[str, Any] | None:
    """What ``core.services.explain_choice`` wrote for this version; None where nothing was measured for it.

    Raises:
        ModelError: the file is no choice.
    """
    path = folder.path / FILE_NAME
    if not path.is_file():
        return None
    try:
        values: dict[str, Any] = json.loads(path.read_text())
        known = values["method"] in METHODS and isinstance(values["layer"], str)
        version = values["version"]
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        raise ModelError(f"{path}: expected version, method and layer, got {error!r}; measure again") from error
    if not known:
        raise ModelError(f"{path}: expected a known method, got {values['method']!r}; measure again")
    return values if version == folder.version else None


def default_choice(subject: Subject) -> tuple[str, str | None]:
    """(method, layer) to begin with; the layer is None where the engine's own default is meant."""
    if subject.folder is None:
        return _FOREIGN, None
    values = stored_choice(subject.folder)
    if values is not None:
        return values["method"], values["layer"]
    return (_UNMEASURED_DETECTOR if subject.family == "detection" else _UNMEASURED), None
