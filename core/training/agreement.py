"""Whether a config's settings go together: each rule with the sentence that a person gets when it is broken."""

from __future__ import annotations

from pathlib import Path

from core.errors import ConfigError
from core.training.sections import DataSection, FitSection, ModelSection


def check_agreement(path: Path, model: ModelSection, data: DataSection, fit: FitSection) -> None:
    """Check settings that depend on each other, and numbers that have limits.

    Raises:
        ConfigError: naming the file and the first broken rule.
    """
    for rules in (_limits(model, data, fit), _family_rules(model, data, fit), _learning_rules(model, data, fit)):
        for holds, sentence in rules:
            if not holds:
                raise ConfigError(f"{path}: {sentence}")


def _limits(model: ModelSection, data: DataSection, fit: FitSection) -> list[tuple[bool, str]]:
    shares = data.splits
    return [
        (bool(data.train), "[data] train: expected at least one CSV, got none"),
        (
            len(set(model.classes)) == len(model.classes) > 0,
            f"[model] labels: expected different ones, got {model.classes}",
        ),
        (fit.epochs >= 1, f"[fit] epochs: expected at least 1, got {fit.epochs}"),
        (fit.batch_size >= 1, f"[fit] batch_size: expected at least 1, got {fit.batch_size}"),
        (fit.learning_rate > 0, f"[fit] learning_rate: expected more than 0, got {fit.learning_rate}"),
        (0 <= fit.average < 1, f"[fit] average: expected 0 to under 1, got {fit.average}"),
        (0 <= fit.dropout < 1, f"[fit] dropout: expected 0 to under 1, got {fit.dropout}"),
        (fit.patience >= 0, f"[fit] patience: expected 0 or more, got {fit.patience}"),
        (0 < data.share <= 1, f"[data] share: expected over 0 to 1, got {data.share}"),
        (0 < data.validation_share < 1, f"[data] validation_share: expected 0 to 1, got {data.validation_share}"),
        (
            min(shares) > 0 and abs(sum(shares) - 1) < 1e-6,
            f"[data] splits: expected three shares over 0 that sum to 1, got {list(shares)}",
        ),
        (data.folds == 0 or data.folds > 1, f"[data] folds: expected 0 or at least 2, got {data.folds}"),
    ]


def _family_rules(model: ModelSection, data: DataSection, fit: FitSection) -> list[tuple[bool, str]]:
    classifies, measures = model.family == "classification", model.family == "regression"
    head_fits = model.head in (("", "centre") if model.family == "detection" else ("", "pooled", "attended"))
    value = "low under high"
    low, high = model.value_range or (0.0, 1.0)
    return [
        (head_fits, f"[model] head: {model.head!r} does not fit family {model.family!r}"),
        (classifies or not model.multi_label, f"[model] multi_label: expected false for {model.family}"),
        (
            not (model.multi_label and model.reject_label),
            "[model] multi_label: expected no reject_label with it; a photo may have none of the labels",
        ),
        (classifies or data.balance == "none", f'[data] balance: expected "none" for {model.family}'),
        (
            not (model.multi_label and data.balance != "none"),
            '[data] balance: expected "none" where a photo may carry several labels',
        ),
        (
            not (model.multi_label and fit.field_shares),
            "[fit] field_shares: expected none where a photo may carry several labels",
        ),
        (measures or not fit.loss, f'[fit] loss: expected "" for {model.family}, got {fit.loss!r}'),
        (low < high, f"[model] value_range: expected {value}, got {[low, high]}"),
        (
            fit.loss == "margin_mae" or fit.margin == 0,
            f'[fit] margin: expected loss = "margin_mae" with it, got {fit.loss!r}',
        ),
        (fit.margin >= 0, f"[fit] margin: expected 0 or more, got {fit.margin}"),
        (fit.huber_delta > 0, f"[fit] huber_delta: expected more than 0, got {fit.huber_delta}"),
    ]


def _learning_rules(model: ModelSection, data: DataSection, fit: FitSection) -> list[tuple[bool, str]]:
    return [
        (not data.masks or model.head == "attended", '[data] masks: expected [model] head = "attended" with it'),
        (
            fit.learn != "frozen" or bool(model.pretrained),
            '[fit] learn = "frozen": expected [model] pretrained weights, got none',
        ),
        (
            not fit.learn_from or fit.learn == "whole",
            f'[fit] learn_from: expected learn = "whole" with it, got {fit.learn!r}',
        ),
    ]
