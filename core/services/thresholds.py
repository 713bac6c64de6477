"""From which confidence a finding counts, and which of two that contradict each other is shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from core.runtime.boxes import overlap_fractions
from core.runtime.model_config import ModelFolder
from core.store import ChosenThreshold
from core.types import Finding

Thresholds = Mapping[str, Mapping[str, float]]
"""Model name → label → confidence, 0 to 1, from which a finding counts."""

DEFAULT_THRESHOLD = 0.5  # for a label that the model's config does not mention
SAME_PLACE_OVERLAP = 0.5


def shipped_thresholds(folders: Mapping[str, ModelFolder]) -> dict[str, dict[str, float]]:
    """The thresholds chosen when the models were trained, by model name and label."""
    return {
        name: {label: folder.config.thresholds.get(label, DEFAULT_THRESHOLD) for label in folder.config.labels}
        for name, folder in folders.items()
    }


def thresholds_in_force(
    folders: Mapping[str, ModelFolder], shipped: Thresholds, chosen: Iterable[ChosenThreshold]
) -> dict[str, dict[str, float]]:
    """The shipped thresholds, with what people chose for exactly these model versions and labels instead."""
    held = {model: dict(labels) for model, labels in shipped.items()}
    for choice in chosen:
        folder = folders.get(choice.model)
        if folder is None or folder.version != choice.version or choice.label not in held.get(choice.model, {}):
            continue
        if choice.threshold is not None:
            held[choice.model][choice.label] = choice.threshold
    return held


def threshold_of(finding: Finding, thresholds: Thresholds) -> float:
    """The confidence from which this finding counts."""
    return thresholds.get(finding.model, {}).get(finding.label, DEFAULT_THRESHOLD)


def shown_findings(findings: Iterable[Finding], thresholds: Thresholds) -> tuple[Finding, ...]:
    """What a person should see: values as they are, boxes and single labels from their threshold on.

    The one class of a photo is always an answer; under its threshold it is an unsure one, between the two best.

    Where two labels claim one place (a cap that is both there and missing), the one that clears its own
    threshold by more is shown; the other's score stays in its ``probabilities``.

    Args:
        findings: all findings of one photo, as stored (boxes down to the storage floor).
        thresholds: by model and label.

    Returns:
        Classes and values first in their order, then boxes, the clearest first.
    """
    everything = tuple(findings)
    whole_photo = tuple(_doubted(f, thresholds) for f in everything if f.kind != "box" and _is_clear(f, thresholds))
    margins = [(_margin(finding, thresholds), finding) for finding in everything if finding.kind == "box"]
    clear = [finding for _, finding in sorted((m for m in margins if m[0] >= 0), key=lambda m: -m[0])]
    return whole_photo + tuple(clear[index] for index in _one_a_place(clear))


def _one_a_place(boxes: Sequence[Finding]) -> list[int]:
    """Indices of boxes that no earlier kept box of the same model lies on; one matrix, for there may be hundreds."""
    if not boxes:
        return []
    corners = np.array([finding.box_xyxy_px for finding in boxes], dtype=np.float32)
    models = np.array([finding.model for finding in boxes])
    same_place = (overlap_fractions(corners, corners) >= SAME_PLACE_OVERLAP) & (models[:, None] == models)
    kept: list[int] = []
    for index in range(len(boxes)):
        if not same_place[index, kept].any():
            kept.append(index)
    return kept


def _is_clear(finding: Finding, thresholds: Thresholds) -> bool:
    """Whether an answer about the whole photo is shown; one that is not recognised says so itself."""
    return not finding.stands_alone or not finding.recognised or _margin(finding, thresholds) >= 0


def _doubted(finding: Finding, thresholds: Thresholds) -> Finding:
    """The one class of a photo under its threshold: its set holds the next best label too, and so it is unsure."""
    is_sure = finding.kind != "class" or finding.stands_alone or len(finding.prediction_set) > 1
    if is_sure or not finding.recognised or len(finding.probabilities) < 2 or _margin(finding, thresholds) >= 0:
        return finding
    best_two = sorted(finding.probabilities, key=lambda label: -finding.probabilities[label])[:2]
    return replace(finding, prediction_set=tuple(best_two))


def _margin(finding: Finding, thresholds: Thresholds) -> float:
    return (finding.confidence or 0.0) - threshold_of(finding, thresholds)
