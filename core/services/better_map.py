"""Whether a method measured better than the map that comes with every prediction; light, since Inspect asks it."""

from __future__ import annotations

from core.runtime.model_config import ModelFolder


def has_better_map(folder: ModelFolder) -> bool:
    """Whether a method measured better than the map that comes with every prediction.

    False for detectors as well: theirs says where all boxes are, a method's map is of one box.

    Raises:
        ModelError: the stored choice is none.
    """
    from core.explain.defaults import stored_choice

    values = stored_choice(folder)
    return folder.config.family != "detection" and values is not None and values["method"] != "cam"
