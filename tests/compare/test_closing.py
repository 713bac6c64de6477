"""How much of a gap a change closes: known answers on Gaussians."""

import math

import numpy as np
import pytest

from core.compare.closing import closings
from core.errors import ConfigError
from core.metrics.distances import kernel_mmd


def _set(count, seed, mean=0.0):
    return {"one": np.random.default_rng(seed).normal(mean, 1, (count, 4))}


def test_the_whole_gap_half_of_it_and_none_are_told_apart():
    field, base = _set(60, 1), _set(40, 2, mean=1.0)
    trials = {
        "all": {"one": base["one"] - 1.0},
        "some": {"one": base["one"] - 0.4},
        "nothing": {"one": base["one"].copy()},
        "wrong way": {"one": base["one"] + 0.5},
    }
    gap, found = closings(field, base, trials)
    assert gap == pytest.approx(kernel_mmd(base["one"], field["one"]))
    assert found["all"].share == pytest.approx(1, abs=0.1)
    assert 0.3 < found["some"].share < found["all"].share
    assert (found["nothing"].share, found["nothing"].low, found["nothing"].high) == (0, 0, 0)
    assert found["wrong way"].high < 0
    assert [found[name].is_sure for name in trials] == [True, True, False, False]
    assert found["some"].low <= found["some"].share <= found["some"].high
    nothing_to_close = closings(field, field | {"one": field["one"][:40]}, {"t": {"one": field["one"][:40]}})[1]["t"]
    assert math.isnan(nothing_to_close.share)
    assert not nothing_to_close.is_sure


def test_a_change_that_does_nothing_is_rarely_sure():
    # Each scene moves by chance alone: at 95 % two-sided about one in forty says that it closes something.
    sure = 0
    for seed in range(40):
        field, base = _set(30, seed, mean=0.8), _set(24, 1000 + seed)
        noise = np.random.default_rng(2000 + seed).normal(0, 0.3, base["one"].shape)
        trial = {"one": (base["one"] + noise) / math.sqrt(1.09)}  # moved, and no wider than before
        sure += closings(field, base, {"moved": trial})[1]["moved"].is_sure
    assert sure <= 6


def test_layers_count_by_what_they_differ_by():
    field = {"near": np.zeros((12, 1)) + np.arange(12)[:, None], "far": np.arange(12.0)[:, None]}
    base = {"near": field["near"] + 0.0, "far": field["far"] + 30}
    trial = {"near": base["near"], "far": field["far"]}
    assert closings(field, base, {"t": trial})[1]["t"].share > 0.95


def test_few_photos_have_no_interval_and_other_scenes_are_refused():
    _, found = closings(_set(9, 1), _set(20, 2, mean=1), {"t": _set(20, 3)})
    assert math.isfinite(found["t"].share)
    assert math.isnan(found["t"].low)
    assert not found["t"].is_sure
    with pytest.raises(ConfigError, match=r"received 9 and \[19, 20\]"):
        closings(_set(9, 1), _set(20, 2), {"t": _set(19, 3)})
    with pytest.raises(ConfigError, match=r"received 1 and \[20\]"):
        closings(_set(1, 1), _set(20, 2), {"t": _set(20, 3)})
