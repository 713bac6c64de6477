"""Losses, written with ``keras.ops`` so that every Keras backend can use them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from keras import ops


def centre_loss(label_count: int) -> Callable[[Any, Any], Any]:
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
