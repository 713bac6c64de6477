"""Take thresholds into use for a model version: noted with who and when, and photos judged by them at once."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from core.errors import ConfigError
from core.runtime.model_config import ModelFolder
from core.services.context import Context
from core.services.urgency import assess_urgency
from core.store import ChosenThreshold, PhotoFilter

DEFAULT_PERSON = "local"
_AT_ONCE = 1000  # photos a transaction: others can write in between
_HIGHEST = math.nextafter(1.0, 2.0)  # above every confidence: the label is never found


@dataclass(frozen=True, slots=True)
class ThresholdUse:
    """What a choice of thresholds did.

    Attributes:
        model, version: for which it was noted.
        changed: labels whose threshold is another now.
        is_installed: whether this is the version that inspects; other versions keep theirs for later.
        photos_judged: photos with findings of the model whose urgency was assessed again.
        photos_moved: of those, photos whose severity step is another now.
    """

    model: str
    version: str
    changed: int
    is_installed: bool
    photos_judged: int
    photos_moved: int


def use_thresholds(
    context: Context,
    model: str,
    thresholds: Mapping[str, float | None],
    *,
    rule: str,
    version: str | None = None,
    person: str = DEFAULT_PERSON,
    on_progress: Callable[[int, int], None] | None = None,
) -> ThresholdUse:
    """Keep thresholds with a model version; where that is the installed one, they hold from now on, everywhere.

    Args:
        context: store and models.
        model: its name.
        thresholds: label → 0 to 1; None goes back to the shipped one.
        rule: how they were chosen, in words.
        version: hash of the version; None for the installed one.
        person: who chooses.
        on_progress: called with (photos judged, photos in all).

    Raises:
        NotFoundError: no such model, and no version was given.
        ConfigError: a label is not the model's, it has no thresholds, or a threshold is outside 0 to 1.
        StoreError: the store cannot do it now.
    """
    folder = context.registry.folder(model) if version is None or model in context.registry else None
    installed = folder is not None and version in (None, folder.version)
    if folder is not None and installed:
        _check_labels(folder, thresholds)
    for label, threshold in thresholds.items():
        if threshold is not None and not 0 <= threshold <= _HIGHEST:
            raise ConfigError(f"threshold of {label}: expected 0 to 1, received {threshold}")
    named = version or (folder.version if folder else "")
    changed = context.store.choose_thresholds(model, named, thresholds, rule=rule, writer=f"person:{person}")
    judged, moved = _judge_again(context, folder, on_progress) if changed and installed and folder else (0, 0)
    return ThresholdUse(model, named, changed, installed, judged, moved)


def thresholds_document(context: Context) -> list[dict[str, Any]]:
    """JSON-ready: every installed model's labels with the threshold in force, the shipped one, and who chose it."""
    chosen = {(c.model, c.version, c.label): c for c in context.store.chosen_thresholds()}
    in_force = context.thresholds
    return [
        {
            "model": name,
            "number": folder.config.number,
            "version": folder.version,
            "label": label,
            "threshold": threshold,
            "shipped": context.shipped[name][label],
            **_who(chosen.get((name, folder.version, label))),
        }
        for name, folder in sorted(context.registry.folders.items())
        if folder.config.family != "regression"
        for label, threshold in in_force[name].items()
    ]


def _who(choice: ChosenThreshold | None) -> dict[str, Any]:
    if choice is None:
        return {"chosen_by": None, "chosen_at": None, "rule": None}
    return {"chosen_by": choice.writer, "chosen_at": choice.chosen_at.isoformat(), "rule": choice.rule}


def _check_labels(folder: ModelFolder, thresholds: Mapping[str, float | None]) -> None:
    if folder.config.family == "regression":
        raise ConfigError(f"{folder.config.name}: expected a model that finds labels; its answer is a value")
    if unknown := [label for label in thresholds if label not in folder.config.labels]:
        raise ConfigError(f"label: expected one of {', '.join(folder.config.labels)}, received {unknown[0]!r}")


def _judge_again(
    context: Context, folder: ModelFolder, on_progress: Callable[[int, int], None] | None
) -> tuple[int, int]:
    """Assess the urgency of every photo with findings of the model's labels, by the thresholds in force now."""
    store, thresholds = context.store, context.thresholds
    wanted = PhotoFilter(labels=folder.config.labels, order="name")
    total, judged, moved = store.count(wanted), 0, 0
    while judged < total:
        rows = store.photos(PhotoFilter(labels=wanted.labels, order="name", limit=_AT_ONCE, offset=judged))
        if not rows:
            break
        found = store.findings_of([row.photo.sha256 for row in rows])
        with store.transaction():
            for row in rows:
                urgency = assess_urgency(found[row.photo.sha256], thresholds)
                if (urgency.score, int(urgency.step)) != (row.urgency_score, row.urgency_step):
                    store.set_urgency(row.photo.sha256, urgency.score, int(urgency.step))
                    moved += int(urgency.step) != row.urgency_step
        judged += len(rows)
        if on_progress:
            on_progress(judged, total)
    return judged, moved
