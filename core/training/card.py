"""The model card: what a version is for, how it was made, how good it is, in Markdown."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from core.training.config import TrainConfig
from core.training.sections import FitSection

_NAMES = {
    "accuracy": "accuracy",
    "macro_f1": "macro F1",
    "ece": "expected calibration error",
    "coverage": "coverage of 90 % sets or intervals",
    "refused_without_object": "photos without a pole refused",
    "refused_with_object": "photos with a pole wrongly refused",
    "map": "mean average precision",
    "map_50": "mAP at IoU 0.5",
    "mae": "mean absolute error",
    "rmse": "root mean square error",
}


def write_card(config: TrainConfig, counts: Mapping[str, int], measured: Mapping[str, Any], hours: float) -> str:
    """Card of a freshly trained version; ``gridlens evaluate`` adds what it is worth elsewhere.

    Args:
        config: the run.
        counts: photos in ``train``, ``validation`` and ``test``.
        measured: metrics on the test photos.
        hours: wall-clock time of fitting.
    """
    model = config.model
    lines = [
        f"# {model.title} ({model.name}-v{model.number})",
        "",
        model.summary,
        "",
        "## Made from",
        "",
        f"- Network: {model.backbone}, {_start(config)}; input {model.input_px} px.",
        f"- Photos: {counts['train']} to fit, {counts['validation']} to stop and calibrate, {counts['test']} held out.",
        f"- {_recipe(config.fit)}, {hours:.2f} h on {os.cpu_count()} CPU cores.",
        *_taught_besides(config),
        *_mix(config),
        "",
        "```",
        *config.data.commands,
        f"gridlens train {config.path.as_posix()}",
        "```",
        "",
        "## On held-out photos",
        "",
        "| measure | value |",
        "|---|---|",
        *[f"| {_NAMES[k]} | {measured[k]:.4f} |" for k in _NAMES if k in measured],
        *_label_table(measured.get("per_label", {})),
        "",
        "## Limits",
        "",
        model.limits,
        "",
    ]
    return "\n".join(lines)


def _start(config: TrainConfig) -> str:
    model, fit = config.model, config.fit
    if fit.learn == "scratch" or not model.pretrained:
        return "learned from random weights"
    start = model.pretrained.removeprefix("model:")
    source = f"weights of {start}" if start != model.pretrained else "ImageNet weights"
    moved = f"from layer {fit.learn_from} on" if fit.learn_from else "throughout"
    return f"{source}, " + ("head learned on a frozen trunk" if fit.learn == "frozen" else f"fine-tuned {moved}")


def _recipe(fit: FitSection) -> str:
    average = f", running mean of weights at {fit.average:g}" if fit.average else ""
    rule = f"{fit.optimizer} at {fit.learning_rate:g}"
    return f"Seed {fit.seed}, up to {fit.epochs} epochs, batch {fit.batch_size}, {rule}{average}"


def _taught_besides(config: TrainConfig) -> list[str]:
    lines = []
    if config.data.also_learn:
        names = ", ".join(config.data.also_learn)
        lines.append(f"- While fitting, the network also learned {names}; those outputs are not in the model.")
    if config.data.masks:
        lines.append(f"- While fitting, {config.data.masks} masks taught the head where to look.")
    if config.data.balance != "none":
        lines.append(f"- Classes balanced by {config.data.balance.replace('_', ' ')}.")
    return lines


def _mix(config: TrainConfig) -> list[str]:
    if not config.fit.field_shares:
        return []
    shares = ", ".join(f"{label} {share:.0%}" for label, share in config.fit.field_shares.items())
    return [
        f"- After fitting, probabilities were moved to the mix expected in the field ({shares}; Saerens et al. 2002). "
        "The figures below are at the photos' own mix, so the rare kinds look worse there."
    ]


def _label_table(per_label: Mapping[str, Mapping[str, float]]) -> list[str]:
    if not per_label:
        return []
    columns = list(next(iter(per_label.values())))
    head = ["", f"| label | {' | '.join(columns)} |", "|---" * (len(columns) + 1) + "|"]
    return head + [
        f"| {label} | " + " | ".join(f"{v:.3f}" if isinstance(v, float) else str(v) for v in row.values()) + " |"
        for label, row in per_label.items()
    ]
