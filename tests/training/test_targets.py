"""What the detector is taught, worked out by hand; and the round trip through the runtime's decoder."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.runtime.boxes import cell_boxes, local_maxima
from core.training.targets import STRIDE_PX, centre_targets


def _target(*boxes: tuple[float, float, float, float], labels: list[int] | None = None) -> np.ndarray:
    return centre_targets(np.array(boxes, dtype=float).reshape(-1, 4), np.array(labels or [0] * len(boxes)), 2, 64, 64)


def test_one_box_by_hand():
    target = _target((16, 24, 40, 40), labels=[1])  # centre (28, 32) lies in column 3, row 4
    assert target.shape == (8, 8, 8)
    assert target[4, 3, 1] == 1.0
    assert target[..., 0].max() == 0.0
    # Cell centre (28, 36): 12 px to the left side, 12 up, 12 right, 4 down, in strides of 8.
    np.testing.assert_allclose(target[4, 3, 2:6], [1.5, 1.5, 1.5, 0.5])
    assert target[..., 7].min() == 1.0


def test_no_box_gives_an_empty_map_that_still_counts():
    target = _target()
    assert target[..., :7].max() == 0.0
    assert target[..., 7].min() == 1.0


def test_a_box_mostly_out_of_frame_is_ignored_not_taught_as_background():
    target = _target((-30, 10, 10, 30))
    assert target[..., :2].max() == 0.0
    assert target[1, 0, 7] == 0.0
    assert target[6, 6, 7] == 1.0


@settings(max_examples=60, deadline=None)
@given(st.floats(8, 40), st.floats(8, 40), st.floats(12, 24), st.floats(12, 24), st.integers(0, 1))
def test_the_runtime_decodes_the_target_back_into_the_box(x, y, width, height, label):
    target = _target((x, y, x + width, y + height), labels=[label])
    cells = local_maxima(np.ascontiguousarray(target[..., :2]), 0.999)
    boxes = cell_boxes(np.ascontiguousarray(target[..., 2:6]), cells, STRIDE_PX)
    assert cells[0, 2] == label
    np.testing.assert_allclose(boxes[0], [x, y, x + width, y + height], atol=1e-3)


def test_labels_share_a_frame():
    target = _target((0, 0, 16, 16), (40, 40, 60, 60), labels=[0, 1])
    assert target[1, 1, 0] == 1.0
    assert target[6, 6, 1] == 1.0
    assert target[6, 6, 0] == pytest.approx(0.0, abs=1e-6)
