"""``gridlens runs``."""

import json
from pathlib import Path

from typer.testing import CliRunner

from core.cli.main import app
from tests.services.training_toys import write_run

RUNNER = CliRunner()


def test_runs_are_listed_with_their_best_and_their_error(tmp_path: Path) -> None:
    write_run(tmp_path, "good-v1-1")
    write_run(tmp_path, "bad-v1-2", status="failed", error="d.csv row 3: expected a label\nand more", epochs=[])
    result = RUNNER.invoke(app, ["runs", "--runs", str(tmp_path)])
    assert result.exit_code == 0, result.output
    good, bad = sorted(result.stdout.splitlines(), reverse=True)
    assert good == "good-v1-1  done         3/4 epochs  2.0 s an epoch  best val_loss 0.6 at epoch 2"
    assert bad.endswith("failed       0/4 epochs  d.csv row 3: expected a label")


def test_json_is_one_document(tmp_path: Path) -> None:
    write_run(tmp_path, "good-v1-1")
    (document,) = json.loads(RUNNER.invoke(app, ["runs", "--runs", str(tmp_path), "--json"]).stdout)
    assert (document["name"], document["status"], document["left_s"]) == ("good-v1-1", "done", None)
    assert json.loads(RUNNER.invoke(app, ["runs", "--runs", str(tmp_path / "good-v1-1"), "--json"]).stdout) == []
