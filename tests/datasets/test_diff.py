"""Differences between two versions, computed by hand."""

from pathlib import Path

from core.datasets import Dataset, DatasetRow
from core.datasets.diff import Change, change_counts, diff, overlap


def boxes(*rows: tuple[str, str, tuple[float, float, float, float] | None]) -> Dataset:
    return Dataset("detection", tuple(DatasetRow(path, label, box) for path, label, box in rows), Path())


def test_photos_labels_splits_and_values() -> None:
    before = Dataset(
        "classification",
        (
            DatasetRow("a", "TREE"),
            DatasetRow("b", "TREE", split="train"),
            DatasetRow("c", "TREE"),
            DatasetRow("e", "X"),
        ),
        Path(),
    )
    after = Dataset(
        "classification",
        (DatasetRow("b", "STEEL", split="test"), DatasetRow("c", "TREE"), DatasetRow("d", "TREE"), DatasetRow("e", "")),
        Path(),
    )
    changes = diff(before, after)
    assert changes == (
        Change("photo removed", "a", "TREE", ""),
        Change("relabelled", "b", "TREE", "STEEL"),
        Change("split changed", "b", "train", "test"),
        Change("photo added", "d", "", "TREE"),
        Change("relabelled", "e", "X", ""),
    )
    assert change_counts(changes)["relabelled"] == 2
    assert diff(before, before) == ()
    worn = [Dataset("regression", (DatasetRow("a", value=v),), Path()) for v in (0.25, 0.5)]
    assert diff(*worn) == (Change("relabelled", "a", "0.25", "0.5"),)


def test_boxes_are_matched_within_a_photo() -> None:
    before = boxes(
        ("a", "cap", (0, 0, 10, 10)), ("a", "cap", (50, 50, 60, 60)), ("a", "cap", (80, 80, 90, 90)),
        ("a", "rod", (20, 0, 30, 10)),
    )  # fmt: skip
    after = boxes(
        ("a", "cap", (50, 50, 60, 60)),  # the same
        ("a", "cap", (2, 0, 12, 10)),  # moved: 80 of 120 px²
        ("a", "missing", (80, 80, 90, 90)),  # relabelled
        ("a", "rod", (70, 0, 80, 10)),  # elsewhere: another one
    )
    assert diff(before, after) == (
        Change("relabelled", "a", "cap 80, 80, 90, 90", "missing 80, 80, 90, 90"),
        Change("box moved", "a", "cap 0, 0, 10, 10", "cap 2, 0, 12, 10"),
        Change("box added", "a", "", "rod 70, 0, 80, 10"),
        Change("box removed", "a", "rod 20, 0, 30, 10", ""),
    )
    gone = diff(before, boxes(("a", "", None)))
    assert change_counts(gone)["box removed"] == 4


def test_overlap_is_shared_by_joint_area() -> None:
    assert overlap((0, 0, 10, 10), (2, 0, 12, 10)) == 80 / 120
    assert overlap((0, 0, 10, 10), (10, 0, 20, 10)) == 0
