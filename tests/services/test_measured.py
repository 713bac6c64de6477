"""Saved answers: kept, found, matched, and the photos behind every count."""

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from core.cli.main import app
from core.config import REPOSITORY
from core.errors import ConfigError, NotFoundError
from core.metrics.threshold_choice import Costs
from core.services.answer_intake import add_answers
from core.services.answer_photos import slicing_columns, told_columns
from core.services.context import Context
from core.services.evidence import evidence
from core.services.label_table import map_words
from core.services.measured import best_answers, choose, measure, total_cost, true_label_of, view
from core.services.measured_values import measure_values
from core.services.saved_answers import SAMPLE_ANSWERS, answers_dir, find_answers, list_answers, read_about
from tests.services.answer_toys import BOX_ANSWERS, BOX_TRUTH, write_toy_answers


def test_boxes_are_counted_and_lead_to_their_photos(tmp_path: Path) -> None:
    measured = measure(write_toy_answers(tmp_path / "boxes"))
    seen = view(measured, {"cap": 0.5, "gap": 0.5})
    at = seen.points["ALL"]
    assert (at.found, at.needless, at.missed) == (1, 1, 2)
    assert seen.confusion is not None
    # The cap on 2.jpg lies on a gap: it is taken for one, and only the other gap is missed.
    assert seen.confusion.counts.tolist() == [[1, 0, 0], [1, 0, 1], [0, 0, 0]]
    shown = {outcome: evidence(measured, seen, outcome)[1] for outcome in ("right", "needless", "missed")}
    assert [(e.photo, e.label, e.score) for e in shown["right"]] == [("1.jpg", "cap", 0.9)]
    assert [(e.photo, e.label, e.box) for e in shown["needless"]] == [("2.jpg", "cap", (50.0, 50.0, 70.0, 70.0))]
    assert [(e.photo, e.label, e.score) for e in shown["missed"]] == [("2.jpg", "gap", None), ("3.jpg", "gap", 0.4)]
    assert all(e.file.is_file() for rows in shown.values() for e in rows)
    assert evidence(measured, seen, "missed", label="cap")[0] == 0
    assert evidence(measured, seen, "missed", offset=1)[1][0].photo == "3.jpg"


def test_counts_of_galleries_are_those_of_the_points() -> None:
    boxes = next(one for one in map(read_about, SAMPLE_ANSWERS.glob("topcap*")) if one.kind == "box")
    measured = measure(boxes)
    for threshold, overlap in ((0.2, 0.3), (0.45, 0.5), (0.9, 0.75)):
        seen = view(measured, dict.fromkeys(measured.labels, threshold), overlap)
        for label, point in [(None, seen.points["ALL"]), *((n, seen.points[n]) for n in measured.labels)]:
            counts = [evidence(measured, seen, o, label=label)[0] for o in ("right", "needless", "missed")]
            assert counts == [point.found, point.needless, point.missed]


def test_the_best_and_the_two_best_answers_are_counted() -> None:
    classes = next(one for one in map(read_about, SAMPLE_ANSWERS.glob("polecat*")) if one.kind == "class")
    measured = measure(classes)
    words = map_words(measured)
    best, _ = best_answers(measured, dict.fromkeys(measured.labels, 0.0))
    truth = true_label_of(measured)
    asked = (truth >= 0) & (best >= 0)
    assert words["top-1"] == pytest.approx(float((best == truth)[asked].mean()))
    assert words["top-1"] <= words["top-2"] <= 1


def test_classes_are_not_recognised_when_refused_or_under_the_threshold(tmp_path: Path) -> None:
    measured = measure(write_toy_answers(tmp_path / "classes", "class"))
    assert "1 photos that the model did not recognise" in measured.answers.notes[-1]
    seen = view(measured, {"TREE": 0.7, "STEEL": 0.5})
    assert seen.confusion is not None
    assert seen.confusion.answers == ("TREE", "STEEL", "not recognised")
    assert seen.confusion.counts.tolist() == [[1, 0, 0], [0, 1, 1], [0, 0, 1]]
    (needless,) = evidence(measured, view(measured, {"TREE": 0.5, "STEEL": 0.5}), "needless")[1]
    assert (needless.photo, needless.label, needless.instead) == ("2.jpg", "TREE", "STEEL")


def test_thresholds_are_chosen_for_all_or_for_each(tmp_path: Path) -> None:
    measured = measure(write_toy_answers(tmp_path / "boxes"))
    together, _ = choose(measured, 0.5, each=False)
    assert list(together) == ["ALL"]
    each, notes = choose(measured, 0.5, each=True, recall=0.9)
    assert (each["cap"].point.threshold, each["cap"].point.recall) == (0.9, 1.0)
    assert "gap" not in each
    assert "the highest is 0.500" in notes[0]
    seen = view(measured, {"cap": 0.5, "gap": 0.5})
    assert total_cost(seen.points, Costs(missed_fault=10, needless_visit=1, visit=0.5)) == 2 * 10 + 1 + 0.5 * 2


def test_values_are_measured_without_refused_photos(tmp_path: Path) -> None:
    measured = measure_values(write_toy_answers(tmp_path / "values", "value"))
    assert measured.errors.count == 3
    assert measured.errors.mae.value == pytest.approx((0.02 + 0.3 + 0) / 3)
    assert measured.share_within(np.array([0.0, 0.02, 0.5])) == pytest.approx([1 / 3, 2 / 3, 1])
    assert [measured.photos[k] for k in measured.worst(0.02)] == ["2.jpg"]
    with pytest.raises(ConfigError, match="expected answers with labels"):
        measure(measured.saved)


def test_damaged_values_are_named(tmp_path: Path) -> None:
    saved = write_toy_answers(tmp_path / "values", "value")
    (saved.folder / "answers.csv").write_text("path,value\n1.jpg,nan\n9.jpg,0.1\n2.jpg,0.5\n2.jpg,0.6\n")
    with pytest.raises(ConfigError) as caught:
        measure_values(saved)
    for words in ("row 2: expected a finite number", "row 3: expected a photo of truth.csv", "row 5: expected one row"):
        assert words in str(caught.value)


def test_folders_that_cannot_be_read_are_listed_with_the_reason(context: Context) -> None:
    write_toy_answers(answers_dir(context.settings) / "mine")
    broken = answers_dir(context.settings) / "broken"
    broken.mkdir()
    (broken / "about.json").write_text('{"kind": "guess"}')
    found, problems = list_answers(context.settings)
    assert [one.kind for one in found] == ["box", "box", "class", "value"]
    assert found[0].name == "mine"
    assert {"polecat", "topcap", "shackle"} <= {one.model for one in found}
    assert "broken/about.json: expected a description" in problems[0]
    assert find_answers(context.settings, "mine").labels == ("cap", "gap")
    with pytest.raises(NotFoundError, match=r"answers '../mine': expected one of mine, "):
        find_answers(context.settings, "../mine")


def test_a_folder_is_never_written_over(tmp_path: Path) -> None:
    write_toy_answers(tmp_path / "boxes")
    with pytest.raises(ConfigError, match="is there already"):
        write_toy_answers(tmp_path / "boxes")
    with pytest.raises(ConfigError, match="expected a name"):
        write_toy_answers(tmp_path / ".hidden")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["boxes", "photos"]


def test_predictions_made_elsewhere_are_kept_with_the_facts_of_their_photos(
    context: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = write_toy_answers(tmp_path / "data" / "x").photos_dir
    (home / "p.csv").write_text(BOX_ANSWERS)
    lines = iter(["line", "L1", "L1", "L2", "L2"])
    (home / "t.csv").write_text("".join(f"{row},{next(lines)}\n" for row in BOX_TRUTH.splitlines()))
    monkeypatch.setenv("GRIDLENS_HOME", str(tmp_path / "home"))
    done = CliRunner().invoke(app, ["curves", str(home / "p.csv"), str(home / "t.csv"), "--save", "theirs", "--json"])
    assert done.exit_code == 0, done.output
    saved = read_about(tmp_path / "home" / "answers" / "theirs")
    assert (saved.model, saved.kind, saved.photo_count, saved.photos_dir) == ("", "box", 4, home)
    measured = measure(saved)
    columns = slicing_columns(told_columns(context, saved.folder / "photos.csv", measured.answers.photos))
    assert columns["line"] == ["L1", "L1", "L2", "L2"]
    assert {word.split(" (")[0] for word in columns["brightness"]} <= {"lowest third", "middle third", "highest third"}
    assert json.loads(done.stdout)["counts"]["ALL"] == {"truth": 3, "answers": 3}


def test_uploaded_files_are_checked_and_kept(context: Context, tmp_path: Path) -> None:
    photos = write_toy_answers(tmp_path / "data" / "x").photos_dir
    named = [
        text.replace("cap", "whole top cap").replace("gap", "whole missing top cap")
        for text in (BOX_ANSWERS, BOX_TRUTH)
    ]
    given, true = ("found.csv", named[0].encode()), ("truth.csv", named[1].encode())
    saved = add_answers(context, given, true, " night_flights ", str(photos), "topcap")
    assert (saved.name, saved.model, saved.version) == ("night_flights", "topcap", "v1")
    seen = view(measure(saved), dict.fromkeys(saved.labels, 0.5))
    assert evidence(measure(saved), seen, "right")[1][0].file.is_file()
    assert measure(add_answers(context, given, true, "without_photos")).answers.photos[0] == "1.jpg"


@pytest.mark.parametrize(
    ("given", "name", "folder", "words"),
    [
        (None, "a", "", "predictions: expected a file, received none"),
        (("f.csv", b"path,label,score\n1.jpg,cap,high\n"), "a", "", "f.csv row 2: expected a finite number as score"),
        (("f.csv", BOX_ANSWERS.encode()), "../a", "", "answers: expected a name"),
        (("f.csv", BOX_ANSWERS.encode()), "", "", "answers: expected a name"),
        (("f.csv", BOX_ANSWERS.encode()), "a", "/nowhere", "folder of photos: expected a folder"),
    ],
)
def test_uploads_that_are_wrong_are_named(
    context: Context, given: tuple[str, bytes] | None, name: str, folder: str, words: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        add_answers(context, given, ("t.csv", BOX_TRUTH.encode()), name, folder)
    assert str(caught.value).startswith(words)
    assert "/tmp" not in str(caught.value)


def test_an_evaluation_is_kept_with_its_photos_and_a_taken_name_is_refused_before_it_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRIDLENS_HOME", str(tmp_path))
    shackles = str(REPOSITORY / "sample_data" / "shackles.csv")
    arguments = ["evaluate", "shackle", shackles, "--save", "joints", "--json"]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.output
    measured = measure_values(read_about(tmp_path / "answers" / "joints"))
    assert measured.errors.mae.value == pytest.approx(json.loads(done.stdout)["metrics"]["mae"])
    assert (measured.saved.photos_dir / measured.photos[0]).is_file()
    again = CliRunner().invoke(app, arguments)
    assert "is there already" in str(again.exception)
