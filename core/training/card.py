"""The model card: what a version is for, how it was made, how good it is, in Markdown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.training.config import TrainConfig

_NAMES = {
    "accuracy": "accuracy",
    "macro_f1": "macro F1",
    "ece": "expected calibration error",
    "coverage": "coverage of 90 % sets or intervals",
    "refused_without_object": "photos without a pole refused",
    "refused_with_object": "photos with a pole wrongly refused",
    "map_50": "mAP at IoU 0.5",
    "mae": "mean absolute error",
    "rmse": "root mean square error",
}


def write_card(config: TrainConfig, counts: Mapping[str, int], measured: Mapping[str, Any], hours: float) -> str:
    """Card of a freshly trained version; ``gridlens evaluate`` adds what it is worth elsewhere.

    Args:
        config: the run.
        counts: photos in ``train``, ``validation`` and ``test``.
        measured: metrics on the test renders.
        hours: wall-clock time of fitting.
    """
    model, fit = config.model, config.fit
    lines = [
        f"# {model.title} ({model.name}-v{model.number})",
        "",
        model.summary,
        "",
        "## Made from",
        "",
        f"- Network: {model.backbone}, ImageNet weights, fine-tuned throughout; input {model.input_px} px.",
        f"- Renders only: {counts['train']} to fit, {counts['validation']} to stop and calibrate, "
        f"{counts['test']} held out (other seeds). No field photo was used in fitting.",
        f"- Seed {fit.seed}, {fit.epochs} epochs, batch {fit.batch_size}, AdamW at {fit.learning_rate}, "
        f"{hours:.2f} h on two CPU cores.",
        *_mix(config),
        "",
        "```",
        *config.data.commands,
        f"gridlens train {config.path.as_posix()}",
        "```",
        "",
        "## On held-out renders",
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


def _mix(config: TrainConfig) -> list[str]:
    if not config.fit.field_shares:
        return []
    shares = ", ".join(f"{label} {share:.0%}" for label, share in config.fit.field_shares.items())
    return [
        f"- After fitting, probabilities were moved to the mix expected in the field ({shares}; Saerens et al. 2002). "
        "The figures on renders below are at the renders' own mix, so the rare kinds look worse there."
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
