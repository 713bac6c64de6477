"""The small parts of the experiments: sizes, TOML text, datasets' rows, linear heads, scores, intervals."""

import tomllib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import ConfigError
from core.types import Finding
from experiments import features
from experiments.features import Labelled, fit_and_answer, macro_f1, photo_features, recalls, sampled_alike
from experiments.pole_sets import field_photos
from experiments.sets import read_rows, wear_set
from experiments.sizes import SMOKE, Sizes, sizes_named
from experiments.studies import STUDIES
from experiments.studies.balance import MIXES, class_counts
from experiments.studies.render_variables import interval
from experiments.studies.top_caps import merged, one_class, truth_boxes
from experiments.study import Context
from experiments.toml_text import as_toml

_PLAIN = st.one_of(
    st.booleans(),
    st.integers(-(10**9), 10**9),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12),
    st.lists(st.integers(-9, 9), max_size=3),
)


@given(
    st.dictionaries(
        st.text("abc_ .é", min_size=1, max_size=5),
        _PLAIN | st.dictionaries(st.text("xy", min_size=1), _PLAIN, min_size=1),
    )
)
def test_toml_text_is_read_back_as_it_was(values):
    assert tomllib.loads(as_toml(values)) == values


def test_toml_text_refuses_what_toml_has_not():
    with pytest.raises(ConfigError, match="got None"):
        as_toml({"a": None})


def _context(folder: Path, sizes: Sizes = SMOKE) -> Context:
    said: list[str] = []
    return Context(sizes, folder / "out", folder / "results", folder / "renders", folder / "weights", None, said.append)


def test_sizes_can_be_changed_by_name():
    assert sizes_named("cpu") == Sizes()
    changed = sizes_named("gpu", ("wear_train=9", "minutes_share=0.5"))
    assert (changed.wear_train, changed.minutes_share, changed.name) == (9, 0.5, "gpu changed")
    with pytest.raises(ConfigError, match="expected one of cpu, smoke, gpu, got 'tpu'"):
        sizes_named("tpu")
    with pytest.raises(ConfigError, match="got 'wear_trian=3'"):
        sizes_named("cpu", ("wear_trian=3",))
    with pytest.raises(ConfigError, match="wear_train: expected a number, got 'many'"):
        sizes_named("cpu", ("wear_train=many",))


def test_names_of_runs_are_folders_of_their_own_and_sizes_decide_the_hash(tmp_path):
    small, large = _context(tmp_path), _context(tmp_path, Sizes())
    for study in STUDIES:
        runs, others = study.runs(small), study.runs(large)
        assert len({r.name for r in runs}) == len(runs)
        assert all(r.name.replace("_", "").isalnum() for r in runs), study.name
        assert not {r.config_hash for r in runs} & {r.config_hash for r in others}
        assert all(r.minutes > 0 for r in runs)


def test_shackles_that_are_rendered_already_are_taken_from_there(tmp_path):
    folder = tmp_path / "renders" / "shackle_v3_train"
    folder.mkdir(parents=True)
    (folder / "dataset.csv").write_text("path,value\n" + "".join(f"images/{i}.jpg,0.{i}\n" for i in range(5)))
    rows = read_rows(wear_set(_context(tmp_path), "train", 3))
    assert [r["value"] for r in rows] == ["0.0", "0.1", "0.2"]
    assert rows[1]["path"] == str(folder / "images" / "1.jpg")


def test_features_are_computed_once(tmp_path, monkeypatch):
    photos = [tmp_path / "a.jpg", tmp_path / "b.jpg"]
    for photo in photos:
        photo.write_bytes(b"x")
    context, calls = _context(tmp_path), []

    def compute(paths, size, weights):
        calls.append(len(paths))
        return np.arange(len(paths) * 2, dtype=np.float32).reshape(-1, 2)

    with pytest.raises(ConfigError, match=r"expected ImageNet weights mobilenet_v2\*notop\*\.h5, found none"):
        photo_features(photos, "two", context)
    (tmp_path / "weights").mkdir()
    (tmp_path / "weights" / "mobilenet_v2_1.0_notop.weights.h5").write_bytes(b"")
    monkeypatch.setattr(features, "_compute", compute)
    first = photo_features(photos, "two", context)
    np.testing.assert_array_equal(photo_features(photos, "two", context), first)
    assert calls == [2]
    photos[1].write_bytes(b"another photo")
    photo_features(photos, "two", context)
    assert calls == [2, 2]


def test_a_linear_head_tells_what_can_be_told_and_weights_help_the_rare():
    rng = np.random.default_rng(0)
    labels = np.array(["TREE"] * 190 + ["STEEL"] * 10)
    apart = rng.normal(0, 1, (200, 4)).astype(np.float32) + 1.2 * (labels == "STEEL")[:, None].astype(np.float32)
    train = Labelled(apart, labels)
    plain, weighted = (fit_and_answer(train, apart, class_weights=w) for w in (False, True))
    assert recalls(labels, weighted, ["STEEL"])["STEEL"] > recalls(labels, plain, ["STEEL"])["STEEL"]
    shifted = Labelled(apart * 1000 + 7, labels)  # scale and place of a feature must not matter
    assert (fit_and_answer(shifted, shifted.features) == plain).mean() > 0.98


def test_sampling_shows_each_class_equally_often():
    labels = np.array(["a"] * 95 + ["b"] * 5)
    drawn = labels[sampled_alike(labels, np.random.default_rng(1))]
    assert [(drawn == c).sum() for c in "ab"] == [50, 50]


def test_scores_by_hand():
    truth, answers = np.array(list("aabbc")), np.array(list("abbbb"))
    # a: 2·1/(2+1), b: 2·2/(2+4), c: 0
    assert macro_f1(truth, answers, ["a", "b", "c"]) == pytest.approx((2 / 3 + 2 / 3 + 0) / 3)
    found = recalls(truth, answers, ["a", "b", "d"])
    assert (found["a"], found["b"]) == (0.5, 1.0)
    assert np.isnan(found["d"])


def test_training_mixes():
    assert class_counts(MIXES[0], ("TREE", "STEEL", "CONCRETE"), 600) == {"TREE": 200, "STEEL": 200, "CONCRETE": 200}
    assert class_counts(MIXES[1], ("TREE", "STEEL", "CONCRETE"), 600) == {"TREE": 576, "STEEL": 12, "CONCRETE": 12}


def test_intervals_hold_the_mean_and_narrow_with_more_photos():
    few, many = interval(np.array([0.0, 1.0] * 13)), interval(np.array([0.0, 1.0] * 500))
    assert few[0] == many[0] == 0.5
    # ± 1.64 √(p (1 − p) / n)
    assert few[2] - few[1] == pytest.approx(2 * 1.64 * 0.5 / 26**0.5, abs=0.05)
    assert many[2] - many[1] == pytest.approx(2 * 1.64 * 0.5 / 1000**0.5, abs=0.01)
    assert interval(np.ones(5)) == (1.0, 1.0, 1.0)


def test_field_photos_are_those_whose_kind_is_certain(tmp_path):
    table = tmp_path / "labels.csv"
    table.write_text("path,pole_type,top_cap\na.jpg,TREE,\nb.jpg,,\nc.jpg,STEEL,whole\n")
    photos = field_photos(tmp_path)
    assert photos.labels == ("TREE", "STEEL")
    assert photos.paths == (tmp_path / "a.jpg", tmp_path / "c.jpg")
    table.write_text("path,pole_type\na.jpg,WOOD\n")
    with pytest.raises(ConfigError, match=r"labels\.csv row 2: expected one of TREE, STEEL, CONCRETE, got 'WOOD'"):
        field_photos(tmp_path)
    table.write_text("path\na.jpg\n")
    with pytest.raises(ConfigError, match="pole_type is missing"):
        field_photos(tmp_path)


def _found(label: str, confidence: float, *box: float) -> Finding:
    return Finding("caps", "1", "box", label, confidence, box_xyxy_px=box)  # type: ignore[arg-type]


def test_a_top_found_as_both_classes_counts_once():
    found = [
        _found("whole top cap", 0.4, 0, 0, 10, 10),
        _found("whole missing top cap", 0.9, 1, 0, 10, 10),
        _found("whole top cap", 0.3, 50, 50, 60, 60),
    ]
    boxes, scores = merged(found)
    np.testing.assert_array_equal(boxes, [[1, 0, 10, 10], [50, 50, 60, 60]])
    np.testing.assert_array_equal(scores, [0.9, 0.3])
    assert merged([])[0].shape == (0, 4)


def test_one_class_keeps_boxes_and_photos_without_any(tmp_path):
    table = tmp_path / "dataset.csv"
    table.write_text(
        "path,label,x_min,y_min,x_max,y_max\na,whole top cap,1,2,3,4\na,whole missing top cap,5,6,7,8\nb,,,,,\n"
    )
    rows = read_rows(one_class(table))
    assert [(r["path"], r["label"]) for r in rows] == [("a", "pole top"), ("a", "pole top"), ("b", "")]
    np.testing.assert_array_equal(truth_boxes(rows[:2], ["pole top"]), [[1, 2, 3, 4], [5, 6, 7, 8]])
    assert truth_boxes(rows[2:], ["pole top"]).shape == (0, 4)
