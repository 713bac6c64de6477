"""``gridlens render --ranges``."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from core.cli.main import app, main

RUNNER = CliRunner()


def command(folder: Path, text: str, *more: str) -> list[str]:
    ranges = folder / "ranges.toml"
    ranges.write_text(text)
    size = ["--count", "3", "--size", "32", "--out", str(folder / "out"), "--ranges", str(ranges)]
    return ["render", *more, *size]


def test_ranges_are_kept_by_every_render_and_in_the_recipe(tmp_path: Path) -> None:
    text = 'variant = "NOTX_NOBG"\n[variables]\nworn_fraction = [0.2, 0.4]\nnoise = 0\n'
    result = RUNNER.invoke(app, command(tmp_path, text, "shackle"))
    assert result.exit_code == 0, result.output
    with (tmp_path / "out" / "variables.csv").open() as file:
        rows = list(csv.DictReader(file))
    worn = [float(row["worn_fraction"]) for row in rows]
    assert min(worn) >= 0.2
    assert max(worn) <= 0.4
    assert len(set(worn)) == 3
    assert {row["noise"] for row in rows} == {"0.0"}
    assert {row["variant"] for row in rows} == {"NOTX_NOBG"}
    recipe = json.loads((tmp_path / "out" / "recipe.json").read_text())
    assert recipe["ranges"] == {"noise": 0.0, "worn_fraction": [0.2, 0.4]}
    assert recipe["variant"] == "NOTX_NOBG"


@pytest.mark.parametrize(
    ("text", "scene", "words"),
    [
        ("[variables]\nrust = [0, 2]", ["shackle"], "rust: expected 0 to 1, received 2"),
        ('scene = "pole"', ["shackle"], "scene: expected 'shackle', received ranges for 'pole'"),
        ('variant = "top"', ["pole", "--variant", "scene"], "variant: expected 'scene', received ranges for 'top'"),
        ("[variables]\nheight = 9", ["pole"], "height: expected what pole scenes of variant scene draw"),
    ],
)
def test_wrong_ranges_are_wrong_use_before_anything_is_rendered(
    tmp_path: Path, text: str, scene: list[str], words: str, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setattr(sys, "argv", ["gridlens", *command(tmp_path, text, *scene)])
    with pytest.raises(SystemExit) as stop:
        main()
    assert stop.value.code == 2
    assert f"{tmp_path / 'ranges.toml'}: {words}" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_other_ranges_do_not_get_into_one_folder(tmp_path: Path) -> None:
    assert RUNNER.invoke(app, command(tmp_path, "[variables]\nnoise_of_255 = 1", "pole")).exit_code == 0
    result = RUNNER.invoke(app, command(tmp_path, "[variables]\nnoise_of_255 = 2", "pole"))
    assert "holds renders of another recipe" in str(result.exception)
