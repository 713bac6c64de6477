"""``gridlens thresholds``: listed, set by hand, chosen by saved answers, and taken back."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from core.cli.main import app, main
from core.runtime.model_config import find_model
from core.services.saved_answers import SAMPLE_ANSWERS, read_about
from tests.services.toys import SHIPPED_MODELS

CAP, MISSING = "whole top cap", "whole missing top cap"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRIDLENS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("GRIDLENS_MODELS", str(SHIPPED_MODELS))


def run(*arguments: str) -> dict[str, dict]:
    done = CliRunner().invoke(app, ["thresholds", *arguments, "--json"])
    assert done.exit_code == 0, done.output
    return {row["label"]: row for row in json.loads(done.stdout)}


def test_thresholds_are_listed_set_and_taken_back() -> None:
    shipped = find_model(SHIPPED_MODELS, "topcap").config.thresholds
    assert run("topcap")[CAP]["threshold"] == shipped[CAP]
    rows = run("topcap", f"{CAP}=0.8", "--person", "ann")
    assert (rows[CAP]["threshold"], rows[CAP]["chosen_by"], rows[CAP]["rule"]) == (0.8, "person:ann", "set by hand")
    assert rows[MISSING]["threshold"] == shipped[MISSING]
    assert run("topcap", f"{CAP}=shipped")[CAP]["threshold"] == shipped[CAP]


def test_thresholds_are_chosen_by_saved_answers() -> None:
    answers = next(one for one in map(read_about, SAMPLE_ANSWERS.glob("topcap*")) if one.kind == "box")
    rows = run("topcap", "--from", answers.name, "--recall", "0.8")
    assert rows[CAP]["rule"] == f"recall at least 0.8 on {answers.name}"
    assert 0 < rows[CAP]["threshold"] < 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["topcap", "high"], "threshold: expected LABEL=VALUE, received 'high'"),
        (["topcap", f"{CAP}=high"], "expected a number or 'shipped'"),
        (["topcap", f"{CAP}=3"], "expected 0 to 1, received 3.0"),
        (["topcap", "--from", "nothing"], "answers 'nothing': expected one of"),
        (["shackle", "worn fraction=0.5"], "its answer is a value"),
    ],
)
def test_wrong_use_is_named(arguments: list[str], words: str, monkeypatch, capsys) -> None:
    monkeypatch.setattr("sys.argv", ["gridlens", "thresholds", *arguments])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 2
    assert words in capsys.readouterr().err
