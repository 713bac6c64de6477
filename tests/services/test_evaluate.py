"""``gridlens evaluate`` on shipped models and sample photos, against the same answers counted by hand."""

import csv
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from core.cli.main import app
from core.config import REPOSITORY, read_settings
from core.errors import ConfigError
from core.imaging.decode import decode_upright
from core.imaging.photo import describe
from core.runtime.model_config import find_models
from core.runtime.registry import load_model
from core.services.evaluate import evaluate_model

SAMPLES = REPOSITORY / "sample_data"


def _folder(name: str):
    return find_models(read_settings().models_dir)[name]


def _answer(folder, path: Path):
    photo = describe(path, path.name, 10**9)
    image = decode_upright(
        path, path.name, at_least_px=load_model(folder).wanted_long_side_px(photo.width_px, photo.height_px)
    )
    return load_model(folder).predict(photo.sha256, image, (photo.width_px, photo.height_px)).findings


def test_wear_error_equals_the_one_counted_by_hand():
    folder = _folder("shackle")
    evaluation = evaluate_model(folder, SAMPLES / "shackles.csv")
    rows = list(csv.DictReader((SAMPLES / "shackles.csv").read_text().splitlines()))
    errors = [abs(_answer(folder, SAMPLES / r["path"])[0].value - float(r["value"])) for r in rows]
    assert evaluation.count == len(rows) == 10
    assert evaluation.metrics["mae"] == pytest.approx(sum(errors) / 10)


def test_pole_types_and_unreadable_photos(tmp_path):
    rows = [r for r in csv.DictReader((SAMPLES / "poles.csv").read_text().splitlines()) if r["label"] != "NONE"][:3]
    (tmp_path / "broken.jpg").write_bytes(b"not a photo")
    table = tmp_path / "d.csv"
    lines = [f"{SAMPLES / r['path']},{r['label']}" for r in rows]
    table.write_text("path,label\n" + "\n".join([*lines, "broken.jpg,TREE"]) + "\n")
    folder = _folder("polecat")
    evaluation = evaluate_model(folder, table)
    correct = [_answer(folder, SAMPLES / r["path"])[0].label == r["label"] for r in rows]
    assert evaluation.metrics["accuracy"] == pytest.approx(sum(correct) / 3)
    assert [path for path, _ in evaluation.failed] == ["broken.jpg"]
    result = CliRunner().invoke(app, ["evaluate", "polecat", str(table), "--json"])
    assert result.exit_code == 1
    document = json.loads(result.stdout)
    assert document["count"] == 3
    assert document["failed"][0]["path"] == "broken.jpg"
    assert "broken.jpg" in result.stderr


def test_wrong_tables_are_named(tmp_path):
    table = tmp_path / "d.csv"
    table.write_text("path,label\na.jpg,PLASTIC\n")
    with pytest.raises(ConfigError, match=r"d.csv row 2: expected a label among TREE, STEEL, CONCRETE, got 'PLASTIC'"):
        evaluate_model(_folder("polecat"), table)
    with pytest.raises(ConfigError, match=r"expected columns path, label, x_min, .* x_min is missing"):
        evaluate_model(_folder("topcap"), table)
    table.write_text("path,label\n")
    with pytest.raises(ConfigError, match="expected at least one photo, got none"):
        evaluate_model(_folder("polecat"), table)
