"""Operations, by hand-computed answers and by properties."""

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.datasets import SPLITS, Dataset, DatasetRow
from core.datasets.allot import whole_targets
from core.datasets.combine import combine
from core.datasets.dealing import Sample, Split
from core.datasets.operations import Merge, Relabel, Remove
from core.errors import ConfigError, NotFoundError


def classes(*pairs: tuple[str, str]) -> Dataset:
    return Dataset("classification", tuple(DatasetRow(path, label) for path, label in pairs), Path())


BOX, OTHER = (0.0, 0.0, 10.0, 10.0), (20.0, 20.0, 30.0, 30.0)
POLES = classes(("in/a.jpg", "TREE"), ("in/b.jpg", "STEEL"), ("c.jpg", "STEEL"), ("d.jpg", ""))
CAPS = Dataset(
    "detection", (DatasetRow("a.jpg", "whole", BOX), DatasetRow("a.jpg", "missing", OTHER), DatasetRow("b.jpg")), Path()
)
VALUES = Dataset("regression", tuple(DatasetRow(f"{i:03}.jpg", value=i / 100) for i in range(100)), Path())


def pairs(dataset: Dataset) -> list[tuple[str, str]]:
    return [(row.path, row.label) for row in dataset.rows]


def test_remove_takes_photos_out_whole() -> None:
    assert pairs(Remove(labels=("STEEL",)).apply(POLES)) == [("in/a.jpg", "TREE"), ("d.jpg", "")]
    assert pairs(Remove(labels=("STEEL",), paths=("in/*",)).apply(POLES))[1] == ("c.jpg", "STEEL")
    assert pairs(Remove(labels=("missing",)).apply(CAPS)) == [("b.jpg", "")]
    assert pairs(Remove(labels=("",)).apply(POLES))[-1] == ("c.jpg", "STEEL")


def test_a_selection_must_be_meant() -> None:
    with pytest.raises(ConfigError, match="received nothing"):
        Remove().apply(POLES)
    with pytest.raises(NotFoundError, match="label: expected one of STEEL, TREE, received 'WOOD'"):
        Remove(labels=("WOOD",)).apply(POLES)
    with pytest.raises(ConfigError, match=r"received none for label TREE, path c\.jpg"):
        Remove(labels=("TREE",), paths=("c.jpg",)).apply(POLES)
    with pytest.raises(ConfigError, match="split: expected one of train, validation, test, received 'val'"):
        Remove(splits=("val",)).apply(POLES)


def test_relabel_changes_what_is_selected() -> None:
    assert pairs(Relabel("CONCRETE", paths=("in/b.jpg",)).apply(POLES))[1] == ("in/b.jpg", "CONCRETE")
    boxes = Relabel("missing", paths=("*",)).apply(CAPS)
    assert [(row.label, row.box_xyxy_px) for row in boxes.rows] == [("missing", BOX), ("missing", OTHER), ("", None)]
    assert Relabel(new_value=0.5, paths=("007.jpg",)).apply(VALUES).by_photo["007.jpg"][0].value == 0.5
    for wrong in (Relabel("x", paths=("*",)), Relabel(new_value=float("nan"), paths=("*",))):
        with pytest.raises(ConfigError, match="expected a new value"):
            wrong.apply(VALUES)
    with pytest.raises(ConfigError, match="expected a new label"):
        Relabel(new_value=0.5, paths=("*",)).apply(POLES)


def test_merge_maps_classes_to_others_and_to_nothing() -> None:
    assert pairs(Merge({"STEEL": "METAL", "TREE": ""}).apply(POLES)) == [
        ("in/b.jpg", "METAL"),
        ("c.jpg", "METAL"),
        ("d.jpg", ""),
    ]
    assert Merge({"missing": ""}).apply(CAPS).rows == (CAPS.rows[0], CAPS.rows[2])
    assert Merge({"missing": "", "whole": ""}).apply(CAPS).rows == (DatasetRow("a.jpg"), DatasetRow("b.jpg"))
    several = classes(("a.jpg", "oak"), ("a.jpg", "fir"))
    assert pairs(Merge({"oak": "TREE", "fir": "TREE"}).apply(several)) == [("a.jpg", "TREE")]
    assert Merge({"STEEL": "METAL", "TREE": ""}).words() == "merged STEEL into METAL, TREE into nothing"
    with pytest.raises(NotFoundError, match="received 'WOOD'"):
        Merge({"WOOD": "TREE"}).apply(POLES)
    with pytest.raises(ConfigError, match="expected a dataset with classes"):
        Merge({"a": "b"}).apply(VALUES)


def test_adding_refuses_contradictions_unless_told_what_to_do() -> None:
    more = classes(("c.jpg", "TREE"), ("e.jpg", "TREE"))
    with pytest.raises(ConfigError, match=r"received other rows for c\.jpg"):
        combine(POLES, more)
    assert dict(pairs(combine(POLES, more, "replace")))["c.jpg"] == "TREE"
    assert [row.label for row in combine(POLES, more, "both").by_photo["c.jpg"]] == ["STEEL", "TREE"]
    assert len(combine(POLES, classes(("c.jpg", "STEEL"), ("e.jpg", "TREE"))).rows) == 5
    with pytest.raises(ConfigError, match="expected a dataset for classification, received one for regression"):
        combine(POLES, VALUES)


def test_what_is_added_to_a_photo_takes_its_split() -> None:
    mine = Dataset("classification", (DatasetRow("a.jpg", "TREE", split="test", group="7"),), Path())
    theirs = Dataset("classification", (DatasetRow("a.jpg", "leaning", split="train"),), Path())
    assert combine(mine, theirs, "both").rows[1] == DatasetRow("a.jpg", "leaning", split="test", group="7")


def split_counts(dataset: Dataset) -> dict[str, Counter[str]]:
    return {split: Counter(row.label for row in dataset.rows if row.split == split) for split in SPLITS}


def test_a_split_gives_every_class_its_share() -> None:
    many = classes(*((f"t{i}.jpg", "TREE") for i in range(960)), *((f"s{i}.jpg", "STEEL") for i in range(40)))
    counts = split_counts(Split().apply(many))
    assert counts == {
        "train": Counter(TREE=576, STEEL=24),
        "validation": Counter(TREE=192, STEEL=8),
        "test": Counter(TREE=192, STEEL=8),
    }
    assert Split(seed=2).apply(many).rows != Split(seed=1).apply(many).rows
    backwards = many.with_rows(reversed(many.rows))
    assert set(Split().apply(backwards).rows) == set(Split().apply(many).rows)


def test_a_split_of_values_spreads_them() -> None:
    rows = Split().apply(VALUES).rows
    means = {split: [row.value or 0 for row in rows if row.split == split] for split in SPLITS}
    assert {split: len(values) for split, values in means.items()} == {"train": 60, "validation": 20, "test": 20}
    assert all(abs(sum(values) / len(values) - 0.495) < 0.03 for values in means.values())


@given(
    st.lists(st.tuples(st.sampled_from(["TREE", "STEEL", "NONE"]), st.integers(0, 12)), min_size=1, max_size=60),
    st.integers(0, 3),
)
def test_a_group_is_never_on_two_sides(photos: list[tuple[str, int]], seed: int) -> None:
    rows = tuple(
        DatasetRow(f"{i}.jpg", label, group=f"pole {pole}" if pole else "") for i, (label, pole) in enumerate(photos)
    )
    after = Split(seed=seed).apply(Dataset("classification", rows, Path()))
    assert all(row.split in SPLITS for row in after.rows)
    sides: dict[str, set[str]] = {}
    for row in after.rows:
        if row.group:
            sides.setdefault(row.group, set()).add(row.split)
    assert all(len(side) == 1 for side in sides.values())


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=80), st.integers(0, 3))
def test_without_groups_each_part_is_within_one_photo_of_its_share(labels: list[str], seed: int) -> None:
    after = Split(seed=seed).apply(classes(*((f"{i}.jpg", label) for i, label in enumerate(labels))))
    totals = Counter(labels)
    for split, share in zip(SPLITS, (0.6, 0.2, 0.2), strict=True):
        for label, count in split_counts(after)[split].items():
            assert abs(count - share * totals[label]) <= 1


@given(st.lists(st.integers(1, 9), min_size=1, max_size=30), st.integers(0, 3))
def test_targets_are_whole_and_add_up_both_ways(sizes: list[int], seed: int) -> None:
    totals = {f"class {i}": size for i, size in enumerate(sizes)}
    shares = (0.6, 0.2, 0.2)
    targets = whole_targets(totals, shares, seed)
    for stratum, total in totals.items():
        assert sum(target[stratum] for target in targets) == total
        assert all(abs(t[stratum] - share * total) < 1 for t, share in zip(targets, shares, strict=True))
    sums = [sum(target.values()) for target in targets]
    assert all(abs(s - share * sum(sizes)) < 1.5 for s, share in zip(sums, shares, strict=True))


def test_a_tenth_of_ten_small_classes_is_one_photo() -> None:
    ten = classes(*((f"{i}.jpg", f"class {i}") for i in range(10)))
    assert len(Sample(share=0.1).apply(ten).rows) == 1
    assert len({Sample(share=0.1, seed=seed).apply(ten).rows for seed in range(20)}) > 3


def test_an_earlier_split_can_be_kept_when_photos_are_added() -> None:
    first = Split().apply(classes(*((f"{i}.jpg", "TREE") for i in range(100))))
    more = combine(first, classes(*((f"new{i}.jpg", "TREE") for i in range(100))))
    after = Split(keep=True).apply(more)
    was = {row.path: row.split for row in first.rows}
    assert all(row.split == was[row.path] for row in after.rows if row.path in was)
    assert {split: sum(c.values()) for split, c in split_counts(after).items()} == {
        "train": 120, "validation": 40, "test": 40,
    }  # fmt: skip
    torn = Dataset(
        "classification",
        (DatasetRow("a.jpg", "T", split="train", group="7"), DatasetRow("b.jpg", "T", split="test", group="7")),
        Path(),
    )
    with pytest.raises(ConfigError, match="expected group '7' on one side, received it in test and train"):
        Split(keep=True).apply(torn)


@pytest.mark.parametrize("shares", [(0.6, 0.2, 0.3), (1.2, -0.1, -0.1), (1.0, 0.0)])
def test_shares_must_be_shares(shares: tuple[float, ...]) -> None:
    with pytest.raises(ConfigError, match="expected three shares"):
        Split(shares).apply(POLES)  # type: ignore[arg-type]


def test_a_sample_keeps_every_class() -> None:
    many = classes(*((f"t{i}.jpg", "TREE") for i in range(200)), *((f"s{i}.jpg", "STEEL") for i in range(20)))
    assert Counter(row.label for row in Sample(share=0.1).apply(many).rows) == Counter(TREE=20, STEEL=2)
    assert Counter(row.label for row in Sample(count=50).apply(many).rows) == Counter(TREE=50, STEEL=20)
    assert set(Sample(share=0.1, seed=1).apply(many).rows) != set(Sample(share=0.1, seed=2).apply(many).rows)
    assert len(Sample(share=1.0).apply(many).rows) == 220


def test_a_sample_keeps_groups_whole() -> None:
    rows = tuple(DatasetRow(f"{i}.jpg", "TREE", group=f"video {i // 10}") for i in range(100))
    kept = Sample(share=0.3).apply(Dataset("classification", rows, Path())).rows
    assert len(kept) == 30
    assert len({row.group for row in kept}) == 3


@pytest.mark.parametrize(
    "sample", [Sample(), Sample(share=0.5, count=5), Sample(share=0.0), Sample(share=1.5), Sample(count=0)]
)
def test_a_sample_needs_a_share_or_a_count(sample: Sample) -> None:
    with pytest.raises(ConfigError, match="sample: expected a"):
        sample.apply(POLES)
