"""Masks and variables of renders are found from the photos, whichever version of a dataset names them."""

import csv
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from core.config import Settings
from core.datasets import read_dataset
from core.datasets.beside import mask_file, variables_of
from core.datasets.operations import Remove
from core.errors import ConfigError
from core.services.dataset_intake import import_dataset
from core.services.datasets import add_dataset, change_dataset, dataset_versions
from core.training.batches import ExampleBatches, Extras, standardisation
from core.training.config import read_train_config
from core.training.parts import read_parts
from tests.services.toys import toy_settings


def write_renders(folder: Path, first: int, count: int = 8) -> Path:
    """Photos as ``gridlens render`` leaves them; render k has wear k / 100 and elevation 10 k."""
    for name in ("images", "masks"):
        (folder / name).mkdir(parents=True)
    rows = [(f"images/{i:06d}.png", first + i) for i in range(count)]
    for path, k in rows:
        cv2.imwrite(str(folder / path), np.full((8, 8, 3), k, np.uint8))
        mask = np.zeros((8, 8), np.uint8)
        mask[:, : 4 if k % 2 else 8] = 255
        cv2.imwrite(str(folder / "masks" / f"{Path(path).stem}_object.png"), mask)
    tables = {
        "dataset.csv": [("path", "value"), *((path, k / 100) for path, k in rows)],
        "variables.csv": [("path", "elevation_deg", "weather"), *((path, 10 * k, "sun") for path, k in rows)],
    }
    for name, lines in tables.items():
        with (folder / name).open("w", newline="") as file:
            csv.writer(file).writerows(lines)
    return folder / "dataset.csv"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return toy_settings(tmp_path / "home")


def version_of_two_folders(settings: Settings, tmp_path: Path) -> Path:
    """The CSV of a version whose photos lie in two folders of renders, one of them in the data folder."""
    inside = write_renders(settings.home / "renders" / "wear-1", 1)
    outside = write_renders(tmp_path / "elsewhere" / "wear-2", 9)
    import_dataset(settings, inside, name="wear")
    import_dataset(settings, outside, name="more")
    add_dataset(settings, "wear", "more")
    made = change_dataset(settings, "wear", Remove(paths=("*wear-1/images/000000.png",))).version
    return dataset_versions(settings).csv_path(made.hash)


def test_rows_of_a_version_keep_their_variables_and_masks(settings: Settings, tmp_path: Path) -> None:
    table = version_of_two_folders(settings, tmp_path)
    dataset = read_dataset(table)
    found = variables_of(dataset, table, ["elevation_deg"])
    values = {path: rows[0].value for path, rows in dataset.by_photo.items()}
    assert len(found) == 15
    assert {path: float(numbers[0]) for path, numbers in found.items()} == pytest.approx(
        {path: 1000 * value for path, value in values.items()}
    )
    for path in dataset.by_photo:
        assert mask_file(dataset.file(path), "object").is_file()


def test_a_training_on_a_version_learns_them(settings: Settings, tmp_path: Path) -> None:
    table = version_of_two_folders(settings, tmp_path)
    config = tmp_path / "c.toml"
    config.write_text(
        '[model]\nname = "t"\nnumber = 1\ntitle = "T"\nfamily = "regression"\nlabels = ["wear"]\ninput_px = 8\n'
        'summary = "s"\nlimits = "l"\npretrained = ""\nbackbone = "csrn"\nhead = "attended"\n'
        f'[data]\ntrain = ["{table.as_posix()}"]\nalso_learn = ["elevation_deg"]\nmasks = "object"\n'
    )
    parts = read_parts(read_train_config(config))
    examples = [*parts.train, *parts.validation, *parts.test]
    assert sorted(float(e.also[0]) for e in examples) == [10 * k for k in range(2, 17)]
    batches = ExampleBatches(examples, read_train_config(config).model, batch_size=15)
    batches.extras = Extras(*standardisation(examples), "object", (1, 2))
    _, targets = batches.batch(0)
    for example, share in zip(examples, targets["attention"][:, 0, :, 0], strict=True):
        is_odd = round(100 * example.value) % 2 == 1
        np.testing.assert_allclose(share, [1, 0] if is_odd else [0.5, 0.5], atol=0.01)

    config.write_text(config.read_text().replace('masks = "object"', 'masks = "joint"'))
    with pytest.raises(ConfigError, match=r"\[data\] masks: expected .*/masks/00000\d_joint.png or that of another"):
        read_parts(read_train_config(config))


def test_variables_beside_the_csv_come_first(settings: Settings, tmp_path: Path) -> None:
    table = version_of_two_folders(settings, tmp_path)
    copy = tmp_path / "picked" / "own.csv"
    copy.parent.mkdir()
    photo = tmp_path / "elsewhere" / "wear-2" / "images" / "000001.png"
    copy.write_text(f"path,value\n{photo},0.5\n")
    (copy.parent / "variables.csv").write_text(f"path,elevation_deg\n{photo},-7\n")
    assert variables_of(read_dataset(copy), copy, ["elevation_deg"])[str(photo)].tolist() == [-7]
    assert len(variables_of(read_dataset(table), table, ["elevation_deg"])) == 15


@pytest.mark.parametrize(
    ("column", "cell", "message"),
    [
        ("roll_deg", "1", r"wear-2/variables.csv: expected a column 'roll_deg', received path, elevation_deg, weather"),
        ("weather", "1", r"wear-2/variables.csv row 2: expected numbers in weather, received \['sun'\]"),
        ("elevation_deg", None, r"expected elevation_deg of images/000000.png in .*wear-2/variables.csv, received no"),
    ],
)
def test_what_is_missing_is_said_with_where_it_was_looked_for(
    tmp_path: Path, column: str, cell: str | None, message: str
) -> None:
    table = write_renders(tmp_path / "wear-2", 1)
    if cell is None:
        (table.parent / "variables.csv").unlink()
    with pytest.raises(ConfigError, match=message):
        variables_of(read_dataset(table), table, [column])
    shutil.rmtree(table.parent)
