"""What an answer is worth for the target: the number that perturbation methods and scores compare."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.explain.subject import Subject
from core.explain.target import Target, all_cell_boxes
from core.runtime.boxes import overlap_fractions
from core.runtime.calibration import sigmoid
from core.types import FloatImage


def worths(subject: Subject, target: Target, answers: FloatImage) -> NDArray[np.float64]:
    """The target's worth in each answer of a batch; higher says the target more clearly.

    Args:
        subject: the network.
        target: what is explained.
        answers: float32 (N, …).

    Returns:
        float64 (N,), times the target's sign: a class's probability (softmax, or sigmoid where several labels may
        hold); the value itself; for a chosen box the best overlap × score of all boxes (Petsiuk et al. 2021,
        equation 3); for any other place in a map the sigmoid of its number.
    """
    if target.box_xyxy is not None and subject.folder is not None:
        stride_px = subject.folder.config.stride_px or 8
        found = [_box_worth(answer, target, len(subject.labels), stride_px) for answer in answers]
        return target.sign * np.array(found, np.float64)
    chosen = np.array([answer[target.index] for answer in answers], np.float64)
    if subject.family == "regression":
        return target.sign * chosen
    if subject.family == "classification" and not (subject.folder and subject.folder.config.multi_label):
        if is_probability(answers):
            return target.sign * chosen
        powers = np.exp(answers.astype(np.float64) - answers.max(axis=1, keepdims=True))
        return np.asarray(target.sign * powers[:, target.index[0]] / powers.sum(axis=1), np.float64)
    return target.sign * np.asarray(sigmoid(chosen.astype(np.float32)), np.float64)


def is_probability(answers_nk: FloatImage) -> bool:
    """Whether answers (N, K) come out of a softmax already."""
    return bool((answers_nk >= 0).all() and np.allclose(answers_nk.sum(axis=1), 1, atol=1e-4))


def _box_worth(answer_hwk: FloatImage, target: Target, label_count: int, stride_px: int) -> float:
    assert target.box_xyxy is not None
    overlap = overlap_fractions(all_cell_boxes(answer_hwk, label_count, stride_px), target.box_xyxy[None])[:, 0]
    return float((overlap * sigmoid(answer_hwk[..., target.index[-1]].reshape(-1))).max())
