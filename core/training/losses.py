"""Losses, written with ``keras.ops`` so that every Keras backend can use them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
from keras import ops

from core.training.sections import FitSection, ModelSection

Loss = Callable[[Any, Any], Any]
"""(target, answer) → loss of each photo, or of the whole batch."""


def loss_of(model: ModelSection, fit: FitSection) -> Loss:
    """The loss of a model family, as a config asks for it."""
    if model.family == "detection":
        return centre_loss(len(model.labels))
    if model.family == "regression":
        return value_loss(fit)
    if model.multi_label:
        return label_cross_entropy(fit.label_smoothing)
    return class_cross_entropy(len(model.classes), fit.label_smoothing)


def value_loss(fit: FitSection) -> Loss:
    """Loss of a regression, (batch, K) against (batch, K) → (batch,).

    ``mae`` |e|, ``mse`` e², ``huber`` (Huber 1964), ``margin_mae`` max(|e| − margin, 0) with e = ŷ − y.
    """

    def loss(target: Any, answer: Any) -> Any:
        error = ops.abs(answer - ops.cast(target, answer.dtype))
        if fit.loss == "mse":
            error = ops.square(error)
        elif fit.loss == "huber":
            delta = fit.huber_delta
            error = ops.where(error <= delta, 0.5 * ops.square(error), delta * (error - 0.5 * delta))
        elif fit.loss == "margin_mae":
            error = ops.maximum(error - fit.margin, 0.0)
        return ops.mean(error, axis=-1)

    return loss


def class_cross_entropy(class_count: int, label_smoothing: float) -> Loss:
    """Softmax cross-entropy of class numbers (batch, 1) or (batch,) with logits (batch, K) → (batch,)."""

    def loss(target: Any, logits: Any) -> Any:
        one_hot = ops.one_hot(ops.cast(ops.reshape(target, (-1,)), "int32"), class_count)
        return keras.losses.categorical_crossentropy(one_hot, logits, from_logits=True, label_smoothing=label_smoothing)

    return loss


def label_cross_entropy(label_smoothing: float) -> Loss:
    """Sigmoid cross-entropy of 0 and 1 (batch, K) with logits (batch, K), mean over labels → (batch,)."""

    def loss(target: Any, logits: Any) -> Any:
        return keras.losses.binary_crossentropy(target, logits, from_logits=True, label_smoothing=label_smoothing)

    return loss


def attention_loss(target: Any, logits: Any) -> Any:
    """Cross-entropy between a mask and the attention, softmax over space.

    Args:
        target: (batch, H', W', 1), sums to 1 over each photo; all 0 where no object is seen, which
            leaves that photo out.
        logits: (batch, H', W', 1).

    Returns:
        (batch,), at least the mask's own entropy.
    """
    count = logits.shape[1] * logits.shape[2]
    log_attention = ops.log_softmax(ops.reshape(logits, (-1, count)), axis=-1)
    return -ops.sum(ops.reshape(target, (-1, count)) * log_attention, axis=-1)


def centre_loss(label_count: int) -> Loss:
    """Loss of the stride-8 detector on ``centre_targets``.

    Penalty-reduced focal loss on the centre maps (Zhou et al. 2019, equation 1, α = 2, β = 4) plus
    −ln IoU of the boxes (Tian et al. 2019), each divided by the number of centres in the batch.
    """

    def loss(target: Any, answer: Any) -> Any:
        truth, keep = target[..., :label_count], target[..., label_count + 5 :]
        logits = answer[..., :label_count]
        log_p, log_not_p = -ops.softplus(-logits), -ops.softplus(logits)
        p = ops.sigmoid(logits)
        is_centre = ops.cast(truth > 0.999, logits.dtype)
        focal = is_centre * (1 - p) ** 2 * log_p + (1 - is_centre) * (1 - truth) ** 4 * p**2 * log_not_p
        centres = ops.maximum(ops.sum(is_centre), 1.0)
        weight = target[..., label_count + 4]
        sides = _iou_loss(target[..., label_count : label_count + 4], answer[..., label_count:])
        return -ops.sum(focal * keep) / centres + ops.sum(sides * weight) / ops.maximum(ops.sum(weight), 1.0)

    return loss


def _iou_loss(truth: Any, answer: Any) -> Any:
    """−ln IoU of boxes given by their distances from one point, (…, 4) → (…)."""
    shared = ops.minimum(truth, answer)
    inter = (shared[..., 0] + shared[..., 2]) * (shared[..., 1] + shared[..., 3])

    def area(d: Any) -> Any:
        return (d[..., 0] + d[..., 2]) * (d[..., 1] + d[..., 3])

    return -ops.log((inter + 1e-3) / (area(truth) + area(answer) - inter + 1e-3))
