"""Formats of other tools: there and back again, hand-written files, and what is said of wrong ones."""

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from pycocotools.coco import COCO

from core.datasets import Dataset, DatasetRow
from core.datasets.folders import FolderRules, scan_folders
from core.datasets.formats import FORMATS, export_dataset, guess_format, read_format
from core.datasets.formats.photo_files import export_names
from core.errors import ConfigError, PhotoError, StoreError

WritePhoto = Callable[..., str]
KEEP_ALL = ("csv", "coco", "label-studio", "custom-vision")
LOSE_GROUPS = ("yolo", "voc")


def bare(dataset: Dataset, with_notes: bool = True) -> list[tuple[object, ...]]:
    """Rows by their photo's bytes, for export renames and moves photos; boxes rounded to a millionth of a pixel."""
    rows = []
    for row in dataset.rows:
        box = tuple(round(side, 6) for side in row.box_xyxy_px) if row.box_xyxy_px else ()
        notes = (row.group, row.captured_at) if with_notes else ()
        rows.append((dataset.file(row.path).read_bytes(), row.label, box, row.value, row.split, *notes))
    return sorted(rows, key=repr)


@pytest.mark.parametrize("name", KEEP_ALL + LOSE_GROUPS)
def test_boxes_come_back_as_they_went(name: str, boxed: Dataset, tmp_path: Path) -> None:
    out = tmp_path / "out"
    export_dataset(boxed, name, out)
    assert guess_format(out) == name
    back = read_format(out, name)
    assert back.task == "detection"
    assert bare(back, with_notes=name in KEEP_ALL) == bare(boxed, with_notes=name in KEEP_ALL)
    assert all(back.file(path).is_relative_to(out) for path in back.by_photo)


@pytest.mark.parametrize("name", KEEP_ALL + LOSE_GROUPS)
def test_undecided_splits_stay_undecided(name: str, boxed: Dataset, tmp_path: Path) -> None:
    plain = boxed.with_rows(replace(row, split="") for row in boxed.rows)
    export_dataset(plain, name, tmp_path / "out")
    assert {row.split for row in read_format(tmp_path / "out", name).rows} == {""}
    half = boxed.with_rows(replace(row, split="" if row.split == "test" else row.split) for row in boxed.rows)
    export_dataset(half, name, tmp_path / "half")
    assert bare(read_format(tmp_path / "half", name), False) == bare(half, False)


@pytest.mark.parametrize("name", ["csv", "label-studio", "custom-vision"])
def test_classes_come_back_as_they_went(name: str, classed: Dataset, tmp_path: Path) -> None:
    several = classed.with_rows([*classed.rows, replace(classed.rows[0], label="leaning")])
    export_dataset(several, name, tmp_path / "out")
    back = read_format(tmp_path / "out", name)
    assert back.task == "classification"
    assert bare(back) == bare(several)


@pytest.mark.parametrize("name", ["csv", "label-studio"])
def test_values_come_back_as_they_went(name: str, valued: Dataset, tmp_path: Path) -> None:
    export_dataset(valued, name, tmp_path / "out")
    assert bare(read_format(tmp_path / "out", name)) == bare(valued)


def test_folders_of_classes_come_back_as_they_went(classed: Dataset, tmp_path: Path) -> None:
    rules = FolderRules(tmp_path / "frames")
    export_dataset(classed, "folders", tmp_path / "out")
    assert guess_format(tmp_path / "out") == "folders"
    assert bare(scan_folders(tmp_path / "out", rules).dataset) == bare(classed)
    split = classed.with_rows(replace(row, split="test" if i else "train") for i, row in enumerate(classed.rows))
    export_dataset(split, "folders", tmp_path / "split")
    assert bare(scan_folders(tmp_path / "split", rules).dataset) == bare(split)


def test_exported_yolo_is_what_ultralytics_reads(boxed: Dataset, tmp_path: Path) -> None:
    export_dataset(boxed, "yolo", tmp_path / "out")
    (label,) = (tmp_path / "out" / "labels" / "val").iterdir()
    number, *shares = label.read_text().split()
    assert number == "1"  # labels in order: missing cap, whole top cap
    x, y, width, height = map(float, shares)
    assert (x * 200, y * 120) == pytest.approx(((100.1 + 133.3) / 2, (50.7 + 77.9) / 2))
    assert (width * 200, height * 120) == pytest.approx((33.2, 27.2))
    assert (tmp_path / "out" / "data.yaml").read_text().startswith("train: images/train\nval: images/val\n")


def test_exported_coco_is_what_cocos_own_tool_reads(boxed: Dataset, tmp_path: Path) -> None:
    export_dataset(boxed, "coco", tmp_path / "out")
    read = COCO(str(tmp_path / "out" / "train.json"))
    (image,) = read.loadImgs(read.getImgIds())
    assert (image["width"], image["height"]) == (200, 120)
    assert (tmp_path / "out" / image["file_name"]).is_file()
    (cap,) = read.loadAnns(read.getAnnIds(catIds=read.getCatIds(catNms=["whole top cap"])))
    assert cap["bbox"] == [10.5, 20.25, 49.625, 69.75]


def test_a_hand_written_coco_file_is_read(photo: WritePhoto, tmp_path: Path) -> None:
    path = photo("a.jpg")
    document = {
        "images": [{"id": 5, "file_name": "a.jpg", "width": 200, "height": 120}],
        "categories": [{"id": 2, "name": "cap"}],
        "annotations": [{"id": 1, "image_id": 5, "category_id": 2, "bbox": [10, 20, 30, 40.5], "iscrowd": 0}],
    }
    file = tmp_path / "instances_val2017.json"
    file.write_text(json.dumps(document))
    assert guess_format(file) == "coco"
    rows = read_format(file, "coco", tmp_path / "photos").rows
    assert rows == (DatasetRow(path, "cap", (10.0, 20.0, 40.0, 60.5), split="validation"),)


def test_wrong_coco_entries_are_all_named(photo: WritePhoto, tmp_path: Path) -> None:
    photo("a.jpg")
    document = {
        "images": [
            {"id": 1, "file_name": "a.jpg", "width": 120, "height": 200},
            {"id": 2, "file_name": "none.jpg"},
            {"id": 3},
        ],
        "categories": [{"id": 2, "name": "cap"}],
        "annotations": [
            {"id": 1, "image_id": 1, "category_id": 9, "bbox": [0, 0, 5, 5]},
            {"id": 2, "image_id": 1, "category_id": 2, "bbox": [190, 0, 50, 5]},
            {"id": 3, "image_id": 1, "category_id": 2, "bbox": [1, 2, float("nan"), 4]},
            {"id": 4, "image_id": 7, "category_id": 2, "bbox": [1, 2, 3, 4]},
            {"id": 5, "image_id": 1, "category_id": 2},
        ],
    }
    file = tmp_path / "c.json"
    file.write_text(json.dumps(document))
    with pytest.raises(ConfigError) as error:
        read_format(file, "coco", tmp_path / "photos")
    said = str(error.value).replace(str(tmp_path), "")
    for words in (
        "/c.json image 1: expected a size of 200 × 120 px, upright, received '120 × 200 px",
        "image 2: expected its photo in /photos, received 'none.jpg'",
        "image 3: expected a text as 'file_name'",
        "annotation 1: expected the id of one of the categories, received '9'",
        "annotation 2: expected a box inside of 200 × 120 px, received 'x_min, y_min, x_max, y_max = 190, 0, 240, 5'",
        "annotation 3: expected numbers as x, y, width, height",
        "annotation 4: expected the id of one of the images, received '7'",
        "annotation 5: expected numbers",
    ):
        assert words in said


def test_voc_counts_pixels_from_one(photo: WritePhoto, tmp_path: Path) -> None:
    path = photo("a.jpg")
    xml = (
        "<annotation><filename>a.jpg</filename><size><width>200</width><height>120</height></size>"
        "<object><name>cap</name><bndbox><xmin>1</xmin><ymin>11</ymin><xmax>200</xmax><ymax>20</ymax></bndbox></object>"
        "</annotation>"
    )
    (tmp_path / "x.xml").write_text(xml)
    rows = read_format(tmp_path, "voc", tmp_path / "photos").rows
    assert rows == (DatasetRow(path, "cap", (0.0, 10.0, 200.0, 20.0)),)
    (tmp_path / "x.xml").write_text('<!DOCTYPE a [<!ENTITY b "c">]>' + xml)
    with pytest.raises(ConfigError, match="expected XML without a document type"):
        read_format(tmp_path, "voc", tmp_path / "photos")
    (tmp_path / "x.xml").write_text(xml.replace("<xmax>200", "<xmax>x"))
    with pytest.raises(ConfigError, match="object 1: expected numbers as xmin, ymin, xmax, ymax"):
        read_format(tmp_path, "voc", tmp_path / "photos")


def test_label_studio_takes_the_last_annotation_that_counts(photo: WritePhoto, tmp_path: Path) -> None:
    path = photo("a.jpg")

    def result(label: str, **value: float) -> dict[str, object]:
        box = {"x": 10, "y": 50, "width": 20, "height": 25, "rotation": 0, **value}
        return {"type": "rectanglelabels", "original_width": 200, "original_height": 120,
                "value": {**box, "rectanglelabels": [label]}}  # fmt: skip

    tasks = [
        {
            "id": 1,
            "data": {"image": "/data/upload/3/0a1b2c3d-a.jpg"},
            "annotations": [
                {"result": [result("old")]},
                {"result": [result("cap")]},
                {"was_cancelled": True, "result": []},
            ],
        },
        {"id": 2, "data": {"image": "b.jpg"}, "annotations": []},
    ]
    file = tmp_path / "export.json"
    file.write_text(json.dumps(tasks))
    assert guess_format(file) == "label-studio"
    assert read_format(file, "label-studio", tmp_path / "photos").rows == (
        DatasetRow(path, "cap", (20.0, 60.0, 60.0, 90.0)),
    )
    tasks[0]["annotations"] = [{"result": [result("cap", rotation=90, x=50, y=0)]}]  # type: ignore[index]
    file.write_text(json.dumps(tasks))
    (row,) = read_format(file, "label-studio", tmp_path / "photos").rows
    assert row.box_xyxy_px == pytest.approx((70.0, 0.0, 100.0, 40.0))  # 40 × 30 px, turned about its upper left


def test_custom_vision_regions_are_shares(photo: WritePhoto, tmp_path: Path) -> None:
    path = photo("0f3a.jpg")
    region = {"tagName": "cap", "left": 0.1, "top": 0.5, "width": 0.2, "height": 0.25}
    file = tmp_path / "regions.json"
    file.write_text(json.dumps({"images": [{"id": "0f3a", "width": 200, "height": 120, "regions": [region]}]}))
    assert guess_format(file) == "custom-vision"
    (row,) = read_format(file, "custom-vision", tmp_path / "photos").rows
    assert (row.path, row.label, row.box_xyxy_px) == (path, "cap", pytest.approx((20.0, 60.0, 60.0, 90.0)))


def test_yolo_rows_that_are_wrong_are_named(boxed: Dataset, tmp_path: Path) -> None:
    export_dataset(boxed, "yolo", tmp_path / "out")
    (label,) = (tmp_path / "out" / "labels" / "val").iterdir()
    label.write_text("1 0.5 0.5 0.1 0.1\n\n7 0.5 0.5 0.1 0.1\n0 0.5 0.5\n0 0.9 0.5 0.4 0.1\n")
    with pytest.raises(ConfigError) as error:
        read_format(tmp_path / "out", "yolo")
    said = str(error.value)
    assert f"{label} row 3: expected a class from 0 to 1 and shares, received '7 0.5 0.5 0.1 0.1'" in said
    assert f"{label} row 4: expected class x_centre y_centre width height, received '0 0.5 0.5'" in said
    assert f"{label} row 5: expected a box inside of 200 × 120 px" in said


def test_a_box_a_pixel_over_the_edge_is_cut(photo: WritePhoto, tmp_path: Path) -> None:
    photo("a.jpg")
    image = {"name": "a.jpg", "regions": [{"tagName": "cap", "left": -0.004, "top": 0, "width": 0.5, "height": 1}]}
    file = tmp_path / "regions.json"
    file.write_text(json.dumps([image]))
    (row,) = read_format(file, "custom-vision", tmp_path / "photos").rows
    assert row.box_xyxy_px == pytest.approx((0.0, 0.0, 99.2, 120.0))


def test_missing_photos_of_a_csv_are_named(tmp_path: Path, photo: WritePhoto) -> None:
    photo("a.jpg")
    file = tmp_path / "d.csv"
    file.write_text("path,label\na.jpg,TREE\nb.jpg,TREE\n")
    with pytest.raises(ConfigError, match=r"d\.csv row 3: expected a photo below .*photos, received 'b\.jpg'"):
        read_format(file, "csv", tmp_path / "photos")


def test_what_a_format_cannot_hold_is_refused_and_leaves_nothing(
    boxed: Dataset, classed: Dataset, valued: Dataset, tmp_path: Path
) -> None:
    for dataset, name in ((classed, "coco"), (valued, "custom-vision"), (boxed, "folders")):
        with pytest.raises(ConfigError, match=r"choose .*Dataset CSV"):
            export_dataset(dataset, name, tmp_path / "out")
    unlabelled = classed.with_rows([*classed.rows[1:], replace(classed.rows[0], label="")])
    with pytest.raises(ConfigError, match="expected one class, to be a folder, received none"):
        export_dataset(unlabelled, "folders", tmp_path / "out")
    odd = classed.with_rows([replace(classed.rows[0], label="../../etc")])
    with pytest.raises(ConfigError, match="expected a name that a folder can have"):
        export_dataset(odd, "folders", tmp_path / "out")
    os.unlink(boxed.rows[0].path)
    with pytest.raises(PhotoError, match="expected a photo of the dataset"):
        export_dataset(boxed, "coco", tmp_path / "out")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["photos"]


def test_a_folder_with_files_is_never_written_into(boxed: Dataset, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="expected a new or empty folder"):
        export_dataset(boxed, "coco", tmp_path / "photos")
    (tmp_path / "file").write_text("")
    with pytest.raises((ConfigError, StoreError)):
        export_dataset(boxed, "coco", tmp_path / "file" / "out")


def test_names_that_clash_get_names_of_their_own() -> None:
    names = export_names(["x/a.jpg", "y/A.png", "y/b.jpg"])
    assert names["y/b.jpg"] == "b.jpg"
    assert len({Path(name).stem.lower() for name in names.values()}) == 3
    assert names == export_names(["x/a.jpg", "y/A.png", "y/b.jpg"])


@pytest.mark.parametrize("text", ["{", "[]", "{}", "[1]", '"x"', '[{"data": 3}]'])
def test_other_json_is_refused_with_a_message(text: str, tmp_path: Path) -> None:
    file = tmp_path / "x.json"
    file.write_text(text)
    for name in ("coco", "label-studio", "custom-vision"):
        with pytest.raises(ConfigError, match=r"x\.json"):
            read_format(file, name)
    with pytest.raises(ConfigError):
        read_format(file, guess_format(file))


def test_every_format_says_what_it_holds() -> None:
    assert {name for name, entry in FORMATS.items() if "detection" in entry.tasks} == {*KEEP_ALL, *LOSE_GROUPS}
