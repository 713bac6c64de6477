"""``gridlens curves`` and the readers of predictions: against pycocotools and scikit-learn, and with bad files."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, precision_recall_curve
from typer.testing import CliRunner

from core.cli.main import app
from core.errors import ConfigError
from core.services.answer_set import read_answer_set
from core.services.curves import report_curves
from tests.metrics.coco_oracle import Case, absent_as_nan, evaluate, random_case

CORNERS = ("x_min", "y_min", "x_max", "y_max")
LABELS = ("cap", "missing cap")


def _write_csv(path: Path, header: tuple[str, ...], rows: list[list[object]]) -> Path:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def _case_as_csv(case: Case, folder: Path) -> tuple[Path, Path]:
    def corners(row: dict) -> list[float]:
        x, y, w, h = row["bbox"]
        return [x, y, x + w, y + h]

    truths = [[f"{r['image_id']:03d}.jpg", LABELS[r["category_id"]], *corners(r)] for r in case.truths]
    empty = [[f"{k:03d}.jpg", "NONE" if k % 2 else "", "", "", "", ""] for k in range(case.photo_count)]
    shown = {row[0] for row in truths}
    truths += [row for row in empty if row[0] not in shown]
    answers = [[f"{r['image_id']:03d}.jpg", LABELS[r["category_id"]], r["score"], *corners(r)] for r in case.answers]
    return (
        _write_csv(folder / "p.csv", ("path", "label", "score", *CORNERS), answers),
        _write_csv(folder / "t.csv", ("path", "label", *CORNERS), truths),
    )


def _run(*arguments: object) -> tuple[dict, str]:
    result = CliRunner().invoke(app, ["curves", *map(str, arguments), "--json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout), result.stderr


@pytest.fixture
def case() -> Case:
    case = random_case(4, photos=12, labels=2, answers=220, truths=60, side_px=60, levels=40)
    for row in case.truths:
        row.update(iscrowd=0, area=row["bbox"][2] * row["bbox"][3])
    return case


def test_boxes_from_csv_equal_pycocotools(case, tmp_path):
    document, _ = _run(*_case_as_csv(case, tmp_path))
    theirs = evaluate(case)
    precision = absent_as_nan(theirs.eval["precision"][:, :, :, 0, 2]).mean(axis=1)
    assert document["map_50_95"] == pytest.approx(theirs.stats[0], abs=1e-9)
    assert document["map_50"] == pytest.approx(theirs.stats[1], abs=1e-9)
    for k, label in enumerate(LABELS):
        assert document["labels"][label]["ap"] == pytest.approx(precision[0, k], abs=1e-9)
        np.testing.assert_allclose(document["ap_by_overlap"][label][9:], precision[:, k], atol=1e-9)
    np.testing.assert_allclose(document["overlap"], np.arange(1, 20) * 0.05)
    curve = document["labels"]["ALL"]
    assert curve["threshold"] == sorted({row["score"] for row in case.answers})
    assert len(curve["threshold"]) == len(curve["precision"]) == len(curve["recall"]) == len(curve["f1"])
    assert document["counts"]["ALL"] == {"truth": 60, "answers": 220}


def test_coco_files_give_what_csv_gives_and_crowds_on_top(case, tmp_path):
    from_csv, _ = _run(*_case_as_csv(case, tmp_path))
    (tmp_path / "p.json").write_text(json.dumps(case.answers))
    instances = {
        "images": [{"id": k, "file_name": f"{k:03d}.jpg"} for k in range(case.photo_count)],
        "categories": [{"id": k, "name": name} for k, name in enumerate(LABELS)],
        "annotations": case.truths,
    }
    (tmp_path / "t.json").write_text(json.dumps(instances))
    from_coco, _ = _run(tmp_path / "p.json", tmp_path / "t.json")
    assert from_coco["labels"] == from_csv["labels"]
    mixed, _ = _run(tmp_path / "p.csv", tmp_path / "t.json")
    assert mixed["coco"] == from_coco["coco"]
    case.truths[3]["iscrowd"] = 1
    (tmp_path / "t.json").write_text(json.dumps(instances))
    crowded, _ = _run(tmp_path / "p.json", tmp_path / "t.json")
    np.testing.assert_allclose(
        [value if value is not None else np.nan for value in crowded["coco"].values()],
        absent_as_nan(evaluate(case).stats),
        atol=1e-9,
    )


def test_labels_of_whole_photos_equal_scikit_learn(tmp_path):
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 3, 60)
    scores = np.round(rng.dirichlet(np.ones(2), 60), 2)
    names = ("STEEL", "TREE")
    answers = [[f"{k}.jpg", names[j], scores[k, j]] for k in range(60) for j in range(2)]
    true = [[f"{k}.jpg", ("STEEL", "TREE", "NONE")[truth[k]]] for k in range(60)]
    document, _ = _run(
        _write_csv(tmp_path / "p.csv", ("path", "label", "score"), answers),
        _write_csv(tmp_path / "t.csv", ("path", "label"), true),
    )
    for j, name in enumerate(names):
        ours = document["labels"][name]
        assert ours["ap"] == pytest.approx(average_precision_score(truth == j, scores[:, j]), abs=1e-9)
        precision, recall, threshold = precision_recall_curve(truth == j, scores[:, j])
        np.testing.assert_allclose(ours["threshold"], threshold)
        np.testing.assert_allclose(ours["precision"], precision[:-1], atol=1e-9)
        np.testing.assert_allclose(ours["recall"], recall[:-1], atol=1e-9)
    pooled = average_precision_score((truth[:, None] == np.arange(2)).ravel(), scores.ravel())
    assert document["labels"]["ALL"]["ap"] == pytest.approx(pooled, abs=1e-9)
    assert document["overlap"] == []
    assert document["map_50"] is None


def test_chosen_thresholds_follow_recall_and_costs(case, tmp_path):
    files = _case_as_csv(case, tmp_path)
    lax = _run(*files, "--recall", 0.2)[0]["chosen"]["ALL"]
    assert lax["recall"] >= 0.2
    assert lax["rule"] == "recall at least 0.2"
    careful, careless = (_run(*files, "--missed-cost", cost)[0]["chosen"]["ALL"] for cost in (50, 0.01))
    assert careful["missed"] < careless["missed"]
    assert careful["cost"] == 50 * careful["missed"] + careful["needless"]
    assert careless["needless"] == 0
    assert careless["found"] == 0
    _, stderr = _run(*files, "--recall", 1)
    assert "no threshold chosen for ALL: expected a threshold with recall 1; the highest is 0." in stderr


def test_the_table_for_people_names_every_label(case, tmp_path):
    result = CliRunner().invoke(app, ["curves", *map(str, _case_as_csv(case, tmp_path))])
    assert result.exit_code == 0
    for name in ("ALL", *LABELS, "AP50", "AR100"):
        assert name in result.stdout


def test_no_answers_miss_everything_and_say_so(tmp_path):
    truth = _write_csv(tmp_path / "t.csv", ("path", "label", *CORNERS), [["a.jpg", "cap", 0, 0, 9, 9]])
    answers = _write_csv(tmp_path / "p.csv", ("path", "label", "score", *CORNERS), [])
    document, stderr = _run(answers, truth)
    assert document["map_50"] == 0.0
    assert document["labels"]["cap"]["threshold"] == []
    assert "has no answers: every truth is missed" in stderr


def test_answers_without_any_truth_have_no_precision_to_average(tmp_path):
    truth = _write_csv(tmp_path / "t.csv", ("path", "label", *CORNERS), [["a.jpg", "", "", "", "", ""]])
    answers = _write_csv(
        tmp_path / "p.csv", ("path", "label", "score", *CORNERS), [["a.jpg", "cap", 0.5, 0, 0, 9, 9]] * 2
    )
    document, stderr = _run(answers, truth)
    assert document["map_50"] is None
    assert document["labels"]["cap"]["recall"] == [None]
    assert document["labels"]["cap"]["precision"] == [0.0]
    assert "no truth for cap" in stderr
    assert "every score" in stderr


BAD_ANSWERS = {
    "a.jpg,cap,nan,0,0,9,9": r"p.csv row 3: expected a finite number as score, received 'nan'",
    "a.jpg,cap,high,0,0,9,9": r"p.csv row 3: expected a finite number as score, received 'high'",
    "a.jpg,cap,0.5,0,0,inf,9": r"p.csv row 3: expected a finite number as x_max, received 'inf'",
    "a.jpg,cap,0.5,9,0,0,9": r"p.csv row 3: expected x_min ≤ x_max and y_min ≤ y_max, received '9,0,0,9'",
    "a.jpg,,0.5,0,0,9,9": r"p.csv row 3: expected a label, received nothing",
    "b.jpg,cap,0.5,0,0,9,9": r"p.csv row 3: expected a photo of .*t.csv, received 'b.jpg'",
    "a.jpg,cap,0.5": r"p.csv row 3: expected 7 cells as in the header, received '3'",
}


@pytest.mark.parametrize("line", BAD_ANSWERS)
def test_bad_answers_are_named_by_file_and_row(line, tmp_path):
    _write_csv(tmp_path / "t.csv", ("path", "label", *CORNERS), [["a.jpg", "cap", 0, 0, 9, 9]])
    good = "path,label,score,x_min,y_min,x_max,y_max\na.jpg,cap,0.9,0,0,9,9\n"
    (tmp_path / "p.csv").write_text(good + line + "\n")
    with pytest.raises(ConfigError, match=BAD_ANSWERS[line]):
        read_answer_set(tmp_path / "p.csv", tmp_path / "t.csv")


def test_other_bad_files_are_named(tmp_path):
    truth = _write_csv(tmp_path / "t.csv", ("path", "label"), [["a.jpg", "TREE"], ["b.jpg", "STEEL"]])
    answers = tmp_path / "p.csv"
    for text, message in {
        "": r"p.csv row 1: expected columns path,label,score, received nothing; path is missing",
        "path,label\n": r"row 1: expected columns path,label,score, .* score is missing",
        "path,label,score\na.jpg,TREE,1\na.jpg,TREE,0.5\n": r"row 3: expected one row for a.jpg and TREE, received 'a",
        "path,label,score,x_min,y_min,x_max,y_max\n": r"t.csv row 1: expected columns x_min,y_min,x_max,y_max, as",
        "path,label,score,x_min\n": r"row 1: expected columns .*y_max, .* y_min is missing",
    }.items():
        answers.write_text(text)
        with pytest.raises(ConfigError, match=message):
            read_answer_set(answers, truth)
    answers.write_text("path,label,score\na.jpg,PLASTIC,1\n")
    with pytest.raises(ConfigError, match=r"p.csv row 2: expected a label among STEEL, TREE, received 'PLASTIC'"):
        read_answer_set(answers, truth, ["STEEL", "TREE"])
    answers.write_bytes(b"path,label,score\n\xff\xfe,TREE,1\n")
    with pytest.raises(ConfigError, match="expected a CSV in UTF-8"):
        read_answer_set(answers, truth)
    with pytest.raises(ConfigError, match="received nothing of that name"):
        read_answer_set(tmp_path / "absent.csv", truth)
    _write_csv(tmp_path / "t.csv", ("path", "label"), [])
    answers.write_text("path,label,score\n")
    with pytest.raises(ConfigError, match=r"t.csv: expected at least one photo, received none"):
        read_answer_set(answers, truth)


def test_bad_coco_files_are_named_by_their_entries(tmp_path):
    truth, answers = tmp_path / "t.json", tmp_path / "p.json"
    instances = {
        "images": [{"id": 1, "file_name": "a.jpg"}],
        "categories": [{"id": 7, "name": "cap"}],
        "annotations": [{"id": 3, "image_id": 1, "category_id": 7, "bbox": [0, 0, 9, 9]}],
    }
    truth.write_text(json.dumps(instances))
    good = {"image_id": 1, "category_id": 7, "bbox": [0, 0, 9, 9], "score": 0.5}
    for key, value, message in (
        ("image_id", 2, r"p.json result 1: expected image_id of the truth's, received '2'"),
        ("category_id", 1, r"result 1: expected category_id of the truth's"),
        ("bbox", [0, 0, -1, 9], r"result 1: expected a bbox with width and height of at least 0"),
        ("bbox", [0, 0, 9], r"result 1 bbox: expected numbers as x, y, w, h"),
        ("score", None, r"result 1: expected numbers as score"),
    ):
        answers.write_text(json.dumps([good, {**good, key: value}]))
        with pytest.raises(ConfigError, match=message):
            read_answer_set(answers, truth)
    answers.write_text("{}")
    with pytest.raises(ConfigError, match="expected COCO results, a list of boxes, received dict"):
        read_answer_set(answers, truth)
    instances["annotations"][0]["image_id"] = 9
    truth.write_text(json.dumps(instances))
    with pytest.raises(ConfigError, match=r"t.json annotation 3: expected image_id of the truth's"):
        read_answer_set(answers, truth)
    _write_csv(tmp_path / "t.csv", ("path", "label", *CORNERS), [["a.jpg", "cap", 0, 0, 9, 9]])
    with pytest.raises(ConfigError, match="COCO results name photos by number; give COCO instances as truth"):
        read_answer_set(answers, tmp_path / "t.csv")


def test_an_overlap_between_the_steps_is_refused(case, tmp_path):
    answers = read_answer_set(*_case_as_csv(case, tmp_path))
    with pytest.raises(ConfigError, match=r"overlap: expected 0.05, 0.10 … 0.95, got 0.52"):
        report_curves(answers, 0.52)
