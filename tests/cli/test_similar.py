"""``gridlens compare`` and ``gridlens similar``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from core.cli.main import app
from core.errors import ConfigError
from tests.imaging.pictures import save, scene
from tests.services.toys import SHIPPED_MODELS

RUNNER = CliRunner()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRIDLENS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("GRIDLENS_MODELS", str(SHIPPED_MODELS))


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    for k in range(4):
        save(tmp_path / f"{k}.png", scene(64, 80, k // 2 * 7 + 1))
    path = tmp_path / "set.csv"
    path.write_text("path,label\n0.png,A\n1.png,A\n2.png,B\n3.png,B\n")
    return path


def test_compare_prints_one_document(tmp_path: Path, dataset: Path) -> None:
    files = [str(dataset.parent / name) for name in ("0.png", "2.png")]
    document = json.loads(RUNNER.invoke(app, ["compare", *files, "--json", "--model", "polecat"]).stdout)
    assert (document["a"], document["b"]) == tuple(files)
    assert document["measures"][-1]["name"] == "embedding_polecat"
    lines = RUNNER.invoke(app, ["compare", files[0], files[0], "--model", "polecat"]).stdout.splitlines()
    assert len(lines) == 27
    assert lines[-1].split()[:2] == ["embedding_polecat", "1.0000"]


def test_similar_answers_every_question(dataset: Path) -> None:
    ask = ["similar", "--in", str(dataset), "--model", "polecat", "--json"]
    photo = str(dataset.parent / "0.png")
    done = RUNNER.invoke(app, [*ask, photo, "--by", "average_hash", "--count", "2"])
    assert done.exit_code == 0, done.output
    nearest = json.loads(done.stdout)
    assert Path(nearest["photos"][0]["path"]).name == "1.png"
    assert nearest["by"] == {
        "name": "average_hash",
        "nearer": "lower",
        "range": [0, 64],
        "weights": {"average_hash": 1},
    }
    region = json.loads(RUNNER.invoke(app, [*ask, photo, "--region", "8,8,60,60"]).stdout)
    assert region["by"]["name"] == "region"
    assert len(region["photos"][0]["box_xyxy_px"]) == 4
    groups = json.loads(RUNNER.invoke(app, [*ask, "--duplicates", "0"]).stdout)["groups"]
    assert [[Path(path).name for path in group] for group in groups] == [["0.png", "1.png"], ["2.png", "3.png"]]
    stands = json.loads(
        RUNNER.invoke(app, [*ask, "--representatives", "medoids", "--label", "B", "--count", "1"]).stdout
    )
    assert stands["photos"][0]["stands_for"] == 2


def test_one_question_at_a_time_and_failed_photos_exit_with_1(dataset: Path) -> None:
    for question in ([], [str(dataset.parent / "0.png"), "--duplicates", "1"]):
        done = RUNNER.invoke(app, ["similar", "--in", str(dataset), *question])
        assert isinstance(done.exception, ConfigError)
        assert "expected one of PHOTO, --duplicates and --representatives" in str(done.exception)
    (dataset.parent / "3.png").write_text("no photo")
    done = RUNNER.invoke(app, ["similar", "--in", str(dataset), "--model", "polecat", "--duplicates", "0"])
    assert done.exit_code == 1
    assert "3.png: " in done.stderr
    assert done.stdout.count("png") == 2
