"""Rules of descent, and the learning rate over a run."""

from __future__ import annotations

from typing import Any

import keras

from core.training.sections import FitSection

_CLIP_NORM = 5.0
_MOMENTUM = 0.9


def make_optimizer(fit: FitSection, steps_per_epoch: int) -> Any:
    """The optimiser of a config, its rate rising over one epoch and falling along a cosine after it.

    With ``fit.average`` it also keeps the running mean of the weights (Polyak and Juditsky 1992).
    """
    schedule = keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=fit.learning_rate / 20,
        decay_steps=max(steps_per_epoch * (fit.epochs - 1), 1),
        alpha=0.02,
        warmup_target=fit.learning_rate,
        warmup_steps=steps_per_epoch,
    )
    shared: dict[str, Any] = {"learning_rate": schedule, "clipnorm": _CLIP_NORM}
    if fit.average:
        shared |= {"use_ema": True, "ema_momentum": fit.average}
    if fit.optimizer == "adamw":
        return keras.optimizers.AdamW(weight_decay=fit.weight_decay, **shared)
    if fit.optimizer == "sgd":
        return keras.optimizers.SGD(momentum=_MOMENTUM, nesterov=True, **shared)
    plain = {
        "adam": keras.optimizers.Adam,
        "adadelta": keras.optimizers.Adadelta,
        "rmsprop": keras.optimizers.RMSprop,
    }
    return plain[fit.optimizer](**shared)
