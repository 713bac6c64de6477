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
from core.services.evaluate import evaluate_model, evaluation_document
from core.services.evaluation_scores import score_answers
from tests.metrics import coco_oracle

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


def test_the_document_tells_intervals_and_what_is_taken_for_what(tmp_path):
    rows = list(csv.DictReader((SAMPLES / "poles.csv").read_text().splitlines()))[:12]
    table = tmp_path / "d.csv"
    table.write_text("path,label\n" + "\n".join(f"{SAMPLES / r['path']},{r['label']}" for r in rows) + "\n")
    document = evaluation_document(evaluate_model(_folder("polecat"), table))
    low, high = document["intervals"]["accuracy"]
    assert low < document["metrics"]["accuracy"] < high or document["metrics"]["accuracy"] == high == 1.0
    assert sum(map(sum, document["confusion"]["counts"])) == 12
    of_class = [row[:3] for row in document["confusion"]["counts"][:3]]
    recognised = sum(map(sum, of_class))
    correct = sum(of_class[k][k] for k in range(3))
    assert correct <= recognised <= sum(r["label"] != "NONE" for r in rows)
    assert document["reliability"]["count"] == sum(r["label"] != "NONE" for r in rows)
    json.dumps(document, allow_nan=False)


def test_boxes_are_scored_as_coco_scores_them(tmp_path):
    """The same findings through pycocotools, at the model's own answers."""
    folder = _folder("topcap")
    rows = list(csv.DictReader((SAMPLES / "top_caps.csv").read_text().splitlines()))
    paths = sorted({r["path"] for r in rows})[:4]
    mine = [r for r in rows if r["path"] in paths]
    table = tmp_path / "d.csv"
    corners = ("x_min", "y_min", "x_max", "y_max")
    lines = [",".join([str(SAMPLES / r["path"]), r["label"], *(r[c] for c in corners)]) for r in mine]
    table.write_text("path,label,x_min,y_min,x_max,y_max\n" + "\n".join(lines) + "\n")

    def as_coco(photo, label, box, **more):
        x0, y0, x1, y1 = map(float, box)
        size = [x0, y0, x1 - x0, y1 - y0]
        kind = folder.config.labels.index(label)
        return {"image_id": paths.index(photo), "category_id": kind, "bbox": size, **more}

    truths = [as_coco(r["path"], r["label"], [r[c] for c in corners]) for r in mine]
    for k, one in enumerate(truths):
        one.update(id=k + 1, iscrowd=0, area=one["bbox"][2] * one["bbox"][3])
    answers = [
        as_coco(path, f.label, f.box_xyxy_px, score=f.confidence)
        for path in paths
        for f in _answer(folder, SAMPLES / path)
    ]
    stats = coco_oracle.evaluate(coco_oracle.Case(len(paths), len(folder.config.labels), answers, truths)).stats
    evaluation = evaluate_model(folder, table, overlap=0.3)
    assert evaluation.metrics["map_50_95"] == pytest.approx(stats[0], abs=1e-9)
    assert evaluation.metrics["map_50"] == pytest.approx(stats[1], abs=1e-9)
    counts = evaluation.details["confusion"]["counts"]
    for k, label in enumerate(folder.config.labels):
        rates = evaluation.per_label[label]
        assert counts[k, k] == pytest.approx(rates["recall"] * rates["count"])
    assert counts[:-1].sum() == len(truths)


def test_wrong_tables_are_named(tmp_path):
    table = tmp_path / "d.csv"
    for text, message in {
        "path,label\na.jpg,PLASTIC\n": r"d.csv row 2: expected a label among TREE, STEEL, CONCRETE, received 'PLASTIC'",
        "path,label\na.jpg,TREE\na.jpg,STEEL\n": r"row 3: expected one label for a.jpg, which has TREE, received 'ST",
        "path,label\n": "expected at least one photo, received none",
        "path,kind\n": r"d.csv row 1: expected columns path,label, received 'path,kind'; label is missing",
    }.items():
        table.write_text(text)
        with pytest.raises(ConfigError, match=message):
            evaluate_model(_folder("polecat"), table)
    table.write_text("path,label\na.jpg,whole top cap\n")
    with pytest.raises(ConfigError, match=r"d.csv row 1: expected columns path,label,x_min.*x_min is missing"):
        evaluate_model(_folder("topcap"), table)
    table.write_text("path,label,x_min,y_min,x_max,y_max\na.jpg,whole top cap,9,0,0,9\n")
    with pytest.raises(ConfigError, match=r"d.csv row 2: expected x_min ≤ x_max"):
        evaluate_model(_folder("topcap"), table)
    table.write_text("path,value\na.jpg,nan\n")
    with pytest.raises(ConfigError, match=r"d.csv row 2: expected a number as value, received 'nan'"):
        evaluate_model(_folder("shackle"), table)


def test_an_overlap_that_no_box_can_miss_is_refused():
    with pytest.raises(ConfigError, match=r"overlap: expected a number above 0 and at most 1, got 0"):
        score_answers(_folder("topcap"), [], 0.0)


def test_only_a_detector_reads_windows(tmp_path):
    table = tmp_path / "poles.csv"
    table.write_text(f"path,label\n{SAMPLES / 'poles' / 'line7_001.jpg'},TREE\n")
    with pytest.raises(ConfigError, match="expected a detector, got polecat, a classification model"):
        evaluate_model(_folder("polecat"), table, windows=True)
