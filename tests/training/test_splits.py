"""Splits: sizes by hand, groups never apart, seeds repeat, a CSV's own column wins."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import ConfigError
from core.training.examples import Example
from core.training.sections import DataSection
from core.training.splits import divide, fold_parts, split_data, take_share

NONE = np.zeros((0, 4)), np.zeros(0, dtype=np.int64)


def _photos(*labels: int, group: str = "", split: str = "", start: int = 0) -> list[Example]:
    return [
        Example(Path(f"{start + i}.jpg"), label, float("nan"), *NONE, split=split, group=group)
        for i, label in enumerate(labels)
    ]


def _values(*values: float) -> list[Example]:
    return [Example(Path(f"{i}.jpg"), -1, v, *NONE) for i, v in enumerate(values)]


def test_parts_are_stratified_to_the_photo():
    parts = divide(_photos(*[0] * 40, *[1] * 10), (0.6, 0.2, 0.2), seed=3)
    assert [[sum(e.label == k for e in part) for k in (0, 1)] for part in parts] == [[24, 6], [8, 2], [8, 2]]


def test_values_are_stratified_by_deciles():
    train, rest = divide(_values(*np.linspace(0, 1, 100)), (0.8, 0.2), seed=0)
    assert [sum(0.1 * d <= e.value < 0.1 * d + 0.1 for e in rest) for d in range(1, 9)] == [2] * 8
    assert len(train) == 80


def test_the_same_seed_divides_the_same_way_and_another_differs():
    photos = _photos(*[0, 1] * 30)
    first, again, other = (divide(photos, (0.5, 0.5), seed=s)[0] for s in (1, 1, 2))
    assert [e.path for e in first] == [e.path for e in again] != [e.path for e in other]


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 2), st.sampled_from(["", "p1", "p2", "p3", "p4"])), min_size=1, max_size=60),
    st.integers(0, 9),
)
def test_no_photo_is_lost_and_no_group_is_parted(rows, seed):
    photos = [
        Example(Path(f"{i}.jpg"), label, float("nan"), *NONE, group=group) for i, (label, group) in enumerate(rows)
    ]
    parts = divide(photos, (0.6, 0.2, 0.2), seed)
    assert sorted(e.path for part in parts for e in part) == sorted(e.path for e in photos)
    sides = [{e.group for e in part} - {""} for part in parts]
    assert len(set().union(*sides)) == sum(len(side) for side in sides)


def test_sixty_twenty_twenty_where_there_is_no_test_list():
    parts = split_data(DataSection(train=("a.csv",)), _photos(*[0, 1] * 50), [], seed=1)
    assert parts.counts == {"train": 60, "validation": 20, "test": 20}


def test_a_csv_s_own_split_wins():
    learn = [
        *_photos(0, 0, split="train"),
        *_photos(0, split="validation", start=2),
        *_photos(0, split="test", start=3),
    ]
    parts = split_data(DataSection(train=("a.csv",)), learn, [], seed=1)
    assert [[e.path.stem for e in p] for p in (parts.train, parts.validation, parts.test)] == [["0", "1"], ["2"], ["3"]]


def test_with_a_test_list_rows_marked_for_testing_are_not_learned_from():
    learn = [*_photos(*[0] * 10), *_photos(0, split="test", start=50)]
    test = [*_photos(0, 0, start=90), *_photos(0, split="train", start=95)]
    data = DataSection(train=("a.csv",), test=("b.csv",), validation_share=0.2)
    parts = split_data(data, learn, test, seed=1)
    assert parts.counts == {"train": 8, "validation": 2, "test": 2}
    assert "50" not in {e.path.stem for e in parts.train + parts.validation}
    assert {e.path.stem for e in parts.test} == {"90", "91"}


def test_an_empty_part_is_named():
    with pytest.raises(ConfigError, match="received none in test"):
        split_data(DataSection(train=("a.csv",)), _photos(*[0] * 20, split="train"), [], seed=1)


def test_folds_measure_every_photo_once_and_keep_groups():
    photos = [*_photos(*[0, 1] * 10), *_photos(0, 0, 0, group="pole", start=40)]
    folds = fold_parts(photos, 4, validation_share=0.2, seed=0)
    assert sorted(e.path for fold in folds for e in fold.test) == sorted(e.path for e in photos)
    for fold in folds:
        everyone = [e.path for part in (fold.train, fold.validation, fold.test) for e in part]
        assert sorted(everyone) == sorted(e.path for e in photos)
        assert sum(any(e.group for e in part) for part in (fold.train, fold.validation, fold.test)) == 1
    assert sorted(len(fold.test) for fold in folds) == [5, 6, 6, 6]
    with pytest.raises(ConfigError, match="at least 30 photos"):
        fold_parts(photos, 30, validation_share=0.2, seed=0)


def test_a_share_keeps_the_mix():
    taken = take_share(_photos(*[0] * 80, *[1] * 20), 0.1, seed=0)
    assert [sum(e.label == k for e in taken) for k in (0, 1)] == [8, 2]
    assert take_share(taken, 1.0, seed=0) is taken
