"""Thresholds that people chose: a log with who and when, of which the latest holds."""

from datetime import UTC, datetime

import pytest

from core.errors import ConfigError
from core.store import Store


def test_the_latest_choice_of_a_label_holds_and_all_are_kept(store: Store) -> None:
    before = datetime.now(UTC)
    assert store.choose_thresholds("topcap", "aa", {"cap": 0.4, "gap": 0.5}, rule="best F1", writer="person:ann") == 2
    assert store.choose_thresholds("topcap", "aa", {"cap": 0.4, "gap": 0.6}, rule="by hand", writer="person:bo") == 1
    assert store.choose_thresholds("topcap", "bb", {"cap": 0.9}, rule="best F1", writer="person:ann") == 1
    held = store.chosen_thresholds()
    assert [(c.version, c.label, c.threshold, c.writer) for c in held] == [
        ("aa", "cap", 0.4, "person:ann"),
        ("aa", "gap", 0.6, "person:bo"),
        ("bb", "cap", 0.9, "person:ann"),
    ]
    history = store.threshold_history("topcap", "aa")
    assert [(c.label, c.threshold, c.rule) for c in history] == [
        ("cap", 0.4, "best F1"),
        ("gap", 0.5, "best F1"),
        ("gap", 0.6, "by hand"),
    ]
    assert before <= history[0].chosen_at <= datetime.now(UTC)


def test_going_back_to_the_shipped_one_is_a_choice_too(store: Store) -> None:
    store.choose_thresholds("topcap", "aa", {"cap": 0.4}, rule="best F1", writer="person:ann")
    assert store.choose_thresholds("topcap", "aa", {"cap": None}, rule="back", writer="person:ann") == 1
    assert store.chosen_thresholds() == ()
    assert store.choose_thresholds("topcap", "aa", {"cap": None}, rule="back", writer="person:ann") == 0
    assert [c.threshold for c in store.threshold_history("topcap", "aa")] == [0.4, None]


@pytest.mark.parametrize(
    ("threshold", "writer", "words"),
    [(float("nan"), "person:ann", "threshold of cap: expected a finite number"), (0.5, "ann", "writer: expected")],
)
def test_what_is_no_threshold_is_refused(store: Store, threshold: float, writer: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        store.choose_thresholds("topcap", "aa", {"cap": threshold}, rule="", writer=writer)
    assert store.threshold_history("topcap", "aa") == ()
