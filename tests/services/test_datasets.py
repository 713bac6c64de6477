"""What pages, API and command line do with datasets."""

import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from core.config import REPOSITORY
from core.datasets import DatasetRow
from core.datasets.dealing import Split
from core.datasets.operations import Merge, Remove
from core.errors import ConfigError, NotFoundError, PhotoError
from core.services.context import Context
from core.services.dataset_examples import examples_of, thumbnail
from core.services.dataset_intake import (
    add_sample_datasets,
    import_csv,
    import_dataset,
    import_folders,
    name_of,
)
from core.services.dataset_reviews import dataset_from_reviews
from core.services.datasets import (
    add_dataset,
    change_dataset,
    compare_datasets,
    dataset_versions,
    export_version,
    lineage,
    open_dataset,
    rows_page,
)
from core.services.inspect import inspect_photo
from core.services.review import review_photo
from tests.imaging.pictures import save, scene
from tests.services.toys import CLOSE_UP, AddPhoto, ToyRegistry, class_finding, write_photo


def set_family(registry: ToyRegistry, model: str, family: str) -> None:
    toy = registry.models[model]
    toy.folder = replace(toy.folder, config=replace(toy.folder.config, family=family))  # type: ignore[arg-type]


def poles(context: Context) -> str:
    return import_dataset(context.settings, REPOSITORY / "sample_data" / "poles.csv").version.hash


def test_the_samples_are_three_datasets_that_can_be_made_again(context: Context) -> None:
    saved = add_sample_datasets(context.settings)
    assert [(s.version.name, s.version.task, s.version.photo_count) for s in saved] == [
        ("sample poles", "classification", 40),
        ("sample top caps", "detection", 22),
        ("sample shackles", "regression", 10),
    ]
    assert not any(again.is_new for again in add_sample_datasets(context.settings))


def test_a_change_is_a_version_with_its_parent_and_words(context: Context) -> None:
    first = poles(context)
    second = change_dataset(context.settings, first, Remove(labels=("NONE",)), "Ada").version
    assert second.origin.parents == (first,)
    assert second.origin.done == "removed photos with label NONE (40 → 37 photos)"
    assert second.origin.made_by == "Ada"
    assert second.origin.operation["labels"] == ["NONE"]
    third = change_dataset(context.settings, second.hash[:6], Split()).version
    assert sum(third.splits.values()) == 37
    versions = dataset_versions(context.settings).versions()
    way = lineage(versions, third)
    assert [one.hash for one in way.ancestors] == [first, second.hash]
    assert [one.hash for one in lineage(versions, second).children] == [third.hash]
    assert dataset_versions(context.settings).version("poles") == third


def test_adding_a_version_has_two_parents(context: Context) -> None:
    first = poles(context)
    steel = change_dataset(context.settings, first, Remove(labels=("TREE", "CONCRETE", "NONE"))).version
    tree = change_dataset(context.settings, first, Remove(labels=("STEEL",))).version
    joined = add_dataset(context.settings, steel.hash, tree.hash)
    assert (joined.is_new, joined.version.hash) == (False, first)  # the same rows as in the beginning
    metal = change_dataset(context.settings, steel.hash, Merge({"STEEL": "METAL"})).version
    both = add_dataset(context.settings, metal.hash, tree.hash).version
    assert both.origin.parents == (metal.hash, tree.hash)
    assert [one.hash for one in lineage(dataset_versions(context.settings).versions(), both).others] == [tree.hash]


def test_a_version_and_a_csv_elsewhere_can_be_compared_and_added(context: Context, tmp_path: Path) -> None:
    first = poles(context)
    photo = REPOSITORY / "sample_data" / "poles" / "line7_001.jpg"
    other = tmp_path / "other.csv"
    other.write_text(f"path,label\n{photo},TREE\n")
    found = compare_datasets(context.settings, first, str(other))
    assert (found.counts["photo removed"], found.counts["relabelled"]) == (39, 1)
    with pytest.raises(ConfigError, match="line7_001"):
        add_dataset(context.settings, first, str(other))
    replaced = add_dataset(context.settings, first, str(other), "replace").version
    assert replaced.origin.done == "added other.csv"


def test_an_exported_version_comes_back_as_the_correction_of_its_parent(context: Context, tmp_path: Path) -> None:
    first = poles(context)
    csv = dataset_versions(context.settings).csv_path(first).read_bytes()
    corrected = import_csv(context.settings, csv.replace(b"STEEL", b"LATTICE"), "poles fixed.csv", parent=first)
    assert corrected.version.name == "poles"
    assert corrected.version.origin.parents == (first,)
    assert compare_datasets(context.settings, first, corrected.version.hash).counts["relabelled"] == 6
    with pytest.raises(ConfigError) as error:
        import_csv(context.settings, b"path,label\nnowhere.jpg,TREE\n", "../x.csv")
    assert str(error.value).startswith("x.csv row 2: expected a photo below")


def test_an_export_of_a_version_is_read_back(context: Context, tmp_path: Path) -> None:
    caps = add_sample_datasets(context.settings)[1].version
    out = export_version(context.settings, caps.hash, "coco", tmp_path / "out")
    back = import_dataset(context.settings, out, name="caps").version
    assert (back.task, back.row_count, back.photo_count) == ("detection", caps.row_count, caps.photo_count)
    assert {c.label: c.rows for c in back.labels} == {c.label: c.rows for c in caps.labels}


def test_folders_become_a_version_and_unreadable_files_are_named(context: Context, tmp_path: Path) -> None:
    root = tmp_path / "my poles"
    for name in ("TREE/a.jpg", "TREE/b.jpg", "STEEL/a.jpg"):
        write_photo(root / name, len(name))
    (root / "TREE" / "torn.jpg").write_bytes(b"\xff\xd8\xff")
    found = import_folders(context.settings, root)
    assert found.saved.version.name == "my poles"
    assert {c.label: c.photos for c in found.saved.version.labels} == {"STEEL": 1, "TREE": 2}
    assert [Path(problem.file).name for problem in found.problems] == ["torn.jpg"]
    with pytest.raises(ConfigError, match="read them with from-folders"):
        import_dataset(context.settings, root)


def test_what_is_not_there_is_said_so(context: Context) -> None:
    with pytest.raises(NotFoundError, match="there are none yet"):
        open_dataset(context.settings, "poles")
    with pytest.raises(ConfigError, match="received nothing of that name"):
        import_dataset(context.settings, Path("nowhere.csv"))


@pytest.mark.parametrize(
    ("path", "name"),
    [("a/poles_v2.csv", "poles_v2"), ("a/my set/dataset.csv", "my set"), ("x/<b>.json", "b"), ("x/__.csv", "dataset")],
)
def test_a_name_is_made_of_the_files(path: str, name: str) -> None:
    assert name_of(Path(path)) == name


def test_rows_come_in_pages(context: Context) -> None:
    dataset = open_dataset(context.settings, poles(context))
    page = rows_page(dataset, label="STEEL", offset=2, limit=3)
    assert (page.total, len(page.rows)) == (6, 3)
    assert {row.label for row in page.rows} == {"STEEL"}
    assert rows_page(dataset, split="train").total == 0


def test_reviews_become_a_dataset(context: Context, add_photo: AddPhoto) -> None:
    accepted, corrected, rejected, unseen = (add_photo(seed) for seed in range(4))
    for sha256 in (accepted, corrected, rejected):
        inspect_photo(context, sha256)
    review_photo(context, accepted, "accepted")
    review_photo(context, corrected, "rejected")
    context.store.set_metadata(corrected, "polecat.label", "STEEL", "person:Ada")
    review_photo(context, rejected, "rejected")
    review_photo(context, unseen, "accepted")
    found = dataset_from_reviews(context, "polecat")
    assert (found.accepted, found.corrected, found.left_out) == (1, 1, 2)
    dataset = open_dataset(context.settings, "reviews polecat")
    labels = {dataset.file(row.path).resolve(): row.label for row in dataset.rows}
    assert labels == {
        context.store.original_path(accepted).resolve(): "TREE",
        context.store.original_path(corrected).resolve(): "STEEL",
    }
    assert all(row.path.startswith("../photos/") for row in dataset.rows)


def test_reviewed_boxes_are_those_that_were_shown_or_drawn(
    context: Context, add_photo: AddPhoto, registry: ToyRegistry
) -> None:
    set_family(registry, "topcap", "detection")
    accepted, drawn, emptied = (add_photo(seed) for seed in range(3))
    for sha256 in (accepted, drawn, emptied):
        inspect_photo(context, sha256)
        review_photo(context, sha256, "accepted")
    box = {"label": "whole top cap", "box_xyxy_px": [1, 2, 30.5, 40]}
    context.store.set_metadata(drawn, "topcap.boxes", [box], "person:Ada")
    context.store.set_metadata(emptied, "topcap.boxes", [], "person:Ada")
    dataset_from_reviews(context, "topcap", "caps")
    rows = open_dataset(context.settings, "caps").rows
    by_sha = {Path(row.path).stem: row for row in rows}
    assert (by_sha[accepted].label, by_sha[accepted].box_xyxy_px) == ("whole missing top cap", (10, 10, 30, 30))
    assert (by_sha[drawn].label, by_sha[drawn].box_xyxy_px) == ("whole top cap", (1, 2, 30.5, 40))
    assert by_sha[emptied].box_xyxy_px is None
    context.store.set_metadata(drawn, "topcap.boxes", [{"label": "x"}], "person:Ada")
    with pytest.raises(ConfigError, match=r"topcap\.boxes: expected a list of label and box_xyxy_px"):
        dataset_from_reviews(context, "topcap", "caps")


def test_reviewed_values_and_photos_that_were_not_recognised(
    context: Context, add_photo: AddPhoto, registry: ToyRegistry
) -> None:
    set_family(registry, "shackle", "regression")
    worn = add_photo(1, CLOSE_UP)
    inspect_photo(context, worn)
    review_photo(context, worn, "accepted")
    dataset_from_reviews(context, "shackle")
    assert open_dataset(context.settings, "reviews shackle").rows[0].value == 0.42
    polecat = registry.models["polecat"]
    polecat.findings = (replace(class_finding("TREE"), recognised=False),)
    sea = add_photo(2)
    inspect_photo(context, sea)
    review_photo(context, sea, "accepted")
    with pytest.raises(ConfigError, match="reviews of polecat: expected photos that a person has accepted"):
        dataset_from_reviews(context, "polecat")


def test_a_models_own_word_is_no_correction(context: Context, add_photo: AddPhoto) -> None:
    sha256 = add_photo(1)
    inspect_photo(context, sha256)
    context.store.set_metadata(sha256, "polecat.label", "CONCRETE", "model:polecat@v0")
    review_photo(context, sha256, "rejected")
    with pytest.raises(ConfigError, match="received none"):
        dataset_from_reviews(context, "polecat")


def test_a_thumbnail_shows_the_box_and_its_surroundings(tmp_path: Path) -> None:
    image = np.zeros((600, 900, 3), np.uint8)
    image[100:140, 700:740] = (0, 200, 0)
    path = save(tmp_path / "a.png", image)
    jpeg = thumbnail(path, (700, 100, 740, 140))
    shown = cv2.cvtColor(cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
    assert shown.shape == (240, 240, 3)
    green = shown[..., 1].astype(int) - shown[..., 0] > 100
    rows, columns = np.nonzero(green)
    assert (rows.mean(), columns.mean()) == (pytest.approx(120, abs=2), pytest.approx(120, abs=2))
    assert columns.max() - columns.min() == pytest.approx(240 / 2.5, abs=6)
    corner = thumbnail(path, (0, 0, 900, 600))
    assert cv2.imdecode(np.frombuffer(corner, np.uint8), cv2.IMREAD_COLOR).shape == (240, 240, 3)
    whole = thumbnail(save(tmp_path / "b.jpg", scene(50, 300)), None)
    assert cv2.imdecode(np.frombuffer(whole, np.uint8), cv2.IMREAD_COLOR).shape == (240, 240, 3)
    with pytest.raises(PhotoError, match=r"none\.jpg: expected a photo, found no such file"):
        thumbnail(tmp_path / "none.jpg", None)


def test_examples_are_counted_and_come_in_pages(context: Context) -> None:
    dataset = open_dataset(context.settings, poles(context))
    total, some = examples_of(dataset, lambda row: row.label == "STEEL", 4, 4)
    assert (total, len(some)) == (6, 2)
    assert all(example.file.is_file() and isinstance(example.row, DatasetRow) for example in some)


def test_notes_beside_a_version_are_plain_json(context: Context) -> None:
    name = poles(context)
    notes = json.loads((context.settings.datasets_dir / f"{name}.json").read_text())
    assert notes["operation"] == {"name": "import", "format": "csv", "source": "poles.csv"}
    assert notes["labels"]["STEEL"]["photos"] == 6
