"""Trust and breakdown of saved answers, by hand and against simulated truth."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.errors import ConfigError
from core.metrics.class_table import probability_table
from core.metrics.glance import glance
from core.services.answer_set import AnswerSet
from core.services.context import Context
from core.services.label_table import label_rows, map_words
from core.services.measured import Measured, measure, same_view, view
from core.services.measured_values import measure_values
from core.services.slices import find_worst, sliced_answers, sliced_values, slices_by, worst_photos
from core.services.trust import AFTER, BEFORE, trust, trust_document, value_trust
from tests.services.answer_toys import write_toy_answers

LABELS = ("TREE", "STEEL")


def _overconfident(folder: Path, count: int = 4000, temperature: float = 2.0) -> Measured:
    """Photos whose truth follows softmax(z / t); what is saved is just that, so that the network said softmax(z)."""
    rng = np.random.default_rng(0)
    first = 1 / (1 + np.exp(-rng.normal(0, 2, count) / temperature))
    probabilities = np.stack([first, 1 - first], axis=1)
    truth = (rng.random(count) > first).astype(np.int64)
    saved = write_toy_answers(folder, "class")
    object.__setattr__(saved, "calibration", {"temperature": temperature})
    object.__setattr__(saved, "conformal", {"coverage": 0.9, "quantile": 0.9})
    photos = tuple(f"{k}.jpg" for k in range(count))
    table = probability_table(probabilities, truth, LABELS)
    photo, label = np.divmod(np.arange(2 * count), 2)
    true_labels = (np.arange(count), truth)
    answers = AnswerSet("class", photos, LABELS, (photo, label, probabilities.reshape(-1)), true_labels, None, None, ())
    return Measured(saved, answers, glance(table), None)


def test_calibration_is_seen_to_help_where_it_does(tmp_path: Path) -> None:
    found = trust(_overconfident(tmp_path / "c"), 1.0)
    before, after = found.diagrams[BEFORE], found.diagrams[AFTER]
    assert after.expected_error < 0.03 < before.expected_error
    assert before.overconfidence > 0.05
    assert abs(after.overconfidence) < 0.02
    assert found.coverage[BEFORE].covered.value < found.coverage[AFTER].covered.value
    assert set(found.by_part) == set(LABELS)
    assert "which makes it less sure" in found.notes[0]
    assert trust_document(found)["coverage"][AFTER]["wanted"] == 0.9


def test_boxes_are_each_a_question(tmp_path: Path) -> None:
    measured = measure(write_toy_answers(tmp_path / "boxes"))
    found = trust(measured, 0.5)
    (diagram,) = found.diagrams.values()
    assert diagram.count == 3
    assert diagram.brier == pytest.approx((0.1**2 + 0.8**2 + 0.6**2) / 3)  # 0.9 right, 0.8 wrong, 0.4 right
    strict = trust(measured, 0.95).diagrams["as stated"]  # at 0.95 the third box is no find: 20 of 22 px
    assert strict.brier == pytest.approx((0.1**2 + 0.8**2 + 0.4**2) / 3)
    assert "not known" in found.notes[0]


def test_scores_that_are_no_probabilities_state_nothing(tmp_path: Path) -> None:
    saved = write_toy_answers(tmp_path / "boxes")
    answers = (saved.folder / "answers.csv").read_text().replace("0.9", "7.5")
    (saved.folder / "answers.csv").write_text(answers)
    found = trust(measure(saved), 0.5)
    assert not found.diagrams
    assert "not between 0 and 1" in found.notes[0]


def test_intervals_of_values_are_covered_or_not(tmp_path: Path) -> None:
    found = value_trust(measure_values(write_toy_answers(tmp_path / "values", "value")))
    coverage = found.coverage[AFTER]
    assert coverage.covered.value == pytest.approx(2 / 3)  # 0.80 is not within 0.30 to 0.70
    assert coverage.mean_size == pytest.approx((0.4 + 0.4 + 0.3) / 3)
    assert sum(interval.count for interval in found.by_part.values()) == 3


def test_slices_by_hand(tmp_path: Path, context: Context) -> None:
    measured = measure(write_toy_answers(tmp_path / "boxes"))
    sliced = sliced_answers(context, [(measured, view(measured, {"cap": 0.5, "gap": 0.5}))])
    assert {"what is there", "day", "camera", "line", "blur"} <= set(sliced.columns)
    by_line = {one.value: one for one in slices_by(sliced, "recall", "line")}
    assert (by_line["L1"].metric.value, by_line["L2"].metric.value) == (0.5, 0.0)
    by_label = {one.value: one.metric.value for one in slices_by(sliced, "recall", "what is there")}
    assert by_label["Cap"] == 1.0
    assert by_label["Gap"] == 0.0
    assert math.isnan(by_label["Nothing"])
    order = worst_photos(sliced, "recall", by_line["L1"].photos)
    assert [sliced.photos[k] for k in order] == ["2.jpg", "1.jpg"]
    assert find_worst(sliced, "recall") == ()
    with pytest.raises(ConfigError, match="metric: expected one of recall"):
        slices_by(sliced, "beauty", "line")
    with pytest.raises(ConfigError, match="column: expected one of what is there"):
        slices_by(sliced, "recall", "beauty")


def test_metadata_of_the_store_is_a_column(tmp_path: Path, context: Context) -> None:
    saved = write_toy_answers(tmp_path / "boxes")
    lines = (saved.folder / "photos.csv").read_text().splitlines()
    for k in range(1, 5):
        path = saved.photos_dir / f"{k}.jpg"
        sha256 = context.store.add_photo(path, path.name).photo.sha256
        context.store.set_metadata(sha256, "photographer", "ann" if k < 3 else "bo", "person:ann")
        lines[k] = lines[k].replace(".jpg,,", f".jpg,{sha256},")
    (saved.folder / "photos.csv").write_text("\n".join(lines))
    measured = measure(saved)
    sliced = sliced_answers(context, [(measured, view(measured, {"cap": 0.5, "gap": 0.5}))])
    assert sliced.columns["photographer"] == ["ann", "ann", "bo", "bo"]


def test_versions_of_model_and_dataset_are_columns_of_several_sets_together(tmp_path: Path, context: Context) -> None:
    one = measure(write_toy_answers(tmp_path / "one"))
    other = measure(replace(write_toy_answers(tmp_path / "other"), number=2, dataset="sets/night.csv"))
    seen = view(one, {"cap": 0.5, "gap": 0.3})
    sliced = sliced_answers(context, [(one, seen), (other, same_view(other, seen, 0.95))])
    by_dataset = {cut.value: cut for cut in slices_by(sliced, "recall", "dataset")}
    assert {name: cut.metric.value for name, cut in by_dataset.items()} == {
        "toy.csv": pytest.approx(2 / 3),
        "night.csv": pytest.approx(1 / 3),  # the gap's box has an overlap of 0.91
    }
    assert set(sliced.columns["model version"]) == {"Toy v1", "Toy v2"}
    worst = worst_photos(sliced, "recall", by_dataset["night.csv"].photos)
    assert {sliced.saved[k].folder.name for k in worst} == {"other"}
    alone = sliced_answers(context, [(one, seen)])
    assert not {"dataset", "model version"} & set(alone.columns)


def test_a_planted_slice_is_found(tmp_path: Path, context: Context) -> None:
    measured = _overconfident(tmp_path / "c", 600)
    rows = ["path,camera,line"]
    truth = measured.answers.true_labels[1]
    first = measured.answers.scored[2].reshape(-1, 2)[:, 0]
    wrong = (first > 0.5) != (truth == 0)
    for k, name in enumerate(measured.answers.photos):
        rows.append(f"{name},{'old' if wrong[k] and k % 5 else 'new'},L{k % 4}")
    (measured.saved.folder / "photos.csv").write_text("\n".join(rows))
    sliced = sliced_answers(context, [(measured, view(measured, dict.fromkeys(LABELS, 0.5)))])
    worst = find_worst(sliced, "accuracy")
    assert (worst[0].column, worst[0].value) == ("camera", "old")
    assert all(one.column != "line" for one in worst)


def test_values_are_sliced_by_true_value(tmp_path: Path, context: Context) -> None:
    sliced = sliced_values(context, [measure_values(write_toy_answers(tmp_path / "values", "value"))], 0.1)
    by_truth = {one.value: one.metric.value for one in slices_by(sliced, "mae", "true value")}
    assert by_truth == {"0.0 to 0.2": 0.0, "0.4 to 0.6": pytest.approx(0.02), "0.8 to 1.0": pytest.approx(0.3)}


def test_rows_of_labels_have_intervals(tmp_path: Path) -> None:
    measured = measure(write_toy_answers(tmp_path / "boxes"))
    everything, cap, gap = label_rows(measured, view(measured, {"cap": 0.5, "gap": 0.3}))
    assert (everything.label, everything.found, everything.missed, cap.needless) == ("ALL", 2, 1, 1)
    assert cap.recall.value == 1.0
    assert cap.recall.low < 0.5
    assert gap.average_precision.value == pytest.approx(51 / 101)
    assert map_words(measured)["mAP at IoU 0.5"] == pytest.approx((1 + 51 / 101) / 2)
