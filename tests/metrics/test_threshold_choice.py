"""Best F1, recall at least, cheapest: by hand and by trying every threshold."""

import numpy as np
import pytest

from core.errors import ConfigError
from core.metrics.curves import score_curve
from core.metrics.threshold_choice import Costs, best_f1, cheapest, cost_curve, recall_at_least

SCORES = np.array([0.9, 0.8, 0.7, 0.6, 0.5])
TRUE = np.array([True, False, True, False, True])
CURVE = score_curve("cap", SCORES, TRUE, 4)


def test_by_hand():
    assert best_f1(CURVE).point.threshold == 0.5  # 6 / 9 against 4 / 7 at 0.7 and 2 / 5 at 0.9
    assert recall_at_least(CURVE, 0.5).point.threshold == 0.7
    assert recall_at_least(CURVE, 0.25).point.needless == 0
    # 10 a miss, 1 a needless visit: at 0.5 one miss and two visits.
    choice = cheapest(CURVE, Costs(10, 1))
    assert (choice.point.threshold, choice.cost) == (0.5, 12)
    assert cost_curve(CURVE, Costs(10, 1, visit=2)).tolist() == [12 + 10, 22 + 8, 21 + 6, 31 + 4, 30 + 2]


def test_never_to_answer_may_be_cheapest():
    choice = cheapest(CURVE, Costs(missed_fault=1, needless_visit=1, visit=5))
    assert choice.cost == 4
    assert choice.point.threshold > 0.9
    assert (choice.point.found, choice.point.needless) == (0, 0)


@pytest.mark.parametrize("seed", range(5))
def test_no_other_threshold_is_better(seed):
    rng = np.random.default_rng(seed)
    scores = np.round(rng.random(300), 2)
    curve = score_curve("x", scores, rng.random(300) < scores, 300)
    costs = Costs(3.0, 1.0, 0.1)
    points = [curve.at(value) for value in [*np.unique(scores), 2.0]]
    each = [3.0 * p.missed + p.needless + 0.1 * (p.found + p.needless) for p in points]
    assert cheapest(curve, costs).cost == pytest.approx(min(each))
    assert best_f1(curve).point.f1 == max(p.f1 for p in points)
    enough = [p for p in points if p.recall >= 0.4]
    assert recall_at_least(curve, 0.4).point.threshold == max(p.threshold for p in enough)


def test_what_cannot_be_chosen_is_said():
    with pytest.raises(ConfigError, match=r"cap: expected a threshold with recall 0.8; the highest is 0.750 at 0.500"):
        recall_at_least(CURVE, 0.8)
    with pytest.raises(ConfigError, match="the highest is undefined without truth"):
        recall_at_least(score_curve("cap", SCORES, np.zeros(5, bool), 0), 0.5)
    for choose in (best_f1, lambda c: cheapest(c, Costs(1, 1))):
        with pytest.raises(ConfigError, match="cap: expected at least one answer to choose a threshold from"):
            choose(score_curve("cap", np.zeros(0), np.zeros(0, bool), 3))
    with pytest.raises(ConfigError, match="costs: expected numbers of at least 0"):
        Costs(-1, 1)
