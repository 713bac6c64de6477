"""Versions: named by content, written whole, never changed."""

import hashlib
import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.datasets import Dataset, DatasetRow, Origin, VersionFolder, read_dataset
from core.datasets.canonical import canonical_csv, content_hash
from core.datasets.files import stored_path
from core.errors import ConfigError, NotFoundError, StoreError

ROWS = (DatasetRow("b.jpg", "STEEL"), DatasetRow("a.jpg", "TREE", split="train"))


def classes(*rows: DatasetRow) -> Dataset:
    return Dataset("classification", rows, Path())


def test_the_same_rows_have_the_same_name_in_any_order_and_any_number() -> None:
    text = canonical_csv(classes(*ROWS))
    assert text == b"path,label,split\na.jpg,TREE,train\nb.jpg,STEEL,\n"
    assert content_hash(text) == hashlib.sha256(text).hexdigest()[:10]
    assert canonical_csv(classes(ROWS[1], ROWS[0], ROWS[1])) == text


path_text = st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1)
finite = st.floats(allow_nan=False, allow_infinity=False)


@given(
    st.dictionaries(path_text.filter(str.strip), st.tuples(finite, st.sampled_from(["", "train", "test"])), min_size=1)
)
def test_what_is_written_is_read_back_bit_for_bit(tmp_path_factory: pytest.TempPathFactory, photos: dict) -> None:
    rows = [DatasetRow(path, value=value + 0.0, split=split) for path, (value, split) in photos.items()]
    file = tmp_path_factory.mktemp("v") / "d.csv"
    file.write_bytes(canonical_csv(Dataset("regression", tuple(rows), Path())))
    assert set(read_dataset(file).rows) == set(rows)


def test_a_version_keeps_where_it_comes_from_and_its_counts(tmp_path: Path) -> None:
    folder = VersionFolder(tmp_path)
    first = folder.save(classes(*ROWS), Origin("poles", "imported poles.csv")).version
    second = folder.save(
        classes(ROWS[0]), Origin("poles", "removed", (first.hash,), {"name": "remove", "labels": ["TREE"]}, "Ada")
    )
    assert second.is_new
    read = folder.version(second.version.hash)
    assert read == second.version
    assert (read.origin.parents, read.origin.made_by, read.photo_count) == ((first.hash,), "Ada", 1)
    assert [(c.label, c.rows, c.photos_by_split[""]) for c in read.labels] == [("STEEL", 1, 1)]
    assert first.splits == {"": 1, "train": 1}
    csv = folder.csv_path(first.hash).read_bytes()
    assert hashlib.sha256(csv).hexdigest().startswith(first.hash)
    assert set(folder.read(first.hash).rows) == set(ROWS)
    assert json.loads((tmp_path / f"{first.hash}.json").read_text())["labels"]["TREE"]["photos_by_split"]["train"] == 1


def test_the_same_rows_stay_the_version_that_they_were(tmp_path: Path) -> None:
    folder = VersionFolder(tmp_path)
    first = folder.save(classes(*ROWS), Origin("poles", "imported"))
    again = folder.save(classes(*reversed(ROWS)), Origin("other", "imported again"))
    assert (first.is_new, again.is_new) == (True, False)
    assert again.version == first.version
    assert len(folder.versions()) == 1


def test_versions_are_found_by_hash_its_beginning_and_name(tmp_path: Path) -> None:
    folder = VersionFolder(tmp_path)
    old = folder.save(classes(*ROWS), Origin("poles", "imported")).version
    new = folder.save(classes(ROWS[0]), Origin("poles", "removed")).version
    assert folder.version("poles") == new
    assert folder.version(old.hash[:6]) == old
    assert [version.hash for version in folder.versions()] == [new.hash, old.hash]
    with pytest.raises(NotFoundError, match="dataset pole: no such version; there is poles"):
        folder.version("pole")
    with pytest.raises(NotFoundError, match="there are none yet"):
        VersionFolder(tmp_path / "empty").version("../etc/passwd")


def test_a_changed_or_missing_csv_is_noticed(tmp_path: Path) -> None:
    folder = VersionFolder(tmp_path)
    version = folder.save(classes(*ROWS), Origin("poles", "imported")).version
    with folder.csv_path(version.hash).open("a") as file:
        file.write("c.jpg,TREE,\n")
    with pytest.raises(StoreError, match="was changed after it was written"):
        folder.read("poles")
    folder.csv_path(version.hash).unlink()
    with pytest.raises(StoreError, match="cannot be read"):
        folder.read("poles")


@pytest.mark.parametrize("name", ["", " x", "a/b", "..", "x" * 61, "a\nb", "-x"])
def test_odd_names_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError, match="dataset name: expected"):
        VersionFolder(tmp_path).save(classes(*ROWS), Origin(name, "imported"))
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_kept_of_no_rows_or_rows_that_contradict_each_other(tmp_path: Path) -> None:
    folder = VersionFolder(tmp_path)
    with pytest.raises(ConfigError, match="at least one photo"):
        folder.save(classes(), Origin("poles", "imported"))
    with pytest.raises(ConfigError, match=r"expected split 'train' for a\.jpg as in row 1, received 'test'"):
        folder.save(classes(ROWS[1], DatasetRow("a.jpg", "STEEL", split="test")), Origin("poles", "imported"))
    with pytest.raises(ConfigError, match="without line breaks"):
        folder.save(classes(DatasetRow("a\r.jpg", "TREE")), Origin("poles", "imported"))
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path) -> None:
    program = (
        "import resource, signal, sys\n"
        "from pathlib import Path\n"
        "from core.datasets import Dataset, DatasetRow, Origin, VersionFolder\n"
        "from core.errors import StoreError\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (400, 400))\n"
        "rows = tuple(DatasetRow(f'{i:04}.jpg', 'TREE') for i in range(100))\n"
        "try:\n"
        "    VersionFolder(Path(sys.argv[1])).save(Dataset('classification', rows, Path()), Origin('p', 'imported'))\n"
        "except StoreError as error:\n"
        "    print(error)\n"
    )
    assert hasattr(resource, "RLIMIT_FSIZE")
    done = subprocess.run([sys.executable, "-c", program, tmp_path], capture_output=True, text=True, check=True)
    assert "cannot be written" in done.stdout
    assert os.listdir(tmp_path) == []


def test_photos_in_the_data_folder_are_named_relative_to_it(tmp_path: Path) -> None:
    versions = tmp_path / "home" / "datasets"
    assert stored_path(tmp_path / "home" / "photos" / "a.jpg", versions) == "../photos/a.jpg"
    assert stored_path(versions / "frames" / "x" / "a.jpg", versions) == "frames/x/a.jpg"
    assert stored_path(tmp_path / "b" / ".." / "c.jpg", versions) == f"{tmp_path}/c.jpg"
