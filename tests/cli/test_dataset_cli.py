"""``gridlens dataset``."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from core.cli.main import app
from core.config import REPOSITORY
from core.errors import ConfigError, NotFoundError
from tests.imaging.pictures import scene
from tests.imaging.videos import write_video
from tests.services.toys import SHIPPED_MODELS, write_photo

SAMPLES = REPOSITORY / "sample_data"
RUNNER = CliRunner()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GRIDLENS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("GRIDLENS_MODELS", str(SHIPPED_MODELS))
    monkeypatch.setenv("USER", "ada")
    return tmp_path / "home"


def run(*arguments: object, status: int = 0) -> str:
    result = RUNNER.invoke(app, ["dataset", *map(str, arguments)])
    assert result.exit_code == status, result.output
    return result.stdout


def run_json(*arguments: object, status: int = 0) -> Any:
    return json.loads(run(*arguments, "--json", status=status))


def test_a_dataset_goes_its_way_from_import_to_split(home: Path) -> None:
    assert run_json("list") == []
    assert "no datasets yet" in run("list")
    first = run_json("import", SAMPLES / "poles.csv")
    assert (first["name"], first["photos"], first["made_by"], first["is_new"]) == ("poles", 40, "ada", True)
    assert "(these rows were there already)" in run("import", SAMPLES / "poles.csv")
    merged = run_json("merge", "poles", "STEEL=METAL", "CONCRETE=")
    assert merged["labels"].keys() == {"METAL", "NONE", "TREE"}
    removed = run_json("remove", merged["hash"][:5], "--label", "NONE")
    split = run_json("split", "poles", "--shares", "50/25/25", "--seed", 7)
    assert split["parents"] == [removed["hash"]]
    assert sum(split["splits"].values()) == split["photos"] == 34
    half = run_json("sample", "poles", "--share", 0.5)
    assert half["photos"] == 17
    relabelled = run_json("relabel", first["hash"], "WOOD", "--label", "TREE")
    assert "WOOD" in relabelled["labels"]
    added = run_json("add", half["hash"], relabelled["hash"], "--on-conflict", "both")
    assert added["parents"] == [half["hash"], relabelled["hash"]]
    assert len(run_json("list")) == 7
    assert (home / "datasets" / f"{added['hash']}.csv").is_file()


def test_show_prints_counts_and_rows() -> None:
    run("import", SAMPLES / "poles.csv")
    words = run("show", "poles", "--rows", 2, "--label", "STEEL")
    assert "STEEL                                  6 photos       6 rows" in words
    assert "imported poles.csv (Dataset CSV), by ada; from no other version" in words
    document = run_json("show", "poles", "--rows", 2, "--label", "STEEL")
    assert (document["total"], len(document["rows_shown"])) == (6, 2)
    assert Path(document["csv"]).is_file()


def test_two_versions_are_compared_in_words_and_as_json() -> None:
    first = run_json("import", SAMPLES / "top_caps.csv")
    second = run_json("merge", first["hash"], "whole missing top cap=")
    found = run_json("diff", first["hash"], second["hash"])
    assert found["counts"]["box removed"] == 9
    assert "box removed      9" in run("diff", first["hash"], second["hash"])
    assert run("diff", first["hash"], SAMPLES / "top_caps.csv") == "no difference\n"


def test_values_are_relabelled_with_a_number() -> None:
    run("import", SAMPLES / "shackles.csv")
    run("relabel", "shackles", "0.5", "--path", "*joint_00[12].jpg")
    assert [row["value"] for row in run_json("show", "shackles", "--rows", 3)["rows_shown"]] == [0.5, 0.5, 0.763]


def test_folders_of_photos_and_videos_become_a_dataset(tmp_path: Path) -> None:
    root = tmp_path / "car"
    write_photo(root / "body" / "door" / "a.jpg")
    write_video(root / "body" / "engine" / "b.avi", [scene(48, 64, i // 10) for i in range(20)])
    (root / "body" / "engine" / "torn.mp4").write_bytes(b"torn")
    found = run_json("from-folders", root, "--per-second", 2, "--name", "cars", status=1)
    assert (found["photos"], found["videos"], found["near_duplicates_left_out"]) == (3, 1, 2)
    assert [Path(failed["path"]).name for failed in found["failed"]] == ["torn.mp4"]
    assert found["labels"].keys() == {"body/door", "body/engine"}
    assert run_json("merge", "cars", "--level", 1)["labels"].keys() == {"body"}


def test_an_export_is_imported_again(tmp_path: Path) -> None:
    first = run_json("import", SAMPLES / "top_caps.csv")
    for name in ("coco", "yolo", "voc", "label-studio", "custom-vision", "csv"):
        run("export", "top_caps", name, tmp_path / name)
        back = run_json("import", tmp_path / name, "--name", f"back {name}")
        assert {k: v["rows"] for k, v in back["labels"].items()} == {k: v["rows"] for k, v in first["labels"].items()}


def test_check_names_what_is_wrong_and_exits_with_1(tmp_path: Path) -> None:
    run("import", SAMPLES / "poles.csv")
    assert run("check", "poles") == "poles: nothing wrong\n"
    assert run("check", "poles", "--model", "polecat") == "poles: nothing wrong\n"
    photo = write_photo(tmp_path / "a.jpg")
    (tmp_path / "b.jpg").write_bytes(photo.read_bytes())
    csv = tmp_path / "d.csv"
    csv.write_text("path,label,split\na.jpg,TREE,train\nb.jpg,OAK,test\nc.jpg,TREE,test\n")
    problems = run_json("check", csv, "--model", "polecat", status=1)["problems"]
    said = [f"{problem['row']}: {problem['expected']}" for problem in problems]
    assert f"4: a photo at {tmp_path}/c.jpg" in said
    assert any(words.startswith("3: a label among TREE, STEEL, CONCRETE") for words in said)
    assert any(words.startswith("3: a photo that is not in train") for words in said)


def test_from_reviews_says_what_is_missing() -> None:
    result = RUNNER.invoke(app, ["dataset", "from-reviews", "polecat"])
    assert isinstance(result.exception, ConfigError)
    assert "expected photos that a person has accepted or corrected, received none" in str(result.exception)


@pytest.mark.parametrize(
    ("arguments", "kind", "words"),
    [
        (["show", "nothing"], NotFoundError, "no such version"),
        (["import", "nowhere.csv"], ConfigError, "received nothing of that name"),
        (["merge", "poles"], ConfigError, "expected OLD=NEW pairs or --level, received neither"),
        (["merge", "poles", "STEEL"], ConfigError, "expected OLD=NEW pairs or --level, received STEEL"),
        (["split", "poles", "--shares", "60/40"], ConfigError, "expected three numbers like 60/20/20"),
        (["split", "poles", "--shares", "a/b/c"], ConfigError, "expected a number, received 'a'"),
        (["merge", "poles", "--level", "0"], ConfigError, "expected leaf, full or a number"),
        (["export", "poles", "excel", "out"], ConfigError, "format: expected one of csv, coco"),
        (["add", "poles", "poles", "--on-conflict", "x"], ConfigError, "expected on_conflict to be one of"),
    ],
)
def test_wrong_use_is_said_in_words(arguments: list[str], kind: type[Exception], words: str) -> None:
    run("import", SAMPLES / "poles.csv")
    result = RUNNER.invoke(app, ["dataset", *arguments])
    assert isinstance(result.exception, kind)
    assert words in str(result.exception)
