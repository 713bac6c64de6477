"""Keras and Mitsuba in one process: what segfaulted works, and what would segfault is refused."""

import subprocess
import sys

import pytest

BOTH = """
import numpy as np
from core.networks import Architecture, build
network = build(Architecture("mobilenet_v2", "pooled", 3, 32, 32))
network(np.zeros((1, 32, 32, 3), np.float32))
from core.render.shackles import render_shackle
print("rendered", render_shackle(0, size_px=32, samples=1).image_hwc.shape)
"""
TENSORFLOW_FIRST = """
import tensorflow
from core.errors import RenderError
from core.render.shackles import render_shackle
try:
    render_shackle(0, size_px=32, samples=1)
except RenderError as error:
    print("refused:", error)
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("script", "expected"),
    [(BOTH, "rendered (32, 32, 3)"), (TENSORFLOW_FIRST, "refused: expected Mitsuba to be loaded before TensorFlow")],
)
def test_keras_and_mitsuba_in_one_process(script, expected):
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-500:]
    assert expected in done.stdout
