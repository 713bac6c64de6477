"""The ``gridlens`` command."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from core.cli.main import app, main
from core.render.result import Render
from core.services.context import Context
from core.services.worker import settings_environment
from tests.services.bad_files import write_bad_files
from tests.services.toys import SHIPPED_MODELS, toy_settings, write_photo

RUNNER = CliRunner()


@pytest.fixture
def context(context: Context, monkeypatch: pytest.MonkeyPatch) -> Context:
    """The toy models, which every command opens."""
    monkeypatch.setattr("core.services.context.open_context", lambda _: context)
    return context


@pytest.mark.usefixtures("context")
def test_inspect_prints_one_json_document_and_exits_with_0(tmp_path: Path) -> None:
    photo = write_photo(tmp_path / "in" / "pole.jpg")
    result = RUNNER.invoke(app, ["inspect", str(tmp_path / "in"), "--json"])
    assert result.exit_code == 0, result.output
    (document,) = json.loads(result.stdout)
    assert list(document) == ["path", "sha256", "width_px", "height_px", "captured_at", "gps", "error", "findings"]
    assert document["path"] == str(photo)
    assert [finding["label"] for finding in document["findings"]] == ["TREE", "whole missing top cap"]


@pytest.mark.usefixtures("context")
def test_failed_inputs_are_named_and_exit_with_1(tmp_path: Path) -> None:
    write_photo(tmp_path / "in" / "good.jpg")
    bad = write_bad_files(tmp_path / "in")
    result = RUNNER.invoke(app, ["inspect", str(tmp_path / "in"), "--json"])
    assert result.exit_code == 1
    documents = {Path(document["path"]).name: document for document in json.loads(result.stdout)}
    assert documents["good.jpg"]["error"] is None
    for path, words in bad.items():
        assert words in documents[path.name]["error"]
        assert documents[path.name]["findings"] == []
        assert f"{path}: {path.name}: " in result.stderr


def test_inspected_photos_are_in_the_store_with_their_tag(context: Context, tmp_path: Path) -> None:
    photo = write_photo(tmp_path / "joint.jpg")
    result = RUNNER.invoke(app, ["inspect", str(photo), "--tag", "shackle close-up"])
    assert result.stdout == f"{photo}: Worn 42 % (32–52 %)\n"
    assert context.store.photos()[0].tags == ("shackle close-up",)


@pytest.mark.parametrize("arguments", [["inspect"], ["inspect", "--nonsense", "x"], ["nonsense"], ["render", "tree"]])
def test_wrong_use_exits_with_2(arguments: list[str]) -> None:
    assert RUNNER.invoke(app, arguments).exit_code == 2


def test_a_path_that_does_not_exist_is_wrong_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["gridlens", "inspect", str(tmp_path / "nowhere")])
    with pytest.raises(SystemExit) as stop:
        main()
    assert stop.value.code == 2
    assert "nowhere: expected a file or folder, found nothing" in capsys.readouterr().err


def test_render_writes_a_dataset_and_goes_on_where_it_was_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seeds: list[int] = []

    def render(seed: int, *, size_px: int, variant: str) -> Render:
        import numpy as np

        seeds.append(seed)
        return Render(np.full((size_px, size_px, 3), seed, np.uint8), value=0.5, variables={"variant": variant})

    monkeypatch.setattr("core.render.shackles.render_shackle", render)
    command = ["render", "shackle", "--seed", "7", "--size", "32", "--out", str(tmp_path / "out"), "--count"]
    first = RUNNER.invoke(app, [*command, "2"])
    assert first.exit_code == 0, first.output
    assert first.stdout == f"{tmp_path / 'out'}: 2 renders, 2 new\n"
    assert RUNNER.invoke(app, [*command, "3"]).stdout == f"{tmp_path / 'out'}: 3 renders, 1 new\n"
    assert seeds == [7, 8, 9]
    assert len((tmp_path / "out" / "dataset.csv").read_text().splitlines()) == 4


def test_help_does_not_import_what_is_heavy() -> None:
    heavy = ("numpy", "cv2", "sqlalchemy", "tensorflow", "streamlit", "ai_edge_litert")
    program = f"import sys, core.cli.main; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_the_real_command_with_the_shipped_models(tmp_path: Path) -> None:
    photo = write_photo(tmp_path / "pole.jpg")
    environment = {**os.environ, **settings_environment(toy_settings(tmp_path / "home"))}
    done = subprocess.run(
        [sys.executable, "-m", "core.cli.main", "inspect", str(photo), "--json"],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    (document,) = json.loads(done.stdout)
    assert document["findings"][0]["model"] == "polecat"
    assert set(document["findings"][0]["probabilities"]) == {"TREE", "STEEL", "CONCRETE"}


def test_models_lists_what_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRIDLENS_MODELS", str(SHIPPED_MODELS))
    rows = json.loads(RUNNER.invoke(app, ["models", "--json"]).stdout)
    assert {row["model"] for row in rows} >= {"polecat", "topcap", "shackle"}
    assert all(len(row["version"]) == 12 for row in rows)


def test_render_draws_a_real_pole_with_its_label(tmp_path: Path) -> None:
    result = RUNNER.invoke(app, ["render", "pole", "--count", "1", "--size", "64", "--out", str(tmp_path / "out")])
    assert result.exit_code == 0, result.output
    header, row = (tmp_path / "out" / "dataset.csv").read_text().splitlines()
    assert header.startswith("path,label")
    assert row.split(",")[1] in {"TREE", "STEEL", "CONCRETE", "NONE"}
