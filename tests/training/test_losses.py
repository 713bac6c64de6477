"""Losses worked out by hand, and an oracle for the attention's."""

import numpy as np
import pytest

from core.training.sections import FitSection


def _value_loss(name: str, **settings: float) -> np.ndarray:
    from core.training.losses import value_loss

    loss = value_loss(FitSection(loss=name, **settings))
    target, answer = np.array([[0.0], [0.5], [1.0]], np.float32), np.array([[0.1], [0.5], [0.6]], np.float32)
    return np.asarray(loss(target, answer))


@pytest.mark.parametrize(
    ("name", "settings", "expected"),
    [
        ("", {}, [0.1, 0.0, 0.4]),
        ("mae", {}, [0.1, 0.0, 0.4]),
        ("mse", {}, [0.01, 0.0, 0.16]),
        ("huber", {"huber_delta": 0.2}, [0.005, 0.0, 0.2 * (0.4 - 0.1)]),
        ("margin_mae", {"margin": 0.3}, [0.0, 0.0, 0.1]),
    ],
)
def test_value_losses_by_hand(name, settings, expected):
    np.testing.assert_allclose(_value_loss(name, **settings), expected, atol=1e-6)


def test_class_cross_entropy_by_hand():
    from core.training.losses import class_cross_entropy

    logits = np.log(np.array([[0.7, 0.2, 0.1]], np.float32))
    loss = class_cross_entropy(3, 0.0)(np.array([[1.0]]), logits)
    np.testing.assert_allclose(np.asarray(loss), [-np.log(0.2)], rtol=1e-5)


def test_label_cross_entropy_by_hand():
    from core.training.losses import label_cross_entropy

    logits = np.array([[0.0, np.log(3)]], np.float32)  # sigmoid: 1/2 and 3/4
    loss = label_cross_entropy(0.0)(np.array([[1.0, 0.0]], np.float32), logits)
    np.testing.assert_allclose(np.asarray(loss), [(np.log(2) + np.log(4)) / 2], rtol=1e-5)


def test_attention_loss_is_cross_entropy_over_space_and_nothing_without_an_object():
    from scipy.special import log_softmax

    from core.training.losses import attention_loss

    rng = np.random.default_rng(0)
    logits = rng.normal(size=(2, 3, 4, 1)).astype(np.float32)
    mask = rng.random((2, 3, 4, 1)).astype(np.float32)
    mask /= mask.sum(axis=(1, 2, 3), keepdims=True)
    mask[1] = 0
    expected = -(mask[0].ravel() * log_softmax(logits[0].ravel())).sum()
    np.testing.assert_allclose(np.asarray(attention_loss(mask, logits)), [expected, 0.0], rtol=1e-5)
