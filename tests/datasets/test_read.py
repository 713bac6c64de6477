"""Dataset CSVs: what is read, and what is said of what cannot be."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.config import REPOSITORY
from core.datasets import DatasetRow, read_dataset
from core.errors import ConfigError


def write(folder: Path, text: str) -> Path:
    path = folder / "d.csv"
    path.write_text(text, encoding="utf-8")
    return path


def message(folder: Path, text: str) -> str:
    with pytest.raises(ConfigError) as error:
        read_dataset(write(folder, text))
    return str(error.value).replace(str(folder / "d.csv"), "d.csv")


def test_rows_of_each_task_are_read_with_their_line_numbers(tmp_path: Path) -> None:
    classes = read_dataset(write(tmp_path, "path,label,split\na.jpg,TREE,train\n\nb.jpg,,\n"))
    assert (classes.task, classes.folder, classes.row_numbers) == ("classification", tmp_path, (2, 4))
    assert classes.rows == (DatasetRow("a.jpg", "TREE", split="train"), DatasetRow("b.jpg"))
    boxes = read_dataset(write(tmp_path, "path,label,x_min,y_min,x_max,y_max\na.jpg,cap,1,2.5,3,4\nb.jpg,,,,,\n"))
    assert boxes.rows == (DatasetRow("a.jpg", "cap", (1.0, 2.5, 3.0, 4.0)), DatasetRow("b.jpg"))
    values = read_dataset(write(tmp_path, "\ufeffvalue,captured_at,path,note\n0.5,2026-06-12T11:04:00+02:00,a.jpg,x\n"))
    assert values.rows == (DatasetRow("a.jpg", value=0.5, captured_at=datetime(2026, 6, 12, 9, 4, tzinfo=UTC)),)


def test_the_sample_datasets_are_read() -> None:
    files = {name: REPOSITORY / "sample_data" / f"{name}.csv" for name in ("poles", "shackles")}
    counts = {name: len(read_dataset(file).by_photo) for name, file in files.items()}
    assert counts == {"poles": 40, "shackles": 10}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("path,label\n,TREE\n", "d.csv row 2: expected a path, received nothing"),
        ("path,value\na.jpg,NaN\n", "d.csv row 2: expected a number as value, received 'NaN'"),
        ("path,value\na.jpg,\n", "d.csv row 2: expected a number as value, received nothing"),
        ("path,value\na.jpg,inf\n", "received 'inf'"),
        ("path,label\na.jpg,TREE,9\n", "d.csv row 2: expected 2 cells as in the header, received '3'"),
        ("path,label,x_min,y_min,x_max,y_max\na.jpg,cap,5,0,5,9\n",
         "row 2: expected x_min < x_max and y_min < y_max, received '5,0,5,9'"),
        ("path,label,x_min,y_min,x_max,y_max\na.jpg,cap,,,,\n", "row 2: expected a number as x_min, received nothing"),
        ("path,label,x_min,y_min,x_max,y_max\na.jpg,,1,2,3,4\n", "expected a label for the box, or no box"),
        ("path,label,split\na.jpg,TREE,val\n", "row 2: expected split train, validation, test or nothing"),
        ("path,label,captured_at\na.jpg,T,2026-06-12 09:00\n", "expected captured_at with zone"),
        ("path,label,split\na.jpg,T,train\na.jpg,S,test\n",
         "row 3: expected split 'train' for a.jpg as in row 2, received 'test'"),
        ("path,label,group\na.jpg,T,7\na.jpg,S,8\n", "row 3: expected group '7' for a.jpg as in row 2, received '8'"),
        ("path,value\na.jpg,0.1\na.jpg,0.2\n", "row 3: expected one value for a.jpg, 0.1 as in row 2, received 0.2"),
        ("path,label\na.jpg,T\na.jpg,\n", "row 3: expected either labels or none for a.jpg"),
        ("path;label\na.jpg;TREE\n", "save it with commas"),
        ("name,label\na,b\n", "d.csv row 1: expected columns path,label or"),
        ("path,label\n", "expected at least one photo, received none"),
        ("", "row 1: expected columns path,label or"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_file_row_expected_and_received(tmp_path: Path, text: str, said: str) -> None:
    assert said in message(tmp_path, text)


def test_ten_problems_are_named_and_the_others_counted(tmp_path: Path) -> None:
    lines = message(tmp_path, "path,value\n" + "a.jpg,x\n" * 13).splitlines()
    assert len(lines) == 11
    assert lines[9].startswith("d.csv row 11:")
    assert lines[10] == "… and 3 more"


def test_a_missing_file_a_folder_and_other_bytes_are_said_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="received nothing of that name"):
        read_dataset(tmp_path / "none.csv")
    with pytest.raises(ConfigError, match="received a folder"):
        read_dataset(tmp_path)
    (tmp_path / "d.csv").write_bytes("path,label\nä.jpg,T".encode("latin-1"))
    with pytest.raises(ConfigError, match="in UTF-8"):
        read_dataset(tmp_path / "d.csv")


def test_a_task_can_be_asked_for(tmp_path: Path) -> None:
    path = write(tmp_path, "path,label,value\na.jpg,TREE,0.5\n")
    assert read_dataset(path).task == "regression"
    assert read_dataset(path, "classification").rows == (DatasetRow("a.jpg", "TREE"),)
    with pytest.raises(ConfigError, match="expected columns path,label,x_min"):
        read_dataset(path, "detection")
