"""The Datasets page, on a temporary store."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.config import REPOSITORY
from core.datasets import DatasetVersion
from core.datasets.operations import Relabel
from core.services import dataset_imports
from core.services.context import Context
from core.services.dataset_imports import list_imports, wait_for_import
from core.services.dataset_intake import add_sample_datasets
from core.services.datasets import change_dataset, dataset_versions
from core.services.inspect import inspect_photo
from core.services.review import review_photo
from pages.datasets_parts import from_server
from tests.imaging.pictures import scene
from tests.imaging.videos import write_video
from tests.pages.test_inspect import words
from tests.services.toys import ToyRegistry, write_photo

OpenDatasets = Callable[..., AppTest]


@pytest.fixture
def open_datasets(toys: tuple[Context, ToyRegistry]) -> OpenDatasets:
    """Opens the page as a fresh browser would, with parameters in the address."""

    def open_(**address: str) -> AppTest:
        page = AppTest.from_file(str(REPOSITORY / "pages" / "datasets.py"), default_timeout=30)
        for name, value in address.items():
            page.query_params[name] = value
        page.run()
        assert not page.exception
        return page

    return open_


@pytest.fixture
def samples(context: Context) -> dict[str, DatasetVersion]:
    return {saved.version.name: saved.version for saved in add_sample_datasets(context.settings)}


def newest(context: Context) -> DatasetVersion:
    return dataset_versions(context.settings).versions()[0]


def press(page: AppTest, label: str) -> AppTest:
    next(button for button in page.button if button.label == label).click()
    page.run()
    assert not page.exception
    return page


def test_an_empty_store_offers_the_samples(open_datasets: OpenDatasets, context: Context) -> None:
    page = open_datasets()
    assert "A version never changes; every change makes a new one" in words(page)
    press(page, "Load the sample datasets")
    assert len(dataset_versions(context.settings).versions()) == 3
    assert "sample poles" in words(page)
    assert page.query_params["dataset"] == dataset_versions(context.settings).version("sample poles").hash


@pytest.mark.usefixtures("samples")
def test_counts_are_shown_with_the_most_frequent_label_first(open_datasets: OpenDatasets) -> None:
    table = open_datasets(dataset="sample poles").dataframe[1].value
    assert list(table["Label"]) == ["TREE", "STEEL", "CONCRETE", "NONE"]
    assert list(table["Photos"]) == [28, 6, 3, 3]
    boxes = open_datasets(dataset="sample top caps").dataframe[1].value
    assert list(boxes["Boxes"]) == [20, 9]
    values = open_datasets(dataset="sample shackles").dataframe[1].value
    assert values["Photos"].sum() == 10


def test_the_address_names_the_version_by_hash_and_the_newest_is_shown_without_one(
    open_datasets: OpenDatasets, samples: dict[str, DatasetVersion]
) -> None:
    poles = samples["sample poles"]
    assert poles.hash in words(open_datasets(dataset=poles.hash[:6]))
    assert samples["sample shackles"].hash in words(open_datasets())
    page = open_datasets(dataset="nothing")
    assert "dataset nothing: no such version" in page.warning[0].value.replace("\\", "")
    assert samples["sample shackles"].hash in words(page)


def test_examples_of_a_label_are_pictures(open_datasets: OpenDatasets, samples: dict[str, DatasetVersion]) -> None:
    page = open_datasets(dataset="sample top caps", view="examples", label="whole top cap")
    assert len(page.get("image")) == 20
    assert "line7_002.jpg" in words(page)


def test_a_photo_that_is_gone_says_so_in_its_place(
    open_datasets: OpenDatasets, context: Context, tmp_path: Path
) -> None:
    from core.services.dataset_intake import import_dataset

    photo = write_photo(tmp_path / "a.jpg")
    (tmp_path / "d.csv").write_text("path,label\na.jpg,TREE\n")
    import_dataset(context.settings, tmp_path / "d.csv")
    photo.unlink()
    page = open_datasets(view="examples")
    assert "a.jpg: expected a photo, found no such file" in words(page)
    press(open_datasets(), "Check the photos")
    checked = press(open_datasets(), "Check the photos")
    assert "row 2: expected a photo at" in words(checked)


def test_a_split_makes_a_version_that_is_shown_with_its_parent(
    open_datasets: OpenDatasets, context: Context, samples: dict[str, DatasetVersion]
) -> None:
    page = open_datasets(dataset="sample poles", view="change")
    press(page, "Split")
    made = newest(context)
    assert page.query_params["dataset"] == made.hash
    assert made.origin.parents == (samples["sample poles"].hash,)
    assert sum(made.splits.values()) == 40
    assert page.button(key=f"datasets.to.{samples['sample poles'].hash}").label == samples["sample poles"].hash
    page.button(key=f"datasets.to.{samples['sample poles'].hash}").click().run()
    assert page.query_params["dataset"] == samples["sample poles"].hash
    table = open_datasets(dataset=made.hash).dataframe[1].value
    assert {"Train", "Validation", "Test"} <= set(table.columns)


@pytest.mark.usefixtures("samples")
def test_merging_to_nothing_and_removing_and_relabelling(open_datasets: OpenDatasets, context: Context) -> None:
    page = open_datasets(dataset="sample poles", view="change", change="merge")
    page.multiselect[0].set_value(["CONCRETE", "NONE"])
    press(page, "Merge")
    assert {count.label for count in newest(context).labels} == {"TREE", "STEEL"}
    page = open_datasets(dataset="sample poles", view="change", change="relabel")
    page.multiselect[0].set_value(["STEEL"])
    page.text_input(key=page.text_input[-1].key).set_value("METAL")
    press(page, "Relabel")
    assert newest(context).origin.done == "relabelled label STEEL as METAL"
    page = open_datasets(dataset="sample poles", view="change", change="remove")
    page.multiselect[0].set_value(["METAL"])
    press(page, "Remove")
    assert newest(context).photo_count == 28
    page = open_datasets(dataset="sample poles", view="change", change="remove")
    press(page, "Remove")
    assert "expected labels, paths, splits or groups, received nothing" in words(page)


def test_sampling_and_adding(open_datasets: OpenDatasets, context: Context, samples: dict[str, DatasetVersion]) -> None:
    page = open_datasets(dataset="sample shackles", view="change", change="sample")
    next(field for field in page.number_input if field.label == "How many").set_value(50)
    press(page, "Sample")
    assert newest(context).photo_count == 5
    page = open_datasets(dataset=newest(context).hash, view="change", change="add")
    press(page, "Add")
    assert page.query_params["dataset"] == samples["sample shackles"].hash  # all the rows there were


def test_two_versions_are_compared_with_the_parent_first(
    open_datasets: OpenDatasets, context: Context, samples: dict[str, DatasetVersion]
) -> None:
    made = change_dataset(context.settings, "sample poles", Relabel("METAL", labels=("STEEL",))).version
    page = open_datasets(dataset=made.hash, view="differences")
    assert "**6** labels changed" in words(page)
    assert list(page.dataframe[1].value["After"]) == ["METAL"] * 6
    same = open_datasets(dataset="sample top caps", view="differences")
    assert "no other version to compare with" in words(same)


@pytest.mark.usefixtures("samples")
def test_a_version_is_exported_and_its_losses_are_named(open_datasets: OpenDatasets, tmp_path: Path) -> None:
    page = open_datasets(dataset="sample top caps", view="export")
    page.selectbox(key="datasets.to").set_value("voc")
    page.text_input[-1].set_value(str(tmp_path / "voc"))
    press(page, "Export")
    assert "Groups and times have no place in it" in page.success[0].value
    assert len(list((tmp_path / "voc" / "Annotations").iterdir())) == 22
    press(page, "Export")
    assert "expected a new or empty folder" in words(page)


def test_folders_and_files_on_the_server_are_imported(
    open_datasets: OpenDatasets, context: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(  # read before the page looks; the next test starts a process
        dataset_imports, "begin_errand",
        lambda settings, folder, module: dataset_imports.work(settings, folder, lambda *said: None),
    )  # fmt: skip
    root = tmp_path / "car"
    write_photo(root / "body" / "door" / "a.jpg")
    write_video(root / "body" / "engine" / "b.avi", [scene(48, 64, 1)] * 10)
    (root / "body" / "engine" / "torn.jpg").write_text("no photo")
    page = open_datasets()
    page.text_input(key="datasets.source").set_value(str(root))
    page.number_input(key="datasets.sharpest_of").set_value(3)
    page.number_input(key="datasets.most_blur").set_value(90)
    page.checkbox(key="datasets.one_a_scene").set_value(True)
    press(page, "Import")
    assert {count.label for count in newest(context).labels} == {"body/door", "body/engine"}
    operation = newest(context).origin.operation
    asked = operation["sharpest_of"], operation["most_blur"], operation["one_a_scene"]
    assert asked == (3, 0.9, True)
    assert any("1 file left out" in expander.label for expander in page.expander)
    page.text_input(key="datasets.source").set_value(str(tmp_path / "nowhere.csv"))
    press(page, "Import")
    assert "expected a file or folder, received nothing of that name" in words(page)


def test_an_import_that_takes_longer_goes_on_without_the_page_and_is_shown_when_it_has_ended(
    open_datasets: OpenDatasets, context: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(from_server, "PATIENCE_S", 0.0)
    root = tmp_path / "poles"
    write_photo(root / "TREE" / "a.jpg")
    (root / "TREE" / "torn.jpg").write_text("no photo")
    os.mkfifo(root / "TREE" / "z.jpg")  # whoever reads it waits for a writer
    page = open_datasets()
    page.text_input(key="datasets.source").set_value(str(root))
    press(page, "Import")
    assert "poles** · :material/hourglass_top: being read" in words(page)
    press(page, "Stop")
    assert "poles** · :material/pause: stopped" in words(page)
    (root / "TREE" / "z.jpg").unlink()
    press(page, "Go on")
    (running,) = list_imports(context.settings)
    assert wait_for_import(context.settings, running.number, 120).errand.state == "done"
    assert newest(context).photo_count == 1

    page = open_datasets()  # another day
    assert "poles** · :material/check: read · 1 photo · 1 file left out" in words(page)
    press(page, "Show")
    assert page.query_params["dataset"] == newest(context).hash
    assert any("1 file left out" in expander.label for expander in page.expander)
    assert list_imports(context.settings) == []


def test_reviews_become_a_dataset(open_datasets: OpenDatasets, context: Context, tmp_path: Path) -> None:
    path = write_photo(tmp_path / "photos" / "a.jpg")
    sha256 = context.store.add_photo(path, "a.jpg", tags=("helicopter inspection",)).photo.sha256
    inspect_photo(context, sha256)
    review_photo(context, sha256, "accepted")
    page = open_datasets()
    page.segmented_control(key="datasets.way").set_value("From reviews").run()
    press(page, "Make a dataset")
    assert newest(context).name == "reviews polecat"
    assert [count.label for count in newest(context).labels] == ["TREE"]
