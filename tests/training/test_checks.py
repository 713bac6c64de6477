"""Bad input is found before training, each problem with file, row, expected and received."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from core.errors import ConfigError
from core.training.checks import check_dataset
from core.training.config import read_train_config
from core.training.parts import read_parts


def _photos(folder: Path, count: int, start: int = 0) -> None:
    rng = np.random.default_rng(start)
    for i in range(start, start + count):
        cv2.imwrite(str(folder / f"{i}.png"), rng.integers(0, 255, (40, 48, 3)).astype(np.uint8))


def _csv(folder: Path, text: str, name: str = "d.csv") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def _config(folder: Path, family: str, labels: str, data: str, extra: str = "") -> Path:
    path = folder / "c.toml"
    path.write_text(
        f'[model]\nname = "t"\nnumber = 1\ntitle = "T"\nfamily = "{family}"\nlabels = {labels}\ninput_px = 32\n'
        f'summary = "s"\nlimits = "l"\npretrained = ""\n{extra}\n[data]\n{data}\n'
    )
    return path


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("0.png,red\n9.png,blue", r"d.csv row 3: expected a photo at .*9.png, received 'nothing of that name'"),
        ("0.png,red\n1.png,green\n2.png,blue", r"d.csv row 3: expected a label among red, blue, received 'green'"),
        ("0.png,red\n1.png,\n2.png,blue", r"d.csv row 3: expected a label among red, blue, received nothing"),
        ("0.png,red\n1.png,red", r"expected at least one photo of blue, received none"),
        ("0.png,red\n0.png,blue", r"row 3: expected one label for 0.png, given in row 2, received 'blue'"),
        ("0.png,red\nd.csv,blue", r"row 3: expected a photo at .*d.csv, received 'another file"),
    ],
)
def test_classification(tmp_path, rows, message):
    _photos(tmp_path, 3)
    table = _csv(tmp_path, f"path,label\n{rows}\n")
    with pytest.raises(ConfigError, match=message):
        read_parts(read_train_config(_config(tmp_path, "classification", '["red", "blue"]', f'train = ["{table}"]')))


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("1.7", r"d.csv row 3: expected a value from 0 to 0.95, received '1.7'"),
        ("NaN", r"d.csv row 3: expected a number as value, received 'NaN'"),
        ("", r"d.csv row 3: expected a number as value, received nothing"),
    ],
)
def test_regression(tmp_path, value, message):
    _photos(tmp_path, 3)
    table = _csv(tmp_path, f"path,value\n0.png,0.2\n1.png,{value}\n")
    config = _config(tmp_path, "regression", '["wear"]', f'train = ["{table}"]', "value_range = [0.0, 0.95]")
    with pytest.raises(ConfigError, match=message):
        read_parts(read_train_config(config))


def test_boxes(tmp_path):
    _photos(tmp_path, 3)
    head = "path,label,x_min,y_min,x_max,y_max\n"
    outside = _csv(tmp_path, f"{head}0.png,cap,1,1,20,20\n1.png,cap,30,1,60,20\n2.png,,,,,\n")
    problems = check_dataset(outside, "detection", ["cap"])
    assert [str(p) for p in problems] == [
        f"{outside} row 3: expected a box inside the photo's 48 × 40 px, received '(30, 1, 60, 20)'"
    ]
    turned = _csv(tmp_path, f"{head}0.png,cap,20,1,20,20\n")
    with pytest.raises(ConfigError, match=r"row 2: expected x_min < x_max and y_min < y_max, received '20,1,20,20'"):
        check_dataset(turned, "detection", ["cap"])


def test_a_good_dataset_has_no_problems(tmp_path):
    _photos(tmp_path, 3)
    table = _csv(tmp_path, "path,label,split\n0.png,red,train\n1.png,blue,validation\n2.png,red,test\n")
    assert check_dataset(table, "classification", ["red", "blue"]) == []


def test_splits_that_share_a_photo_by_content(tmp_path):
    _photos(tmp_path, 3)
    (tmp_path / "copy.png").write_bytes((tmp_path / "0.png").read_bytes())
    table = _csv(tmp_path, "path,label,split\n0.png,red,train\n1.png,blue,validation\ncopy.png,red,test\n")
    problems = check_dataset(table, "classification", ["red", "blue"])
    assert [str(p) for p in problems] == [
        f"{table} row 4: expected a photo that is not in train ({table} row 2) as well, received copy.png in test"
    ]


def test_lists_that_share_a_photo_by_path(tmp_path):
    _photos(tmp_path, 6)
    rows = "".join(f"{i}.png,{'red' if i % 2 else 'blue'}\n" for i in range(5))
    learn, test = _csv(tmp_path, f"path,label\n{rows}"), _csv(tmp_path, "path,label\n5.png,red\n3.png,red\n", "t.csv")
    config = _config(tmp_path, "classification", '["red", "blue"]', f'train = ["{learn}"]\ntest = ["{test}"]')
    with pytest.raises(ConfigError, match=r"t.csv row 3: expected a photo that is not in train \(.*d.csv row 5\)"):
        read_parts(read_train_config(config))


def test_copies_that_are_still_to_be_divided_stay_together(tmp_path):
    _photos(tmp_path, 20)
    for i in range(20):
        (tmp_path / f"copy{i}.png").write_bytes((tmp_path / f"{i}.png").read_bytes())
    rows = "".join(
        f"{i}.png,{'red' if i % 2 else 'blue'}\ncopy{i}.png,{'red' if i % 2 else 'blue'}\n" for i in range(20)
    )
    table = _csv(tmp_path, f"path,label\n{rows}")
    config = _config(tmp_path, "classification", '["red", "blue"]', f'train = ["{table}"]')
    parts = read_parts(read_train_config(config))
    sides = [{e.path.name.removeprefix("copy") for e in part} for part in (parts.train, parts.validation, parts.test)]
    assert [len(side) for side in sides] == [12, 4, 4]
    assert not sides[0] & sides[1]
    assert not sides[0] & sides[2]


def test_ten_problems_are_named_and_the_rest_counted(tmp_path):
    table = _csv(tmp_path, "path,label\n" + "".join(f"{i}.png,red\n" for i in range(14)))
    config = _config(tmp_path, "classification", '["red"]', f'train = ["{table}"]')
    with pytest.raises(ConfigError, match="and 4 more") as caught:
        read_parts(read_train_config(config))
    assert len(str(caught.value).splitlines()) == 11
